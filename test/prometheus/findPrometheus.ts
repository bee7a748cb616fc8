/** Where the Prometheus binaries are; installs Debian's package once where that is possible. */
import { execFileSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

export type PrometheusBinaries = { readonly prometheus: string; readonly promtool: string };

/** Test files run side by side, and apt-get runs once at a time: whoever comes second finds the package installed. */
const INSTALL = `command -v prometheus && command -v promtool || {
  apt-get update && apt-get install -y --no-install-recommends prometheus; }`;

/** Paths of prometheus and promtool. Throws an Error that says what to install when there is no way to get them. */
export function findPrometheus(): PrometheusBinaries {
  const found = lookup();
  if (found !== undefined) return found;
  const flock = onPath("flock");
  if (process.getuid?.() === 0 && onPath("apt-get") !== undefined && flock !== undefined) {
    execFileSync(flock, [join(tmpdir(), "meshscope-install.lock"), "/bin/sh", "-c", INSTALL], {
      stdio: ["ignore", "ignore", "inherit"],
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    });
    const installed = lookup();
    if (installed !== undefined) return installed;
  }
  throw new Error(
    "prometheus and promtool are not on the PATH, and cannot be installed without root and apt-get. " +
      'Install them: "apt-get install prometheus", "brew install prometheus", or unpack a release of https://prometheus.io/download/ and put it on the PATH.',
  );
}

function lookup(): PrometheusBinaries | undefined {
  const prometheus = onPath("prometheus");
  const promtool = onPath("promtool");
  return prometheus === undefined || promtool === undefined ? undefined : { prometheus, promtool };
}

function onPath(command: string): string | undefined {
  return (process.env.PATH ?? "")
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
