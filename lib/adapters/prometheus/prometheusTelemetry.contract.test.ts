/** The adapter against a real Prometheus: every query parses, and says the truth about a mesh of four calls. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildLatencyTable, combineLatency, indexLatency } from "#lib/domain/telemetry/latency.ts";
import { mergeReports } from "#lib/domain/telemetry/mergeReporters.ts";
import type { SeriesRequest, SeriesScope } from "#lib/domain/telemetry/timeSeries.ts";
import { type History, type HistorySample, scrapeTimes } from "#test/history/history.ts";
import { remoteWriteHistory } from "#test/history/remoteWriteHistory.ts";
import type { ServerProcess } from "#test/prometheus/serverProcess.ts";
import { startPrometheus } from "#test/prometheus/startPrometheus.ts";
import { createPrometheusTelemetry } from "./prometheusTelemetry.ts";
import { parseQueryScope } from "./queryScope.ts";
import { createUrlTransport } from "./urlTransport.ts";

const END = 1_790_000_000;
const BEFORE_ALL_DATA = END - 86_400;
const HOSTILE = 'sh"op}\\ \n{} or vector(1)';
const never = new AbortController().signal;

/**
 *   cart ──10/s──▶ stock      server and client agree; 30 ms each
 *   cart ── 1/s──▶ stock      503 UF, seen by the client only
 *   cart ── 2/s──▶ api.pay    outside the mesh: the client alone reports, 300 ms each
 *   cart ═══════▶ db          100 bytes/s there, 900 back
 */
const cart = { source_workload: "cart", source_workload_namespace: HOSTILE, source_cluster: "east" };
const stock = {
  destination_workload: "stock",
  destination_workload_namespace: HOSTILE,
  destination_service_name: "stock",
  destination_service_namespace: HOSTILE,
};
const pay = {
  destination_workload: "unknown",
  destination_workload_namespace: "unknown",
  destination_service_name: "api.pay",
  destination_service_namespace: "unknown",
};
const http = { request_protocol: "http", response_flags: "-", response_code: "200" };

function* samplesAt(atSeconds: number): Generator<HistorySample> {
  const age = atSeconds - (END - 900);
  yield* calls(
    { ...cart, ...stock, ...http, reporter: "destination", connection_security_policy: "mutual_tls" },
    10 * age,
    30,
  );
  yield* calls({ ...cart, ...stock, ...http, reporter: "source", connection_security_policy: "unknown" }, 10 * age, 31);
  yield* calls({ ...cart, ...stock, ...http, reporter: "source", response_code: "503", response_flags: "UF" }, age, 1);
  yield* calls({ ...cart, ...pay, ...http, reporter: "source" }, 2 * age, 300);
  for (const reporter of ["source", "destination"]) {
    const labels = { ...cart, destination_workload: "db", destination_service_namespace: HOSTILE, reporter };
    yield { metric: "istio_tcp_received_bytes_total", labels, value: 100 * age };
    yield { metric: "istio_tcp_sent_bytes_total", labels, value: 900 * age };
    yield { metric: "istio_tcp_connections_opened_total", labels, value: 0.1 * age };
  }
}

function* calls(labels: Record<string, string>, count: number, milliseconds: number): Generator<HistorySample> {
  yield { metric: "istio_requests_total", labels, value: count };
  yield { metric: "istio_request_duration_milliseconds_sum", labels, value: count * milliseconds };
  yield { metric: "istio_request_duration_milliseconds_count", labels, value: count };
  for (const le of [1, 5, 25, 50, 500, 30_000, Number.POSITIVE_INFINITY]) {
    const bound = le === Number.POSITIVE_INFINITY ? "+Inf" : String(le);
    const value = milliseconds <= le ? count : 0;
    yield { metric: "istio_request_duration_milliseconds_bucket", labels: { ...labels, le: bound }, value };
  }
}

const history: History = { times: scrapeTimes(END, 900, 15), samplesAt };
let directory: string;
let server: ServerProcess;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "meshscope-prometheus-"));
  server = await startPrometheus({ dataDir: join(directory, "data"), flags: ["--web.enable-remote-write-receiver"] });
  await remoteWriteHistory(server.url, history);
});

