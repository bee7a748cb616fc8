/** `npm run rules`: writes the recording rules. Ends with 2 for wrong usage. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { parseDuration } from "#lib/adapters/prometheus/duration.ts";
import { DEFAULT_RULES, ruleFiles } from "./ruleFiles.ts";

const USAGE = `Usage: npm run rules -- [options]

  --window 5m          rates are over this; a multiple of the interval, at least four scrapes
  --interval 30s       how often they are computed
  --shard ns1,ns2      calls into these namespaces in groups of their own; again for more; a last one takes the rest
  --keep-label mesh    a label that MESHSCOPE_PROMETHEUS_QUERY_SCOPE matches; again for more
  --output DIR         deploy/prometheus`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      window: { type: "string" },
      interval: { type: "string" },
      shard: { type: "string", multiple: true, default: [] },
      "keep-label": { type: "string", multiple: true, default: [] },
      output: { type: "string", default: "deploy/prometheus" },
    },
  });
  const files = ruleFiles({
    windowSeconds: seconds("window", values.window) ?? DEFAULT_RULES.windowSeconds,
    intervalSeconds: seconds("interval", values.interval) ?? DEFAULT_RULES.intervalSeconds,
    shards: values.shard.map((names) => names.split(",").map((name) => name.trim())),
    keepLabels: values["keep-label"].map(labelName),
  });
  await mkdir(values.output, { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(values.output, name), text);
    process.stdout.write(`${join(values.output, name)}\n`);
  }
}

function seconds(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = parseDuration(text);
  if (value === undefined || value < 1 || !Number.isInteger(value)) {
    throw new Error(`--${option} ${text} is no duration of whole seconds such as 5m`);
  }
  return value;
}

function labelName(name: string): string {
  if (!/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name)) throw new Error(`--keep-label ${name} is no label name`);
  return name;
}

await main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}\n`);
  process.exitCode = 2;
});
