/**
 * Readings from recorded rates beside the same readings from the raw series, on one real Prometheus:
 *
 *   node bench/recorded.ts [services]      default: 1000, with three edges each; a minute or two, and 3 GB
 *
 * History goes in by remote write, and promtool computes the shipped rules over it. Raw and recorded take turns, each round
 * at another moment. Buckets are there for two namespaces, the ones that percentiles are read of.
 */
import { execFile } from "node:child_process";
import { mkdtemp, rename, rm } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { createDemoMesh } from "#lib/adapters/demo/demoMesh.ts";
import { createPrometheusTelemetry } from "#lib/adapters/prometheus/prometheusTelemetry.ts";
import type { Moment, TelemetrySource } from "#lib/ports.ts";
import { demoSamples } from "#test/history/demoHistory.ts";
import { type HistorySample, scrapeTimes } from "#test/history/history.ts";
import { remoteWriteHistory } from "#test/history/remoteWriteHistory.ts";
import { findPrometheus } from "#test/prometheus/findPrometheus.ts";
import { startPrometheus } from "#test/prometheus/startPrometheus.ts";
import { countingTransport, kilobytes, median, timed } from "./measure.ts";

const RULES = "deploy/prometheus/meshscope-rules.yaml";
const ROUNDS = 7;
const SCRAPE = 15;
const INTERVAL = 30;
const WINDOWS = [300, 900];
const LONGEST = Math.max(...WINDOWS);
/** A round more warms up. */
const RECORDED_SECONDS = LONGEST + (ROUNDS + 2) * INTERVAL;
const WANTED =
  /^istio_(requests_total|tcp_(sent|received)_bytes_total|tcp_connections_opened_total|request_duration_milliseconds_(sum|count|bucket))$/;

const { signal } = new AbortController();
const services = Number(process.argv[2] ?? 1000);
const now = Math.floor(Date.now() / 1000 / INTERVAL) * INTERVAL;
const scale = { services, edges: services * 3, namespaces: Math.max(2, Math.round(services / 20)) };
const mesh = createDemoMesh({ seed: 7, clock: { nowSeconds: () => now }, scale });
const samples = demoSamples(mesh);
const namespaces = busiestNamespaces();
const directory = await mkdtemp(join(tmpdir(), "meshscope-bench-"));
const dataDir = join(directory, "data");

console.log(`${cpus()[0]?.model ?? "unknown CPU"}, ${cpus().length} cores, Node ${process.version}`);
console.log(`${services} services, ${scale.edges} edges, ${scale.namespaces} namespaces`);
try {
  await fill();
  const prometheus = await startPrometheus({ dataDir });
  try {
    await compare(prometheus.url);
  } finally {
    await prometheus.stop();
  }
} finally {
  await mesh.close();
  await rm(directory, { recursive: true, force: true });
}

/** The two with most series. */
function busiestNamespaces(): string[] {
  const counts = new Map<string, number>();
  for (const { metric, labels } of samples(now) as Iterable<HistorySample>) {
    const namespace = labels.destination_workload_namespace ?? "unknown";
    if (metric === "istio_requests_total" && namespace !== "unknown")
      counts.set(namespace, (counts.get(namespace) ?? 0) + 1);
  }
  return [...counts]
    .sort(([, left], [, right]) => right - left)
    .slice(0, 2)
    .map(([namespace]) => namespace);
}

function* wanted(at: number): Generator<HistorySample> {
  for (const sample of samples(at) as Iterable<HistorySample>) {
    const { metric, labels } = sample;
    const isBucket = metric.endsWith("_bucket");
    if (WANTED.test(metric) && (!isBucket || namespaces.includes(labels.destination_workload_namespace ?? "")))
      yield sample;
  }
}

