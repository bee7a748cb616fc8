/**
 * Moves a build below the base path of this process.
 *
 * Next writes its base path into the build; ours is a setting. So the build carries a placeholder (lib/api/basePath.ts),
 * and each process runs from a copy of its own in which the placeholder is replaced:
 *
 *   <installed>/.next            read only, "/__MESH_BASE__/_next/static/…"
 *   <temporary>/.next            "/meshscope/_next/static/…"
 *   <temporary>/node_modules  →  <installed>/node_modules, and public likewise
 *
 * A running server also keeps its pages when another build is made beside it.
 */
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { BASE_PATH_PLACEHOLDER } from "#lib/api/basePath.ts";
import { StartError } from "./startError.ts";

const PREFIX = "meshscope-run-";
/** What a build leaves that no server reads; source maps neither. */
const LEFT_OUT = new Set(["cache", "dev", "diagnostics", "standalone", "types", "trace", "trace-build"]);

/**
 * Copies `installed`/.next to a folder below the system's temporary one (TMPDIR), with `basePath` in place of the
 * placeholder, and returns that folder. It is removed when the process exits. Throws StartError when it cannot be written.
 */
export function relocateBuild(installed: string, basePath: string): string {
  const parent = tmpdir();
  try {
    removeLeftovers(parent);
    const folder = mkdtempSync(join(parent, `${PREFIX}${process.pid}-`));
    process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
    copyTree(join(installed, ".next"), join(folder, ".next"), (text) => relocateText(text, basePath), LEFT_OUT);
    for (const name of ["node_modules", "public"]) symlinkSync(join(installed, name), join(folder, name));
    return folder;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartError(
      `Cannot copy the pages to ${parent}: ${reason}. Set TMPDIR to a folder that this process may write to.`,
    );
  }
}

/**
 * A text of the build with the base path in it. Regular expressions hold the placeholder with its slash escaped, and an
 * empty base path has no slash to escape, so there these go first.
 */
export function relocateText(text: string, basePath: string): string {
  const moved = basePath === "" ? text.replaceAll(ESCAPED_PLACEHOLDER, "") : text;
  return moved.replaceAll(BASE_PATH_PLACEHOLDER, basePath);
}

/** `\/__MESH_BASE__`, and `\\/__MESH_BASE__` where JSON escapes the backslash. */
const ESCAPED_PLACEHOLDER = new RegExp(String.raw`\\+${BASE_PATH_PLACEHOLDER}`, "g");

function copyTree(from: string, to: string, change: (text: string) => string, except = new Set<string>()): void {
  mkdirSync(to);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    if (except.has(entry.name)) continue;
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) copyTree(source, target, change);
    // Relative, to node_modules beside .next.
    else if (entry.isSymbolicLink()) symlinkSync(readlinkSync(source), target);
    else if (extname(entry.name) !== ".map") copyFile(source, target, change);
  }
}

function copyFile(from: string, to: string, change: (text: string) => string): void {
  const bytes = readFileSync(from);
  writeFileSync(to, bytes.includes(BASE_PATH_PLACEHOLDER) ? change(bytes.toString("utf8")) : bytes);
}

/** Folders of processes that were killed. A container's next process has the same number, and a temporary folder that stays. */
function removeLeftovers(parent: string): void {
  for (const name of readdirSync(parent)) {
    const [, pid] = /^meshscope-run-(\d+)-\w+$/.exec(name) ?? [];
    if (pid === undefined || isRunning(Number(pid))) continue;
    const folder = join(parent, name);
    if (lstatSync(folder, { throwIfNoEntry: false })?.uid !== process.getuid?.()) continue;
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Whether another process has this number. */
function isRunning(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // EPERM: it runs, as somebody else.
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
