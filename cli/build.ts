/** The production build, made when it is missing or older than the sources. */
import { spawnSync } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { StartError } from "./startError.ts";

const SOURCES = [
  "app",
  "components",
  "lib",
  "public",
  "instrumentation.ts",
  "proxy.ts",
  "next.config.ts",
  "package-lock.json",
];

/**
 * Builds with `next build` unless .next is newer than every source, or there are none (the standalone build). Throws
 * StartError when the build fails.
 */
export function ensureBuild(root: string): void {
  if (modified(join(root, "next.config.ts")) === undefined) return;
  const built = modified(join(root, ".next", "BUILD_ID"));
  if (built !== undefined && SOURCES.every((source) => newest(join(root, source)) <= built)) return;
  console.log("Building Meshscope, about half a minute …");
  const { status } = spawnSync(process.execPath, [join(root, "node_modules/next/dist/bin/next"), "build"], {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (status !== 0)
    throw new StartError("The build failed; its messages are above. Run `npm run build` to see all of them.");
}

function modified(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs;
}

function newest(path: string): number {
  const own = modified(path) ?? 0;
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return own;
  return readdirSync(path).reduce((latest, entry) => Math.max(latest, newest(join(path, entry))), own);
}