afterAll(async () => {
  await server?.stop();
  await rm(directory, { recursive: true, force: true });
});

function telemetry(queryScope = "") {
  return createPrometheusTelemetry({
    transport: createUrlTransport({ source: "prometheus", url: server.url }),
    foundBy: "the test",
    queryScope: parseQueryScope(queryScope),
    timeoutMs: 20_000,
    clock: { nowSeconds: () => END },
  });
}

const moment = { windowSeconds: 300, atSeconds: END };

test("the server tells its version, scrape interval and retention", async () => {
  await expect(telemetry().describe(never)).resolves.toMatchObject({
    version: expect.stringMatching(/^\d+\.\d+/) as string,
    scrapeIntervalSeconds: 15,
    retentionSeconds: 100 * 365 * 86_400,
    // Its clock is today's, the test's that of the history it holds.
    warnings: [{ code: "clock-skew" }],
  });
});

test("every query answers, with nothing, where there is no data", async () => {
  const past = { ...moment, atSeconds: BEFORE_ALL_DATA };
  await expect(telemetry().readRates(past, never)).resolves.toMatchObject({ requests: [], tcp: [], warnings: [] });
  await expect(telemetry().readLatency({ ...past, namespaces: [HOSTILE, "b"] }, never)).resolves.toMatchObject({
    durations: [],
    buckets: [],
    warnings: [],
  });
});

test("each reporter's rates are those of the calls", async () => {
  const report = await telemetry().readRates(moment, never);
  expect(
    inOrder(
      report.requests.map((row) => [
        row.reporter,
        row.destinationServiceName,
        row.responseCode,
        row.securityPolicy,
        round(row.perSecond),
      ]),
    ),
  ).toEqual([
    ["destination", "stock", "200", "mutual_tls", 10],
    ["source", "api.pay", "200", "", 2],
    ["source", "stock", "200", "", 10],
    ["source", "stock", "503", "", 1],
  ]);
  expect(report.requests.every((row) => row.sourceNamespace === HOSTILE)).toBe(true);
  expect(inOrder(report.tcp.map((row) => [row.reporter, row.metric, round(row.perSecond)]))).toEqual([
    ["destination", "connectionsOpened", 0.1],
    ["destination", "receivedBytes", 100],
    ["destination", "sentBytes", 900],
    ["source", "connectionsOpened", 0.1],
    ["source", "receivedBytes", 100],
    ["source", "sentBytes", 900],
  ]);
});

test("means come from sums, and histograms from servers where there are any, else from clients", async () => {
  const report = await telemetry().readLatency({ ...moment, namespaces: [HOSTILE] }, never);
  expect(
    inOrder(
      report.durations.map((row) => [
        row.reporter,
        row.destinationServiceName,
        round(row.millisecondsPerSecond),
        round(row.countPerSecond),
      ]),
    ),
  ).toEqual([
    ["destination", "stock", 300, 10],
    ["source", "api.pay", 600, 2],
    // 10 × 31 ms of answers and 1 × 1 ms of failures
    ["source", "stock", 311, 11],
  ]);
  expect(
    inOrder(report.buckets.map((row) => [row.reporter, row.destinationServiceName, row.le, round(row.perSecond)])),
  ).toEqual([
    ["destination", "stock", 25, 0],
    ["destination", "stock", 50, 10],
    ["destination", "stock", 500, 10],
    ["destination", "stock", Number.POSITIVE_INFINITY, 10],
    ["source", "api.pay", 50, 0],
    ["source", "api.pay", 500, 2],
    ["source", "api.pay", Number.POSITIVE_INFINITY, 2],
  ]);
});

test("percentiles are those of histogram_quantile, although no rows of empty buckets are sent", async () => {
  const { table } = mergeReports(await telemetry().readRates(moment, never));
  const report = await telemetry().readLatency({ ...moment, namespaces: [HOSTILE] }, never);
  const shares = [...indexLatency(table, buildLatencyTable(report, table)).values()];
  // All calls to stock took 25 to 50 ms, all to api.pay 50 to 500 ms.
  expect(new Set(shares.map((share) => combineLatency([share])?.p50))).toEqual(new Set([37.5, 275]));
});

