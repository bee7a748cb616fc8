/** The shipped recording rules on a real Prometheus: their answers are those of the raw series, in fewer queries. */
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createDemoMesh } from "#lib/adapters/demo/demoMesh.ts";
import type { HttpTransport } from "#lib/adapters/httpTransport.ts";
import { edgeRowKeys } from "#lib/domain/telemetry/edgeRows.ts";
import { buildLatencyTable, combineLatency, indexLatency } from "#lib/domain/telemetry/latency.ts";
import { mergeReports } from "#lib/domain/telemetry/mergeReporters.ts";
import type { LatencyReport, RateReport } from "#lib/domain/telemetry/reports.ts";
import { demoSamples } from "#test/history/demoHistory.ts";
import { scrapeTimes } from "#test/history/history.ts";
import { backfillHistory } from "#test/history/openMetricsHistory.ts";
import { findPrometheus } from "#test/prometheus/findPrometheus.ts";
import type { ServerProcess } from "#test/prometheus/serverProcess.ts";
import { startPrometheus } from "#test/prometheus/startPrometheus.ts";
import { createPrometheusTelemetry } from "./prometheusTelemetry.ts";
import { createUrlTransport } from "./urlTransport.ts";

const NOW = 1_795_284_000;
const RULES = "deploy/prometheus/meshscope-rules.yaml";
/**
 *   raw series      -1500 |--------------------------------------| now
 *   rules                                 -660 |-----------------| now
 */
const RAW_SINCE = NOW - 1_500;
const RULES_SINCE = NOW - 660;
const never = new AbortController().signal;

let directory: string;
let server: ServerProcess;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "meshscope-rules-"));
  const dataDir = join(directory, "data");
  const mesh = createDemoMesh({ seed: 1, clock: { nowSeconds: () => NOW } });
  await backfillHistory(dataDir, { times: scrapeTimes(NOW, NOW - RAW_SINCE, 15), samplesAt: demoSamples(mesh) });
  await mesh.close();
  // Twice: rules that read what others recorded find it only once that is there.
  for (const _ of [1, 2]) {
    const evaluating = await startPrometheus({ dataDir });
    await evaluateRules(evaluating.url, dataDir);
    await evaluating.stop();
  }
  server = await startPrometheus({ dataDir });
});

afterAll(async () => {
  await server?.stop();
  await rm(directory, { recursive: true, force: true });
});

async function evaluateRules(url: string, outputDir: string): Promise<void> {
  const command = ["tsdb", "create-blocks-from", "rules", "--url", url, "--output-dir", outputDir];
  const times = ["--start", String(RULES_SINCE), "--end", String(NOW), "--eval-interval", "30s"];
  await promisify(execFile)(findPrometheus().promtool, [...command, ...times, RULES]);
}

/** A source, and the instant queries it has sent since asked last. */
function telemetry(useRules: boolean) {
  const real = createUrlTransport({ source: "prometheus", url: server.url });
  let queries = 0;
  const transport: HttpTransport = {
    ...real,
    request: (request) => {
      if (request.path.startsWith("/api/v1/query")) queries += 1;
      return real.request(request);
    },
  };
  const source = createPrometheusTelemetry({
    transport,
    foundBy: "the test",
    timeoutMs: 20_000,
    useRules,
    clock: { nowSeconds: () => NOW },
  });
  const takeQueries = () => {
    const count = queries;
    queries = 0;
    return count;
  };
  return { source, takeQueries };
}

test("the server says that recorded rates are read, and over which window", async () => {
  await expect(telemetry(true).source.describe(never)).resolves.toMatchObject({
    reads: "rates recorded over 5m by rules",
  });
  await expect(telemetry(false).source.describe(never)).resolves.not.toHaveProperty("reads");
});

test("the whole map is one query, and the same map as from the raw series of that moment", async () => {
  const { source, takeQueries } = telemetry(true);
  await source.describe(never);
  takeQueries();
  const recorded = await source.readRates({ windowSeconds: 300, atSeconds: NOW }, never);
  expect(takeQueries()).toBe(1);
  expect(recorded.warnings).toEqual([]);
  expect(recorded.atSeconds).toBeGreaterThan(NOW - 30);
  const raw = await telemetry(false).source.readRates({ windowSeconds: 300, atSeconds: recorded.atSeconds }, never);
  expect(raw.requests.length).toBeGreaterThan(50);
  expectSameRates(recorded, raw, 1e-9);
});

