import { expect, test } from "vitest";
import { emptyServer, failure, json, type SeenRequest, success, vector } from "#test/prometheus/fakePrometheus.ts";
import { answeringQueries, fakeServer, inTurn, NOW, queriesOf, telemetryOn } from "#test/prometheus/fakeTelemetry.ts";

const moment = { windowSeconds: 300, atSeconds: NOW };
const never = new AbortController().signal;

test("a mesh at rest gives an empty reading", async () => {
  const source = telemetryOn(await fakeServer(emptyServer));
  await expect(source.readRates(moment, never)).resolves.toEqual({
    atSeconds: NOW,
    windowSeconds: 300,
    requests: [],
    tcp: [],
    warnings: [],
    quality: [],
  });
});

test("an empty reading of a server that has no metrics of a mesh says so, and not for want of a job", async () => {
  const lacking = (label: string) => (request: SeenRequest) =>
    request.path === `/api/v1/label/${label}/values` ? success([]) : emptyServer(request);
  const warningsOf = async (label: string) =>
    (await telemetryOn(await fakeServer(lacking(label))).readRates(moment, never)).warnings;
  expect(await warningsOf("__name__")).toMatchObject([
    { code: "no-istio-metrics", message: expect.stringContaining("scraped") as string },
  ]);
  expect(await warningsOf("job")).toEqual([]);
});

test("a reading of the rates is three queries at one moment, sent as forms, however many namespaces", async () => {
  const server = await fakeServer(emptyServer);
  await telemetryOn(server).readRates(moment, never);
  const queries = server.requests.filter(({ path }) => path === "/api/v1/query");
  expect(queries.map(({ method }) => method)).toEqual(["POST", "POST", "POST"]);
  expect(new Set(queries.map(({ parameters }) => parameters.get("time")))).toEqual(new Set([String(NOW)]));
});