/** Everything ends in blocks: what is only in a server's head is dropped when it finds newer blocks at its start. */
async function fill(): Promise<void> {
  const flags = ["--web.enable-remote-write-receiver", "--web.enable-admin-api"];
  const writing = await startPrometheus({ dataDir: join(directory, "written"), flags });
  const times = scrapeTimes(now, RECORDED_SECONDS + 300, SCRAPE);
  await remoteWriteHistory(writing.url, { times, samplesAt: wanted });
  const response = await fetch(`${writing.url}/api/v1/admin/tsdb/snapshot`, { method: "POST" });
  const { data } = (await response.json()) as { readonly data: { readonly name: string } };
  await writing.stop();
  await rename(join(directory, "written", "snapshots", data.name), dataDir);
  // Twice: the latency group takes its marker from that of the rates, once it is there.
  for (const _ of [1, 2]) {
    const evaluating = await startPrometheus({ dataDir });
    await computeRules(evaluating.url);
    await evaluating.stop();
  }
}

async function computeRules(url: string): Promise<void> {
  const range = ["--start", String(now - RECORDED_SECONDS), "--end", String(now), "--eval-interval", `${INTERVAL}s`];
  const command = ["tsdb", "create-blocks-from", "rules", "--url", url, "--output-dir", dataDir, ...range, RULES];
  await promisify(execFile)(findPrometheus().promtool, command);
}

async function compare(url: string): Promise<void> {
  const ways = [false, true].map((useRules) => {
    const { transport, take } = countingTransport(url);
    const settings = { transport, foundBy: "the benchmark", timeoutMs: 60_000, useRules };
    return { useRules, take, source: createPrometheusTelemetry({ ...settings, clock: { nowSeconds: () => now } }) };
  });
  for (const { source, useRules } of ways) {
    const { reads } = await source.describe(signal);
    if ((reads !== undefined) !== useRules) throw new Error(`recorded rates are read: ${reads ?? "no"}`);
  }
  for (const metric of ["istio_requests_total", "meshscope_edge:istio_requests:rate5m"]) {
    console.log(`  ${await seriesOf(url, metric)} series of ${metric}`);
  }
  const lanes: readonly [name: string, read: (source: TelemetrySource, moment: Moment) => Promise<unknown>][] = [
    ["rates", (source, moment) => source.readRates(moment, signal)],
    [
      "averages, percentiles of 2 namespaces",
      (source, moment) => source.readLatency({ ...moment, namespaces }, signal),
    ],
  ];
  for (const windowSeconds of WINDOWS) {
    for (const [name, read] of lanes) {
      const times = ways.map(() => [] as number[]);
      const counted: { queries: number; bytes: number }[] = [];
      for (let round = -1; round < ROUNDS; round += 1) {
        for (const [index, { source, take }] of ways.entries()) {
          take();
          const moment = { windowSeconds, atSeconds: now - (round + 1) * INTERVAL };
          const time = await timed(() => read(source, moment));
          counted[index] = take();
          if (round >= 0) times[index]?.push(time);
        }
      }
      console.log(`  ${name}, window ${windowSeconds / 60} min`);
      for (const [index, { useRules }] of ways.entries()) {
        const { queries = 0, bytes = 0 } = counted[index] ?? {};
        const [middle, best] = [median(times[index] ?? []), Math.min(...(times[index] ?? []))];
        console.log(
          `    ${useRules ? "recorded" : "raw     "}  ${middle.toFixed(0)} ms [${best.toFixed(0)}], ${queries} queries, ${kilobytes(bytes)} from Prometheus`,
        );
      }
    }
  }
  for (const { source } of ways) await source.close();
}

async function seriesOf(url: string, metric: string): Promise<string> {
  const body = new URLSearchParams({ query: `count(${metric})`, time: String(now) });
  const response = await fetch(`${url}/api/v1/query`, { method: "POST", body });
  const { data } = (await response.json()) as { data: { result: readonly { value: [number, string] }[] } };
  return data.result[0]?.value[1] ?? "0";
}