// A job that runs three minutes in ten is in it. Where calls begin or end, each recorded window is off by up to a scrape.
test("a longer window is the mean of recorded ones: within a scrape in 20 of the raw series", async () => {
  const { source, takeQueries } = telemetry(true);
  await source.describe(never);
  takeQueries();
  // At a moment that is no multiple of the window, and between two evaluations.
  const moment = { windowSeconds: 600, atSeconds: NOW - 50 };
  const recorded = await source.readRates(moment, never);
  expect(takeQueries()).toBe(1);
  expect(recorded).toMatchObject({ windowSeconds: 600, warnings: [] });
  const raw = await telemetry(false).source.readRates({ ...moment, atSeconds: recorded.atSeconds }, never);
  expectSameRates(recorded, raw, 15 / 300);
});

test("a shorter window is widened to the recorded one, which is said", async () => {
  const report = await telemetry(true).source.readRates({ windowSeconds: 60, atSeconds: NOW }, never);
  expect(report.windowSeconds).toBe(300);
  expect(report.warnings.map(({ code }) => code)).toEqual(["window-widened"]);
});

test.each([
  { when: "before the rules ran", windowSeconds: 300, atSeconds: RULES_SINCE - 60 },
  { when: "that began before the rules did", windowSeconds: 1_200, atSeconds: NOW },
])("a window $when is read from the raw series", async ({ windowSeconds, atSeconds }) => {
  const { source, takeQueries } = telemetry(true);
  await source.describe(never);
  takeQueries();
  const moment = { windowSeconds, atSeconds };
  const report = await source.readRates(moment, never);
  expect(takeQueries()).toBe(1 + 3);
  expect(report.atSeconds).toBe(atSeconds);
  expectSameRates(report, await telemetry(false).source.readRates(moment, never), 1e-9);
});

test("means and percentiles from recorded time, counts and buckets are those of the raw series", async () => {
  const { source, takeQueries } = telemetry(true);
  await source.describe(never);
  const { requests } = await source.readRates({ windowSeconds: 300, atSeconds: NOW }, never);
  const namespaces = [...new Set(requests.map((row) => row.destinationNamespace))].filter((name) => name !== "unknown");
  takeQueries();
  const recorded = await source.readLatency({ windowSeconds: 300, atSeconds: NOW, namespaces }, never);
  // Means of each side, one for each namespace, one for calls that no server reports, and whether the rules ran.
  expect(takeQueries()).toBe(2 + namespaces.length + 1 + 1);
  const moment = { windowSeconds: 300, atSeconds: recorded.atSeconds };
  const reader = telemetry(false).source;
  const rates = await reader.readRates(moment, never);
  const raw = await reader.readLatency({ ...moment, namespaces }, never);
  const [left, right] = [recorded, raw].map((report) => latencies(rates, report));
  expect(left?.size).toBeGreaterThan(20);
  expect(left).toEqual(right);
});

/** Rates of each edge and result by the tables both make; relative differences stay below `tolerance`. */
function expectSameRates(actual: RateReport, expected: RateReport, tolerance: number): void {
  const [is, was] = [actual, expected].map(ratesOf);
  expect([...(is?.keys() ?? [])].sort()).toEqual([...(was?.keys() ?? [])].sort());
  const wrong = [...(was ?? [])].flatMap(([key, rate]) => {
    const actualRate = is?.get(key) ?? 0;
    return Math.abs(actualRate - rate) > rate * tolerance ? [`${key}: ${actualRate} instead of ${rate}`] : [];
  });
  expect(wrong).toEqual([]);
}

function ratesOf(report: RateReport): Map<string, number> {
  const { table } = mergeReports(report);
  const keys = edgeRowKeys(table);
  const rates = new Map<string, number>();
  table.responses.edge.forEach((edge, row) => {
    const result = `${table.strings[table.responses.code[row] ?? 0]} ${table.strings[table.responses.flags[row] ?? 0]}`;
    rates.set(`${keys[edge]} ${result}`, table.responses.perSecond[row] ?? 0);
  });
  table.tcp.edge.forEach((edge, row) => {
    rates.set(`${keys[edge]} sent`, table.tcp.sentBytesPerSecond[row] ?? 0);
    rates.set(`${keys[edge]} received`, table.tcp.receivedBytesPerSecond[row] ?? 0);
    rates.set(`${keys[edge]} opened`, table.tcp.connectionsOpenedPerSecond[row] ?? 0);
  });
  return rates;
}

function latencies(rates: RateReport, report: LatencyReport) {
  const { table } = mergeReports(rates);
  const index = indexLatency(table, buildLatencyTable(report, table));
  return new Map([...index].map(([key, share]) => [key, combineLatency([share])]));
}