test("no histogram is read for a namespace that is not asked for", async () => {
  const report = await telemetry().readLatency({ ...moment, namespaces: [] }, never);
  expect(report.buckets).toEqual([]);
  expect(report.durations).toHaveLength(3);
});

test("a query scope narrows every reading", async () => {
  const elsewhere = telemetry('source_cluster!~"ea.*"');
  await expect(elsewhere.readRates(moment, never)).resolves.toMatchObject({ requests: [], tcp: [] });
  const here = await telemetry('source_cluster="east"').readRates(moment, never);
  expect(here.requests).toHaveLength(4);
});

const range = { startSeconds: END - 120, endSeconds: END, stepSeconds: 60 };
const objects: readonly {
  scope: SeriesScope;
  direction: SeriesRequest["direction"];
  requests: number | undefined;
  errors: number | undefined;
  p95: boolean;
  bytes: number | undefined;
}[] = [
  { scope: { kind: "mesh" }, direction: "inbound", requests: 13, errors: 1, p95: false, bytes: 1_000 },
  {
    scope: { kind: "namespaces", namespaces: [HOSTILE] },
    direction: "inbound",
    requests: 11,
    errors: 1,
    p95: true,
    bytes: 1_000,
  },
  {
    scope: { kind: "namespaces", namespaces: [HOSTILE, "b"] },
    direction: "outbound",
    requests: 13,
    errors: 1,
    p95: false,
    bytes: 1_000,
  },
  {
    scope: { kind: "workload", cluster: "east", namespace: HOSTILE, workload: "cart" },
    direction: "outbound",
    requests: 13,
    errors: 1,
    p95: true,
    bytes: 1_000,
  },
  {
    scope: { kind: "workload", namespace: HOSTILE, workload: "stock" },
    direction: "inbound",
    requests: 11,
    errors: 1,
    p95: true,
    bytes: undefined,
  },
  {
    scope: { kind: "service", namespace: HOSTILE, service: "stock" },
    direction: "inbound",
    requests: 11,
    errors: 1,
    p95: true,
    bytes: undefined,
  },
  {
    scope: { kind: "service", namespace: "", service: "api.pay" },
    direction: "inbound",
    requests: 2,
    errors: 0,
    p95: true,
    bytes: undefined,
  },
  {
    scope: { kind: "app", namespace: HOSTILE, app: "none", version: "v1" },
    direction: "outbound",
    requests: undefined,
    errors: undefined,
    p95: false,
    bytes: undefined,
  },
];

test.each(objects)(
  "over time, $scope.kind $direction counts each call once",
  async ({ scope, direction, requests, errors, p95, bytes }) => {
    const series = await telemetry().readSeries({ ...range, scope, direction }, never);
    expect(series.times).toEqual([END - 120, END - 60, END]);
    expect(series.requestsPerSecond.map(round)).toEqual([requests, requests, requests]);
    expect(series.errorsPerSecond.map(round)).toEqual([errors, errors, errors]);
    expect(series.p95Milliseconds.map((value) => value !== undefined)).toEqual([p95, p95, p95]);
    expect(series.tcpBytesPerSecond.map(round)).toEqual([bytes, bytes, bytes]);
  },
);

test("an aborted reading rejects with the caller's reason", async () => {
  const abort = new AbortController();
  const source = telemetry();
  await source.describe(never);
  const reading = source.readRates(moment, abort.signal);
  abort.abort(new Error("nobody looks"));
  await expect(reading).rejects.toThrow("nobody looks");
});

function inOrder<Row extends readonly unknown[]>(rows: readonly Row[]): Row[] {
  return rows.toSorted((left, right) => left.join(" ").localeCompare(right.join(" ")));
}

function round(value: number | undefined): number | undefined {
  return value === undefined ? undefined : Math.round(value * 1_000) / 1_000;
}
