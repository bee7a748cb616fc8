/** A server whose proxies report native histograms, as Prometheus 3 answers. */
import { expect, test } from "vitest";
import { quantile } from "#lib/domain/telemetry/latency.ts";
import { QualityCounter } from "#lib/domain/telemetry/quality.ts";
import { emptyServer, type FakeAnswer, type SeenRequest, success, vector } from "#test/prometheus/fakePrometheus.ts";
import { fakeServer, NOW, queriesOf, telemetryOn } from "#test/prometheus/fakeTelemetry.ts";
import { decodeNativeBuckets } from "./nativeHistograms.ts";

const METRIC = "istio_request_duration_milliseconds";
const never = new AbortController().signal;
const labels = {
  reporter: "destination",
  request_protocol: "http",
  source_workload: "cart",
  source_workload_namespace: "shop",
  destination_workload: "stock-v1",
  destination_workload_namespace: "shop",
  destination_service_name: "stock",
};

type Histogram = { readonly count: unknown; readonly sum: string; readonly buckets?: unknown };

/** A row as the HTTP API writes it: `histogram` where a float has `value`. */
function histogramRow(histogram: Histogram, metric: Readonly<Record<string, string>> = labels) {
  return { metric, histogram: [NOW, histogram] };
}

function rowsOf(histogram: Histogram) {
  const quality = new QualityCounter();
  const rows = decodeNativeBuckets({ resultType: "vector", result: [histogramRow(histogram)] }, quality);
  return { rows: rows.map(({ le, perSecond }) => [le, perSecond]), notes: quality.notes() };
}

test("buckets become cumulative, and each begins at its own lower bound", () => {
  const buckets = [
    [0, "16", "32", "4"],
    [0, "64", "128", "3"],
    [0, "128", "256", "1"],
  ];
  const { rows } = rowsOf({ count: "8", sum: "500", buckets });
  expect(rows).toEqual([
    [16, 0],
    [32, 4],
    [64, 4],
    [128, 7],
    [256, 8],
    [Number.POSITIVE_INFINITY, 8],
  ]);
  // The sixth of eight is the second of three between 64 and 128 ms.
  const [le, cumulative] = [rows.map(([le]) => le ?? 0), rows.map(([, count]) => count ?? 0)];
  expect(quantile(6 / 8, le, cumulative)).toBeCloseTo(64 + (64 * 2) / 3);
});

test("the bucket around zero and one without an upper bound count", () => {
  const buckets = [
    [3, "-0.001", "0.001", "2"],
    [0, "16", "32", "4"],
    [1, "32", "+Inf", "1"],
  ];
  expect(rowsOf({ count: "7", sum: "200", buckets }).rows).toEqual([
    [0.001, 2],
    [16, 2],
    [32, 6],
    [Number.POSITIVE_INFINITY, 7],
  ]);
});

test("custom bounds are those of the classic histogram they were made from", () => {
  const buckets = [
    [0, "5", "10", "1.5"],
    [0, "10", "25", "0.5"],
  ];
  expect(rowsOf({ count: "2", sum: "19", buckets }).rows.map(([le]) => le)).toEqual([
    5,
    10,
    25,
    Number.POSITIVE_INFINITY,
  ]);
});

test("an empty histogram is one of nothing", () => {
  expect(rowsOf({ count: "0", sum: "0" }).rows).toEqual([[Number.POSITIVE_INFINITY, 0]]);
});

test.each([
  { count: "NaN", sum: "0" },
  { count: 7, sum: "0" },
  { count: "7", sum: "0", buckets: "many" },
  { count: "7", sum: "0", buckets: [[0, "16", "32", "-4"]] },
  { count: "7", sum: "0", buckets: [[0, "32", "16", "4"]] },
  { count: "7", sum: "0", buckets: [[0, "a", "16", "4"]] },
  { count: "7", sum: "0", buckets: [null] },
])("a damaged histogram %j is left out and counted", (histogram) => {
  const { rows, notes } = rowsOf(histogram);
  expect(rows).toEqual([]);
  expect(notes).toMatchObject([{ problem: "bad-value", rows: 1 }]);
});

/** Answers as a server that holds these duration metrics; means as floats, buckets as histograms. */
function serverWith(names: readonly string[]) {
  return (request: SeenRequest): FakeAnswer => {
    if (request.path === "/api/v1/label/__name__/values") return success(names);
    if (request.path !== "/api/v1/query") return emptyServer(request);
    const query = request.parameters.get("query") ?? "";
    if (query.includes("histogram_sum") && query.includes("destination|waypoint")) {
      return vector(
        { metric: { ...labels, measure: "milliseconds" }, value: "300" },
        { metric: { ...labels, measure: "count" }, value: "10" },
      );
    }
    if (!query.includes("destination_workload_namespace=")) return vector();
    const histogram = { count: "10", sum: "300", buckets: [[0, "16", "32", "10"]] };
    return success({ resultType: "vector", result: [histogramRow(histogram)] });
  };
}

test("where there are native histograms only, means and buckets are read from them", async () => {
  const server = await fakeServer(serverWith([METRIC]));
  const report = await telemetryOn(server).readLatency(
    { windowSeconds: 300, atSeconds: NOW, namespaces: ["shop"] },
    never,
  );
  expect(report.warnings).toEqual([]);
  expect(report.durations).toMatchObject([{ destinationWorkload: "stock-v1", millisecondsPerSecond: 300 }]);
  expect(report.buckets).toMatchObject([
    { reporter: "destination", protocol: "http", le: 16, perSecond: 0 },
    { le: 32, perSecond: 10 },
    { le: Number.POSITIVE_INFINITY, perSecond: 10 },
  ]);
  const queries = queriesOf(server);
  expect(queries.every((query) => !query.includes("_bucket") && !/\ble\b/.test(query))).toBe(true);
  expect(queries.some((query) => query.startsWith("sum by (reporter,") && query.includes(`rate(${METRIC}{`))).toBe(
    true,
  );
});

test("where there are buckets of their own, those are read: all proxies may still have them", async () => {
  const server = await fakeServer(serverWith([METRIC, `${METRIC}_bucket`]));
  await telemetryOn(server).readLatency({ windowSeconds: 300, atSeconds: NOW, namespaces: ["shop"] }, never);
  expect(queriesOf(server).filter((query) => query.includes("histogram_"))).toEqual([]);
});

test("rules that record classic histograms are of no use where there are native ones only", async () => {
  const marker = { version: "1", group: "latency", window: "300", shard: "1", shards: "1" };
  const native = serverWith([METRIC]);
  const server = await fakeServer((request) =>
    request.parameters.get("query")?.startsWith("meshscope_rules:group:info") === true
      ? vector({ metric: marker, value: "1" })
      : native(request),
  );
  const report = await telemetryOn(server, { useRules: true }).readLatency(
    { windowSeconds: 300, atSeconds: NOW, namespaces: [] },
    never,
  );
  expect(report.durations).toMatchObject([{ destinationWorkload: "stock-v1", millisecondsPerSecond: 300 }]);
  expect(queriesOf(server).filter((query) => query.includes("meshscope_edge:"))).toEqual([]);
});