test("the query scope is in every selector", async () => {
  const server = await fakeServer(emptyServer);
  const source = telemetryOn(server, { queryScope: [{ label: "mesh", operator: "=", value: 'ea"st' }] });
  await source.readRates(moment, never);
  await source.readLatency({ ...moment, namespaces: ["shop"] }, never);
  for (const query of queriesOf(server)) {
    const selectors = query.match(/istio_\w+\{/g) ?? [];
    expect(selectors.length).toBeGreaterThan(0);
    expect(query.match(/mesh="ea\\"st"/g)).toHaveLength(selectors.length);
  }
});

test("namespaces stand in queries as text, never as PromQL", async () => {
  const server = await fakeServer(emptyServer);
  await telemetryOn(server).readLatency({ ...moment, namespaces: ['"} or vector(1) #\n\\'] }, never);
  expect(
    queriesOf(server).some((query) => query.includes('destination_workload_namespace="\\"} or vector(1) #\\n\\\\"')),
  ).toBe(true);
});

test("percentiles are asked for once a namespace, and averages once for all", async () => {
  const server = await fakeServer(emptyServer);
  await telemetryOn(server).readLatency({ ...moment, namespaces: ["a", "b", "a"] }, never);
  expect(queriesOf(server).filter((query) => query.includes("_bucket"))).toHaveLength(2);
  expect(queriesOf(server)).toHaveLength(4);
});

test("clients are asked for the histograms that no server has, and only for those", async () => {
  // shop calls an external host and a served workload: only the first is left to the client.
  const edge = { source_workload_namespace: "shop", source_workload: "cart", request_protocol: "http" };
  const external = { ...edge, destination_service_name: "api.pay.example", destination_workload: "unknown" };
  const served = {
    ...edge,
    destination_service_name: "stock",
    destination_workload: "stock",
    destination_workload_namespace: "shop",
  };
  const server = await answeringQueries(({ parameters }) => {
    const query = parameters.get("query") ?? "";
    const reporter = query.includes('reporter="source"') ? "source" : "destination";
    const edges = reporter === "source" ? [external, served] : [served];
    if (!query.includes("_bucket"))
      return vector(...edges.map((labels) => ({ metric: { ...labels, reporter, measure: "count" }, value: "1" })));
    return vector(...edges.map((labels) => ({ metric: { ...labels, reporter, le: "+Inf" }, value: "1" })));
  });
  const report = await telemetryOn(server).readLatency({ ...moment, namespaces: ["shop"] }, never);
  expect(report.buckets.map((row) => [row.reporter, row.destinationServiceName])).toEqual([
    ["destination", "stock"],
    ["source", "api.pay.example"],
  ]);
  expect(
    queriesOf(server)
      .filter((query) => query.includes("_bucket"))
      .at(-1),
  ).toContain('destination_service_name="api.pay.example"');
});

test("percentiles that are too much for the server are missing with a warning; averages stay", async () => {
  const server = await answeringQueries(({ parameters }) =>
    parameters.get("query")?.includes("_bucket")
      ? failure(422, "execution", "query processing would load too many samples into memory")
      : vector({ metric: { reporter: "destination", measure: "count" }, value: "2" }),
  );
  const report = await telemetryOn(server).readLatency({ ...moment, namespaces: ["shop"] }, never);
  expect(report.durations).not.toEqual([]);
  expect(report.warnings).toMatchObject([
    { code: "percentiles-missing", message: expect.stringContaining("too many samples") as string },
  ]);
});

test("never more than three queries are in flight, and the rates do not wait behind percentiles", async () => {
  const { promise: opened, resolve: open } = Promise.withResolvers<void>();
  const server = await answeringQueries(async () => {
    await opened;
    return vector();
  });
  const source = telemetryOn(server);
  await source.describe(never);
  const latency = source.readLatency({ ...moment, namespaces: ["a", "b", "c", "d", "e", "f"] }, never);
  await server.until(() => server.inFlight() === 3);
  const rates = source.readRates(moment, never);
  open();
  await Promise.all([latency, rates]);
  expect(server.mostInFlight()).toBe(3);
  const lastRate = queriesOf(server).findLastIndex((query) => query.includes("istio_requests_total"));
  const lastBucket = queriesOf(server).findLastIndex((query) => query.includes("_bucket"));
  expect(lastRate).toBeLessThan(lastBucket);
});

test("an aborted reading rejects at once and hangs up on the server", async () => {
  const server = await answeringQueries(() => ({ kind: "stall" }));
  const source = telemetryOn(server);
  const abort = new AbortController();
  const reading = source.readRates(moment, abort.signal);
  await server.until(() => server.inFlight() === 3);
  abort.abort(new Error("nobody looks"));
  await expect(reading).rejects.toThrow("nobody looks");
  await server.until(() => server.inFlight() === 0);
});

test("when one query of a reading fails, the others are hung up on", async () => {
  const server = await answeringQueries(({ parameters }) =>
    parameters.get("query")?.includes("istio_tcp") ? failure(400, "bad_data", "no") : { kind: "stall" },
  );
  await expect(telemetryOn(server).readRates(moment, never)).rejects.toMatchObject({ kind: "rejected" });
  await server.until(() => server.inFlight() === 0);
});

test("one caller's abort does not spoil the description for others", async () => {
  const { promise: opened, resolve: open } = Promise.withResolvers<void>();
  const server = await fakeServer(async (request) => {
    await opened;
    return emptyServer(request);
  });
  const source = telemetryOn(server);
  const abort = new AbortController();
  const first = source.describe(abort.signal);
  const second = source.describe(never);
  abort.abort(new Error("gone"));
  await expect(first).rejects.toThrow("gone");
  open();
  await expect(second).resolves.toMatchObject({
    version: "2.42.0",
    scrapeIntervalSeconds: 15,
    retentionSeconds: 1_296_000,
  });
});

test("forbidden status pages mean defaults and warnings, not failure", async () => {
  const server = await fakeServer((request) =>
    request.path.startsWith("/api/v1/status/")
      ? json(403, { status: "error", error: "forbidden" })
      : emptyServer(request),
  );
  const description = await telemetryOn(server).describe(never);
  expect(description.scrapeIntervalSeconds).toBe(15);
  expect(description.retentionSeconds).toBeUndefined();
  expect(description.warnings.map(({ code }) => code)).toEqual(["scrape-interval-unknown", "retention-unknown"]);
});

test("status pages that never come mean defaults and warnings too", async () => {
  const server = await fakeServer((request) =>
    /config|runtimeinfo|flags/.test(request.path) ? { kind: "stall" } : emptyServer(request),
  );
  const description = await telemetryOn(server, { timeoutMs: 300 }).describe(never);
  expect(description).toMatchObject({ version: "2.42.0", scrapeIntervalSeconds: 15 });
  expect(description.warnings).toHaveLength(2);
});

test("a server that was down while described is asked again", async () => {
  let down = true;
  const server = await fakeServer((request) => (down ? { kind: "drop" } : emptyServer(request)));
  const source = telemetryOn(server);
  await expect(source.describe(never)).rejects.toMatchObject({ name: "SourceError", kind: "unreachable" });
  down = false;
  await expect(source.describe(never)).resolves.toMatchObject({ version: "2.42.0" });
});

test("warnings and infos of the server are passed on, each once", async () => {
  const server = await answeringQueries(() =>
    success(
      { resultType: "vector", result: [] },
      { warnings: ["PromQL warning: a mix of bounds"], infos: ["metric might not be a counter"] },
    ),
  );
  const { warnings } = await telemetryOn(server).readRates(moment, never);
  expect(warnings).toEqual([
    { code: "prometheus-warning", message: "PromQL warning: a mix of bounds" },
    { code: "prometheus-info", message: "metric might not be a counter" },
  ]);
});

test("samples that are no rates are left out and counted", async () => {
  const server = await answeringQueries(inTurn(vector({ metric: { reporter: "source" }, value: "NaN" }), vector()));
  const { requests, quality } = await telemetryOn(server).readRates(moment, never);
  expect(requests).toEqual([]);
  expect(quality).toEqual([
    { problem: "bad-value", rows: 1, examples: ['value "NaN", reporter "source": ?/? → ? → ?/?'] },
  ]);
});

test("an answer of more than 10 MB is read whole", async () => {
  const rows = Array.from({ length: 40_000 }, (_, index) => ({
    metric: { reporter: "source", source_workload: `workload-${index}`, destination_service: "x".repeat(200) },
    value: "1",
  }));
  const server = await answeringQueries(inTurn(vector(...rows), vector()));
  const { requests } = await telemetryOn(server).readRates(moment, never);
  expect(requests).toHaveLength(40_000);
});

test("a series asked for in too many points is refused before it is computed", async () => {
  const source = telemetryOn(await fakeServer(emptyServer));
  const request = { scope: { kind: "mesh" }, direction: "inbound", startSeconds: 0, endSeconds: NOW } as const;
  await expect(source.readSeries({ ...request, stepSeconds: 1 }, never)).rejects.toMatchObject({ kind: "rejected" });
  await expect(source.readSeries({ ...request, stepSeconds: 0 }, never)).rejects.toMatchObject({ kind: "rejected" });
});

test("percentiles over time are not asked for the whole mesh", async () => {
  const server = await fakeServer(emptyServer);
  const range = { direction: "inbound", startSeconds: NOW - 60, endSeconds: NOW, stepSeconds: 15 } as const;
  await telemetryOn(server).readSeries({ scope: { kind: "mesh" }, ...range }, never);
  const queries = server.requests.filter(({ path }) => path === "/api/v1/query_range");
  expect(queries.some(({ parameters }) => parameters.get("query")?.includes("_bucket"))).toBe(false);
});

test("a closed source ends its readings", async () => {
  const server = await answeringQueries(() => ({ kind: "stall" }));
  const source = telemetryOn(server);
  const ended = expect(source.readRates(moment, never)).rejects.toMatchObject({ message: "The source is closed." });
  await server.until(() => server.inFlight() === 3);
  await source.close();
  await ended;
});
