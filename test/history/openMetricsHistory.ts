/** History for small meshes: OpenMetrics text, made into blocks by promtool. A kilobyte a sample or so, so small it must be. */
import { execFile } from "node:child_process";
import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { findPrometheus } from "#test/prometheus/findPrometheus.ts";
import type { History, HistorySample } from "./history.ts";

const run = promisify(execFile);

/** Makes blocks of the history in `dataDir`, which startPrometheus then serves. */
export async function backfillHistory(dataDir: string, history: History): Promise<void> {
  const file = `${dataDir}.openmetrics`;
  try {
    await writeOpenMetricsHistory(file, history);
    await run(findPrometheus().promtool, ["tsdb", "create-blocks-from", "openmetrics", file, dataDir]);
  } finally {
    await rm(file, { force: true });
  }
}

/** Writes the history as OpenMetrics text. @see https://prometheus.io/docs/specs/om/open_metrics_spec/ */
export async function writeOpenMetricsHistory(file: string, history: History): Promise<void> {
  await pipeline(Readable.from(textOf(history)), createWriteStream(file));
}

async function* textOf({ times, samplesAt }: History): AsyncGenerator<string> {
  const lines: string[] = [];
  for (const at of times) {
    for await (const sample of samplesAt(at)) {
      lines.push(formatSample(sample, at));
      if (lines.length === 1_000) yield lines.splice(0).join("");
    }
  }
  yield `${lines.join("")}# EOF\n`;
}

/** `metric{label="value"} 12.5 1700000000` and a line feed. */
export function formatSample({ metric, labels, value }: HistorySample, atSeconds: number): string {
  const pairs = Object.entries(labels).map(([name, text]) => `${name}="${escapeLabel(text)}"`);
  return `${metric}{${pairs.join(",")}} ${value} ${atSeconds}\n`;
}

function escapeLabel(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"');
}
