import { afterEach, expect, test } from "vitest";
import {
  emptyServer,
  type FakeAnswer,
  type FakePrometheus,
  failure,
  html,
  json,
  type SeenRequest,
  startFakePrometheus,
  success,
  vector,
} from "#test/prometheus/fakePrometheus.ts";
import { createPrometheusTelemetry, type PrometheusSettings } from "./prometheusTelemetry.ts";
import { createUrlTransport, type UrlTransportSettings } from "./urlTransport.ts";

const NOW = 1_700_000_000;
const moment = { windowSeconds: 300, atSeconds: NOW };
const never = new AbortController().signal;
const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function fake(answer: (request: SeenRequest) => FakeAnswer | Promise<FakeAnswer>): Promise<FakePrometheus> {
  const server = await startFakePrometheus(answer);
  closing.push(server.close);
  return server;
}

/** A server that is empty but for its answers to instant queries. */
function answering(answer: (request: SeenRequest) => FakeAnswer | Promise<FakeAnswer>): Promise<FakePrometheus> {
  return fake((request) => (request.path === "/api/v1/query" ? answer(request) : emptyServer(request)));
}

function telemetryOn(
  { url }: { url: string },
  {
    transport,
    ...settings
  }: Partial<Omit<PrometheusSettings, "transport">> & { transport?: Partial<UrlTransportSettings> } = {},
) {
  const source = createPrometheusTelemetry({
    transport: createUrlTransport({ source: "prometheus", url, ...transport }),
    foundBy: "the test",
    timeoutMs: 5_000,
    clock: { nowSeconds: () => NOW },
    ...settings,
  });
  closing.push(() => source.close());
  return source;
}

/** Answers given in turn, the last one for ever. */
function inTurn(...answers: readonly FakeAnswer[]): () => FakeAnswer {
  let next = 0;
  return () => answers[Math.min(next++, answers.length - 1)] ?? vector();
}

function queriesOf(server: FakePrometheus): string[] {
  return server.requests
    .filter(({ path }) => path === "/api/v1/query")
    .map(({ parameters }) => parameters.get("query") ?? "");
}

test("a server without Istio metrics gives an empty reading", async () => {
  const source = telemetryOn(await fake(emptyServer));
  await expect(source.readRates(moment, never)).resolves.toEqual({
    atSeconds: NOW,
    windowSeconds: 300,
    requests: [],
    tcp: [],
    warnings: [],
  });
});

test("a reading of the rates is three queries at one moment, sent as forms, however many namespaces", async () => {
  const server = await fake(emptyServer);
  await telemetryOn(server).readRates(moment, never);
  const queries = server.requests.filter(({ path }) => path === "/api/v1/query");
  expect(queries.map(({ method }) => method)).toEqual(["POST", "POST", "POST"]);
  expect(new Set(queries.map(({ parameters }) => parameters.get("time")))).toEqual(new Set([String(NOW)]));
});

test("the query scope is in every selector", async () => {
  const server = await fake(emptyServer);
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
  const server = await fake(emptyServer);
  await telemetryOn(server).readLatency({ ...moment, namespaces: ['"} or vector(1) #\n\\'] }, never);
  expect(
    queriesOf(server).some((query) => query.includes('destination_workload_namespace="\\"} or vector(1) #\\n\\\\"')),
  ).toBe(true);
});

