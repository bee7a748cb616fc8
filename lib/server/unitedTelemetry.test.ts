import { expect, onTestFinished, test } from "vitest";
import { isSourceError, type TelemetrySource } from "#lib/ports.ts";
import { emptyServer, type FakeAnswer, failure, type SeenRequest, vector } from "#test/prometheus/fakePrometheus.ts";
import { fakeServer, NOW, telemetryOn } from "#test/prometheus/fakeTelemetry.ts";
import { unitedTelemetry } from "./unitedTelemetry.ts";

const never = new AbortController().signal;
const moment = { windowSeconds: 300, atSeconds: NOW };

type Labels = Readonly<Record<string, string>>;

/** A server that knows one call as its servers, and one as its clients, report it. */
function calls(destination: Labels, source: Labels = {}) {
  return (request: SeenRequest): FakeAnswer => {
    const query = request.parameters.get("query") ?? "";
    if (request.path !== "/api/v1/query" || !query.includes("istio_requests_total")) return emptyServer(request);
    const labels = { request_protocol: "http", response_code: "200", source_workload: "web" };
    return query.includes('reporter="source"')
      ? vector({ metric: { ...labels, reporter: "source", ...source }, value: "1" })
      : vector({ metric: { ...labels, reporter: "destination", ...destination }, value: "2" });
  };
}

const broken = (request: SeenRequest): FakeAnswer =>
  request.path === "/api/v1/query" ? failure(400, "bad_data", "out of order") : emptyServer(request);

async function united(
  members: Readonly<Record<string, (request: SeenRequest) => FakeAnswer>>,
): Promise<TelemetrySource> {
  const sources = await Promise.all(
    Object.entries(members).map(async ([name, answer]) => {
      return { title: name, cluster: name, source: telemetryOn(await fakeServer(answer)) };
    }),
  );
  const source = unitedTelemetry(sources, { clock: { nowSeconds: () => NOW }, random: () => 0 });
  onTestFinished(() => source.close());
  return source;
}

test("the reports of all servers are laid together", async () => {
  const source = await united({
    east: calls({ source_cluster: "east", destination_cluster: "east", destination_workload: "cart" }),
    west: calls({ source_cluster: "west", destination_cluster: "west", destination_workload: "stock" }),
  });
  const report = await source.readRates(moment, never);
  expect(report).toMatchObject({ ...moment, warnings: [] });
  expect(report.requests.filter(({ reporter }) => reporter === "destination")).toMatchObject([
    { destinationCluster: "east", destinationWorkload: "cart", perSecond: 2 },
    { destinationCluster: "west", destinationWorkload: "stock", perSecond: 2 },
  ]);
});

test("a cluster that rows do not name is the server's; of the other end nothing is guessed", async () => {
  const source = await united({
    east: calls({}, { source_cluster: "unknown", destination_cluster: "unknown" }),
    west: calls({ source_cluster: "unknown", destination_cluster: "unknown" }, { source_cluster: "south" }),
  });
  const { requests } = await source.readRates(moment, never);
  expect(requests.map((row) => [row.reporter, row.sourceCluster, row.destinationCluster])).toEqual([
    ["destination", "east", "east"],
    ["source", "east", "unknown"],
    ["destination", "unknown", "west"],
    ["source", "south", "west"],
  ]);
});

test("a server that fails makes the reading partial, and is named", async () => {
  const source = await united({ east: calls({}), west: broken });
  const report = await source.readRates(moment, never);
  expect(report.requests).toHaveLength(2);
  expect(report.warnings).toMatchObject([
    { code: "partial", message: expect.stringMatching(/west.*out of order/s) as string },
  ]);
  await expect(source.readDetails({ ...moment, details: ["messages"] }, never)).resolves.toMatchObject({
    messages: [],
  });
  await expect(source.readLatency({ ...moment, namespaces: [] }, never)).resolves.toMatchObject({
    warnings: [{ code: "partial" }],
  });
});

test("when all fail, so does the reading", async () => {
  const source = await united({ east: broken, west: broken });
  const error: unknown = await source.readRates(moment, never).catch((thrown: unknown) => thrown);
  expect(isSourceError(error)).toBe(true);
  expect(error).toMatchObject({ kind: "rejected" });
});

test("an aborted reading rejects with the caller's reason", async () => {
  const source = await united({ east: calls({}), west: calls({}) });
  await expect(source.readRates(moment, AbortSignal.abort(new Error("nobody looks")))).rejects.toThrow("nobody looks");
});

test("servers are described together: the slowest scrape, the shortest retention", async () => {
  const hourly = (request: SeenRequest): FakeAnswer =>
    request.path.endsWith("/runtimeinfo")
      ? { kind: "body", body: '{"status":"success","data":{"storageRetention":"1h"}}' }
      : emptyServer(request);
  const source = await united({ east: emptyServer, west: hourly });
  await expect(source.describe(never)).resolves.toMatchObject({
    product: "Prometheus",
    version: "2.42.0",
    scrapeIntervalSeconds: 15,
    retentionSeconds: 3_600,
    warnings: [],
  });
});

test("series over time of servers of which one fails name it", async () => {
  const source = await united({
    east: emptyServer,
    west: (request) =>
      request.path === "/api/v1/query_range" ? failure(400, "bad_data", "out of order") : emptyServer(request),
  });
  const range = { startSeconds: NOW - 60, endSeconds: NOW, stepSeconds: 60 };
  const series = await source.readSeries({ scope: { kind: "mesh" }, direction: "inbound", ...range }, never);
  expect(series.warnings).toMatchObject([
    { code: "partial", message: expect.stringMatching(/west.*out of order/s) as string },
  ]);
});

test("series over time add up; a percentile stands where one server alone has any", async () => {
  const series =
    (value: string) =>
    (request: SeenRequest): FakeAnswer => {
      if (request.path !== "/api/v1/query_range") return emptyServer(request);
      const isP95 = request.parameters.get("query")?.startsWith("histogram_quantile") === true;
      const result = isP95 && value === "2" ? [] : [{ metric: { measure: "requests" }, values: [[NOW, value]] }];
      return { kind: "body", body: JSON.stringify({ status: "success", data: { resultType: "matrix", result } }) };
    };
  const source = await united({ east: series("2"), west: series("3") });
  const scope = { kind: "workload", namespace: "shop", workload: "cart" } as const;
  const range = { startSeconds: NOW - 60, endSeconds: NOW, stepSeconds: 60 };
  await expect(source.readSeries({ scope, direction: "inbound", ...range }, never)).resolves.toMatchObject({
    requestsPerSecond: [undefined, 5],
    p95Milliseconds: [undefined, 3],
  });
});
