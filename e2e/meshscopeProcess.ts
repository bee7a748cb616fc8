/** Meshscope as a process of its own, for journeys that need other settings than the shared server's. */
import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { once } from "node:events";
import { expect } from "@playwright/test";

export type MeshscopeProcess = { readonly process: ChildProcess; readonly printed: { text: string } };

/** Runs the command line with settings on top of this process's; collects what it prints. */
export function meshscope(args: readonly string[], settings: Readonly<Record<string, string>> = {}): MeshscopeProcess {
  return run(["cli/meshscope.ts", ...args], { env: { ...process.env, ...settings } });
}

type RunOptions = Pick<SpawnOptions, "cwd" | "env" | "uid" | "gid"> & { readonly program?: string };

/** Runs a script with `program`, else with this Node; collects what it prints. */
export function run(args: readonly string[], { program = process.execPath, ...options }: RunOptions): MeshscopeProcess {
  const child = spawn(program, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
  // A journey that fails does not come to its end.
  process.once("exit", () => child.kill());
  const printed = { text: "" };
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (chunk: Buffer) => {
      printed.text += chunk.toString("utf8");
    });
  }
  return { process: child, printed };
}

export async function exitCode(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null) await once(child, "exit");
  return child.exitCode;
}

/** The URL it says it is ready at. */
export async function addressOf(printed: { text: string }): Promise<string> {
  await expect.poll(() => printed.text, { timeout: 20_000 }).toMatch(/ready at http\S+/);
  return /ready at (\S+)/.exec(printed.text)?.[1] ?? "";
}