test("percentiles are asked for once a namespace, and averages once for all", async () => {
  const server = await fake(emptyServer);
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
  const server = await answering(({ parameters }) => {
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
  const server = await answering(({ parameters }) =>
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
  const server = await answering(async () => {
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
  const server = await answering(() => ({ kind: "stall" }));
  const source = telemetryOn(server);
  const abort = new AbortController();
  const reading = source.readRates(moment, abort.signal);
  await server.until(() => server.inFlight() === 3);
  abort.abort(new Error("nobody looks"));
  await expect(reading).rejects.toThrow("nobody looks");
  await server.until(() => server.inFlight() === 0);
});

test("when one query of a reading fails, the others are hung up on", async () => {
  const server = await answering(({ parameters }) =>
    parameters.get("query")?.includes("istio_tcp") ? failure(400, "bad_data", "no") : { kind: "stall" },
  );
  await expect(telemetryOn(server).readRates(moment, never)).rejects.toMatchObject({ kind: "rejected" });
  await server.until(() => server.inFlight() === 0);
});

test("one caller's abort does not spoil the description for others", async () => {
  const { promise: opened, resolve: open } = Promise.withResolvers<void>();
  const server = await fake(async (request) => {
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
  const server = await fake((request) =>
    request.path.startsWith("/api/v1/status/")
      ? json(403, { status: "error", error: "forbidden" })
      : emptyServer(request),
  );
  const description = await telemetryOn(server).describe(never);
  expect(description.scrapeIntervalSeconds).toBe(15);
  expect(description.retentionSeconds).toBeUndefined();
  expect(description.warnings.map(({ code }) => code)).toEqual(["scrape-interval-unknown", "retention-unknown"]);
});

test("a server that was down while described is asked again", async () => {
  let down = true;
  const server = await fake((request) => (down ? { kind: "drop" } : emptyServer(request)));
  const source = telemetryOn(server);
  await expect(source.describe(never)).rejects.toMatchObject({ name: "SourceError", kind: "unreachable" });
  down = false;
  await expect(source.describe(never)).resolves.toMatchObject({ version: "2.42.0" });
});

test("warnings and infos of the server are passed on, each once", async () => {
  const server = await answering(() =>
    success(
      { resultType: "vector", result: [] },
      { warnings: ["partial response"], infos: ["metric might not be a counter"] },
    ),
  );
  const { warnings } = await telemetryOn(server).readRates(moment, never);
  expect(warnings).toEqual([
    { code: "prometheus-warning", message: "partial response" },
    { code: "prometheus-info", message: "metric might not be a counter" },
  ]);
});

test("samples that are no rates are left out and counted", async () => {
  const server = await answering(inTurn(vector({ metric: { reporter: "source" }, value: "NaN" }), vector()));
  const { requests, warnings } = await telemetryOn(server).readRates(moment, never);
  expect(requests).toEqual([]);
  expect(warnings).toMatchObject([{ code: "samples-dropped" }]);
});

test.each([
  { status: 500, headers: { "retry-after": "0" } },
  { status: 503, headers: { "retry-after": "0" } },
  { status: 429, headers: { "retry-after": "0" } },
])("a passing failure ($status) is tried once more", async ({ status, headers }) => {
  const server = await answering(inTurn(json(status, {}, headers), vector()));
  await expect(telemetryOn(server).readRates(moment, never)).resolves.toMatchObject({ requests: [] });
  expect(queriesOf(server)).toHaveLength(4);
});

test("a failure that does not pass is told after the second try", async () => {
  const server = await answering(() => ({
    ...html(503, "<html><title>Bad\nGateway</title></html>"),
    headers: { "content-type": "text/html", "retry-after": "0" },
  }));
  const reading = telemetryOn(server).readRates(moment, never);
  await expect(reading).rejects.toMatchObject({
    kind: "unreachable",
    message: expect.stringMatching(/503.*HTML page titled/s) as string,
  });
});

test.each([
  { status: 400, errorType: "bad_data", kind: "rejected" },
  { status: 422, errorType: "execution", kind: "rejected" },
  { status: 401, errorType: "unauthorized", kind: "denied" },
  { status: 403, errorType: "forbidden", kind: "denied" },
])(
  "what the server judged ($status) is not tried again, and its words survive",
  async ({ status, errorType, kind }) => {
    const words = `reason: ${"x".repeat(1_900)} end`;
    const server = await answering(() => failure(status, errorType, words));
    await expect(telemetryOn(server).readRates(moment, never)).rejects.toMatchObject({
      kind,
      message: expect.stringContaining(words) as string,
    });
    expect(queriesOf(server).length).toBeLessThanOrEqual(3);
  },
);

test("words beyond 2,000 characters are cut", async () => {
  const server = await answering(() => failure(400, "bad_data", "x".repeat(50_000)));
  const error: unknown = await telemetryOn(server)
    .readRates(moment, never)
    .catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(Error);
  expect((error as Error).message).toHaveLength(2_000);
});

test.each([
  failure(422, "execution", "expanding series: context deadline exceeded"),
  failure(503, "timeout", "query timed out in expression evaluation"),
])("a timeout on the server is a timeout, and not tried again", async (answer) => {
  const server = await answering(() => answer);
  await expect(telemetryOn(server).readRates(moment, never)).rejects.toMatchObject({ kind: "timeout" });
  expect(queriesOf(server).length).toBeLessThanOrEqual(3);
});

test("a server that stalls is a timeout of ours", async () => {
  const server = await answering(() => ({ kind: "stall" }));
  const source = telemetryOn(server, { timeoutMs: 300 });
  await expect(source.readRates(moment, never)).rejects.toMatchObject({
    kind: "timeout",
    message: expect.stringContaining("0.3 s") as string,
  });
});

test("a dead connection is tried once more", async () => {
  const server = await answering(inTurn({ kind: "drop" }, vector()));
  await expect(telemetryOn(server).readRates(moment, never)).resolves.toMatchObject({ requests: [] });
});

test("an answer that is cut short twice is a broken connection", async () => {
  const server = await answering(() => ({ kind: "cut", body: '{"status":"success","data":{"resultType":"vector"' }));
  await expect(telemetryOn(server).readRates(moment, never)).rejects.toMatchObject({ kind: "unreachable" });
});

test.each([
  {
    name: "a login page",
    answer: html(200, "<!doctype html><title>Log in</title>"),
    says: 'an HTML page titled "Log in"',
  },
  {
    name: "damaged JSON",
    answer: { kind: "body", headers: { "content-type": "application/json" }, body: '{"status":"succ' } as const,
    says: "ends early",
  },
  { name: "other JSON", answer: json(200, { hello: "world" }), says: "has no status" },
  {
    name: "text",
    answer: { kind: "body", headers: { "content-type": "text/plain" }, body: "hello" } as const,
    says: "text/plain: hello",
  },
  { name: "nothing", answer: { kind: "body", body: "" } as const, says: "an empty body" },
])("$name instead of an answer is named", async ({ answer, says }) => {
  const server = await answering(() => answer);
  await expect(telemetryOn(server).readRates(moment, never)).rejects.toMatchObject({
    kind: "malformed",
    message: expect.stringContaining(says) as string,
  });
});

test("a redirect is not followed, and the page it leads to is named without its query", async () => {
  const server = await answering(() => ({
    kind: "body",
    status: 302,
    headers: { location: "https://sso.example/login?state=secret" },
    body: "",
  }));
  const error: unknown = await telemetryOn(server)
    .readRates(moment, never)
    .catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({
    kind: "rejected",
    message: expect.stringContaining("https://sso.example/login.") as string,
  });
});

test("a server that refuses forms is asked by GET from then on", async () => {
  const server = await answering(({ method }) => (method === "POST" ? json(405, {}) : vector()));
  const source = telemetryOn(server);
  await source.readRates(moment, never);
  const before = queriesOf(server).length;
  await source.readRates(moment, never);
  expect(server.requests.slice(-3).map(({ method }) => method)).toEqual(["GET", "GET", "GET"]);
  expect(queriesOf(server)).toHaveLength(before + 3);
});

test("an API server that only lets us read is asked by GET", async () => {
  const status = { kind: "Status", status: "Failure", message: 'cannot create resource "services/proxy"' };
  const server = await answering(({ method }) => (method === "POST" ? json(403, status) : vector()));
  await expect(telemetryOn(server).readRates(moment, never)).resolves.toMatchObject({ requests: [] });
});

test("an answer of more than 10 MB is read whole", async () => {
  const rows = Array.from({ length: 40_000 }, (_, index) => ({
    metric: { reporter: "source", source_workload: `workload-${index}`, destination_service: "x".repeat(200) },
    value: "1",
  }));
  const server = await answering(inTurn(vector(...rows), vector()));
  const { requests } = await telemetryOn(server).readRates(moment, never);
  expect(requests).toHaveLength(40_000);
});

test("an answer beyond the limit is refused with what to do", async () => {
  const server = await answering(() => ({
    kind: "body",
    headers: { "content-type": "application/json" },
    body: "x".repeat(3_000_000),
  }));
  const source = telemetryOn(server, { transport: { bodyLimit: 2_097_152 } });
  await expect(source.readRates(moment, never)).rejects.toMatchObject({
    kind: "malformed",
    message: expect.stringContaining("more than 2 MiB") as string,
  });
});

test("a series asked for in too many points is refused before it is computed", async () => {
  const source = telemetryOn(await fake(emptyServer));
  const request = { scope: { kind: "mesh" }, direction: "inbound", startSeconds: 0, endSeconds: NOW } as const;
  await expect(source.readSeries({ ...request, stepSeconds: 1 }, never)).rejects.toMatchObject({ kind: "rejected" });
  await expect(source.readSeries({ ...request, stepSeconds: 0 }, never)).rejects.toMatchObject({ kind: "rejected" });
});

test("percentiles over time are not asked for the whole mesh", async () => {
  const server = await fake(emptyServer);
  const range = { direction: "inbound", startSeconds: NOW - 60, endSeconds: NOW, stepSeconds: 15 } as const;
  await telemetryOn(server).readSeries({ scope: { kind: "mesh" }, ...range }, never);
  const queries = server.requests.filter(({ path }) => path === "/api/v1/query_range");
  expect(queries.some(({ parameters }) => parameters.get("query")?.includes("_bucket"))).toBe(false);
});

test("a closed source ends its readings", async () => {
  const server = await answering(() => ({ kind: "stall" }));
  const source = telemetryOn(server);
  const ended = expect(source.readRates(moment, never)).rejects.toMatchObject({ message: "The source is closed." });
  await server.until(() => server.inFlight() === 3);
  await source.close();
  await ended;
});
