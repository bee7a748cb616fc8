/** Servers that speak Prometheus' API and are something else: their own answers, over real HTTP. */
import { expect, test } from "vitest";
import {
  emptyServer,
  type FakeAnswer,
  html,
  json,
  type SeenRequest,
  success,
} from "#test/prometheus/fakePrometheus.ts";
import { answeringQueries, fakeServer, inTurn, NOW, queriesOf, telemetryOn } from "#test/prometheus/fakeTelemetry.ts";

const never = new AbortController().signal;
const moment = { windowSeconds: 300, atSeconds: NOW };
const EMPTY = { resultType: "vector", result: [] };

/** A server with its own status pages; 404 for those it does not have. */
function pages(own: Readonly<Record<string, unknown>>, headers: Readonly<Record<string, string>> = {}) {
  return (request: SeenRequest): FakeAnswer => {
    const page = /\/api\/v1\/status\/(\w+)$/.exec(request.path)?.[1];
    if (page === undefined) return emptyServer(request);
    return page in own
      ? json(200, { status: "success", data: own[page] }, headers)
      : { kind: "body", status: 404, headers: { "content-type": "text/plain" }, body: "404 page not found\n" };
  };
}

const BUILD = { version: "0.36.1", revision: "3f4a", branch: "HEAD", goVersion: "go1.22.7" };

test.each([
  {
    name: "Thanos",
    answer: pages({ buildinfo: BUILD, flags: { "query.replica-label": "[]", "query.timeout": "2m" }, runtimeinfo: {} }),
    describes: { product: "Thanos", version: "0.36.1" },
  },
  {
    name: "Grafana Mimir",
    answer: pages({
      buildinfo: { ...BUILD, application: "Grafana Mimir", version: "2.14.0", features: { ruler_config_api: "true" } },
    }),
    describes: { product: "Grafana Mimir", version: "2.14.0" },
  },
  {
    name: "VictoriaMetrics",
    answer: pages({ buildinfo: { version: "2.24.0" }, config: { yaml: "" } }, { "x-server-hostname": "vmselect-0" }),
    describes: { product: "VictoriaMetrics" },
  },
  { name: "Cortex, which has no status pages,", answer: pages({}), describes: { scrapeIntervalSeconds: 15 } },
])("$name is described by what it has; what it does not tell is said", async ({ answer, describes }) => {
  const description = await telemetryOn(await fakeServer(answer)).describe(never);
  expect(description).toMatchObject(describes);
  expect(description.warnings.map(({ code }) => code)).toEqual(["scrape-interval-unknown", "retention-unknown"]);
  expect(description.version).not.toBe("2.24.0");
});

test("VictoriaMetrics counts by increase, since its rate is over the age of a young series", async () => {
  const server = await fakeServer(pages({ buildinfo: {} }, { "x-server-hostname": "vm" }));
  await telemetryOn(server).readRates(moment, never);
  expect(queriesOf(server)).toHaveLength(3);
  for (const query of queriesOf(server)) expect(query).toMatch(/^(?!.*\brate\().*increase\(.*\[300s\]\) \/ 300/s);
});

test("what Thanos could not get makes a reading partial, and not fail", async () => {
  const note = "receive series from Addr: thanos-store:10901: rpc error: code = Unavailable desc = connection refused";
  const server = await answeringQueries(() => success(EMPTY, { warnings: [note] }));
  const { warnings } = await telemetryOn(server).readRates(moment, never);
  expect(warnings).toMatchObject([{ code: "partial", message: expect.stringContaining(note) as string }]);
  const query = server.requests.find(({ path }) => path === "/api/v1/query");
  expect(query?.parameters.get("partial_response")).toBe("true");
  expect(query?.parameters.get("dedup")).toBe("true");
});

test("what Thanos could not get makes series over time partial as well, which is said once", async () => {
  const note = "receive series from Addr: thanos-store:10901: rpc error: code = Unavailable desc = connection refused";
  const server = await fakeServer((request) =>
    request.path === "/api/v1/query_range"
      ? success({ resultType: "matrix", result: [] }, { warnings: [note] })
      : emptyServer(request),
  );
  const range = { startSeconds: NOW - 60, endSeconds: NOW, stepSeconds: 60 };
  const request = { scope: { kind: "mesh" }, direction: "inbound", ...range } as const;
  expect((await telemetryOn(server).readSeries(request, never)).warnings).toMatchObject([{ code: "partial" }]);
});

test("a storage node that VictoriaMetrics' cluster misses makes a reading partial", async () => {
  const server = await answeringQueries(() => success(EMPTY, { isPartial: true }));
  await expect(telemetryOn(server).readRates(moment, never)).resolves.toMatchObject({
    warnings: [{ code: "partial" }],
  });
});

test("what a server says of the query itself is no lack of data", async () => {
  const note = "PromQL warning: encountered a mix of histograms and floats";
  const server = await answeringQueries(() => success(EMPTY, { warnings: [note], infos: ["PromQL info: a note"] }));
  const { warnings } = await telemetryOn(server).readRates(moment, never);
  expect(warnings.map(({ code }) => code)).toEqual(["prometheus-warning", "prometheus-info"]);
});

test("a tenant and a prefix reach Mimir on every request", async () => {
  const server = await fakeServer((request) =>
    emptyServer({ ...request, path: request.path.replace("/prometheus", "") }),
  );
  const transport = { url: `${server.url}/prometheus`, headers: { "X-Scope-OrgID": "mesh" } };
  await telemetryOn(server, { transport }).readRates(moment, never);
  expect(server.requests.length).toBeGreaterThan(3);
  for (const { path, headers } of server.requests) {
    expect(path).toMatch(/^\/prometheus\/api\/v1\//);
    expect(headers["x-scope-orgid"]).toBe("mesh");
  }
});

test("no tenant is a refusal that names the header", async () => {
  const server = await fakeServer(() => ({ kind: "body", status: 401, body: "no org id\n" }));
  await expect(telemetryOn(server).readRates(moment, never)).rejects.toMatchObject({
    kind: "denied",
    message: expect.stringContaining("no org id") as string,
    hint: expect.stringContaining("tenant header") as string,
  });
});

test("a limit of Mimir is passed on in its words, and not asked again", async () => {
  const said = "the query exceeded the maximum number of chunks (err-mimir-max-chunks-per-query)";
  const server = await answeringQueries(() => json(422, { status: "error", errorType: "execution", error: said }));
  await expect(telemetryOn(server).readRates(moment, never)).rejects.toMatchObject({
    kind: "rejected",
    message: expect.stringContaining(said) as string,
  });
  expect(queriesOf(server).length).toBeLessThanOrEqual(3);
});

test("a full queue of Mimir is asked once more after the pause it wants", async () => {
  const full = json(429, { status: "error", error: "too many outstanding requests" }, { "retry-after": "0" });
  const server = await answeringQueries(inTurn(full, success(EMPTY)));
  await expect(telemetryOn(server).readRates(moment, never)).resolves.toMatchObject({ requests: [] });
});

test("a gateway's page instead of a status page leaves the server without a name", async () => {
  const server = await fakeServer((request) =>
    request.path.includes("/status/") ? html(200, "<title>Welcome</title>") : emptyServer(request),
  );
  await expect(telemetryOn(server).describe(never)).resolves.not.toHaveProperty("product");
});
