#!/usr/bin/env node
/** The command line: `meshscope demo` and `meshscope serve`. */
import { parseArgs } from "node:util";
import { SettingsError } from "#lib/server/settings.ts";
import { serve } from "./serve.ts";
import { StartError } from "./startError.ts";

const USAGE = `Usage: meshscope <command> [options]

  demo     a simulated mesh, nothing to connect to
           --scale services=1000,edges=3000,namespaces=50   a large synthetic mesh
           --manifests DIR   load more Kubernetes objects into it
           --seed N          another mesh of the same kind
  serve    your mesh: the kubeconfig's current context, or the account of the pod it runs in

  Both     --port N (PORT, default 3000)   --host ADDRESS (HOST, default 127.0.0.1)
           --no-open   do not open a browser   --dev   for work on Meshscope itself

Settings come from MESHSCOPE_* variables; the README lists them.`;

const OPTIONS = {
  port: { type: "string" },
  host: { type: "string" },
  dev: { type: "boolean", default: false },
  open: { type: "boolean", default: true },
  scale: { type: "string" },
  manifests: { type: "string" },
  seed: { type: "string" },
  help: { type: "boolean", default: false },
} as const;

const DEMO_SETTINGS = { scale: "SCALE", manifests: "MANIFESTS", seed: "SEED" } as const;

/** Ends the process with 2 for wrong usage or settings, with 1 when the server cannot start. */
async function main(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: OPTIONS,
    allowPositionals: true,
    allowNegative: true,
  });
  const [command, ...rest] = positionals;
  if (values.help) {
    console.log(USAGE);
    return;
  }
  if ((command !== "demo" && command !== "serve") || rest.length > 0) {
    throw new UsageError(command === undefined ? "Which command?" : `There is no command "${positionals.join(" ")}".`);
  }
  for (const [option, key] of Object.entries(DEMO_SETTINGS)) {
    const value = values[option as keyof typeof DEMO_SETTINGS];
    if (value === undefined) continue;
    if (command !== "demo")
      throw new UsageError(`--${option} belongs to the demo: meshscope demo --${option} ${value}`);
    process.env[`MESHSCOPE_DEMO_${key}`] = value;
  }
  if (command === "demo") process.env["MESHSCOPE_DEMO"] = "true";
  const { port = process.env["PORT"], host = process.env["HOST"], dev, open } = values;
  await serve({ port, host, dev, open: open && command === "demo" });
}

class UsageError extends Error {}

try {
  await main(process.argv.slice(2));
} catch (error) {
  const usage = error instanceof UsageError || (error instanceof TypeError && "code" in error);
  if (!usage && !(error instanceof SettingsError) && !(error instanceof StartError)) throw error;
  console.error(error.message);
  if (usage) console.error(`\n${USAGE}`);
  // The port may be open already.
  process.exit(error instanceof StartError ? 1 : 2);
}
