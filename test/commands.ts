/** Programs that tests need and npm does not bring: found on the PATH, or installed from Debian's packages. */
import { execFileSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

/** Full path of a command; undefined when it is not on the PATH. */
export function onPath(command: string): string | undefined {
  return (process.env["PATH"] ?? "")
    .split(delimiter)
    .map((directory) => join(directory, command))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/**
 * Installs a Debian package that brings `command`, where we are root and apt-get is there; says whether it could try.
 * Tests run side by side and apt-get runs once at a time, so whoever comes second waits and finds it done.
 */
export function installDebianPackage(name: string, command: string): boolean {
  const flock = onPath("flock");
  if (process.getuid?.() !== 0 || onPath("apt-get") === undefined || flock === undefined) return false;
  const install = `command -v ${command} || { apt-get update && apt-get install -y --no-install-recommends ${name}; }`;
  execFileSync(flock, [join(tmpdir(), "meshscope-install.lock"), "/bin/sh", "-c", install], {
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  });
  return true;
}
