/** What goes wrong between us and a Prometheus, and what is made of it. */
import { expect, test } from "vitest";
import { failure, html, json, vector } from "#test/prometheus/fakePrometheus.ts";
import { answeringQueries, inTurn, NOW, queriesOf, telemetryOn } from "#test/prometheus/fakeTelemetry.ts";

const moment = { windowSeconds: 300, atSeconds: NOW };
const never = new AbortController().signal;

test.each([
  { status: 500, headers: { "retry-after": "0" } },
  { status: 503, headers: { "retry-after": "0" } },
  { status: 429, headers: { "retry-after": "0" } },
])("a passing failure ($status) is tried once more", async ({ status, headers }) => {
  const server = await answeringQueries(inTurn(json(status, {}, headers), vector()));
  await expect(telemetryOn(server).readRates(moment, never)).resolves.toMatchObject({ requests: [] });
  expect(queriesOf(server)).toHaveLength(4);
});

test("a server that wants to be left alone for a day is left alone, and people are told at once", async () => {
  const server = await answeringQueries(() => json(429, { error: "too many" }, { "retry-after": "86400" }));
  await expect(telemetryOn(server).readRates(moment, never)).rejects.toMatchObject({
    message: expect.stringContaining("429") as string,
  });
  expect(queriesOf(server).length).toBeLessThanOrEqual(3);
});

test("a failure that does not pass is told after the second try", async () => {
  const server = await answeringQueries(() => ({
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
    const server = await answeringQueries(() => failure(status, errorType, words));
    await expect(telemetryOn(server).readRates(moment, never)).rejects.toMatchObject({
      kind,
      message: expect.stringContaining(words) as string,
    });
    expect(queriesOf(server).length).toBeLessThanOrEqual(3);
  },
);

test("words beyond 2,000 characters are cut", async () => {
  const server = await answeringQueries(() => failure(400, "bad_data", "x".repeat(50_000)));
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
  const server = await answeringQueries(() => answer);
  await expect(telemetryOn(server).readRates(moment, never)).rejects.toMatchObject({ kind: "timeout" });
  expect(queriesOf(server).length).toBeLessThanOrEqual(3);
});

test("a server that stalls is a timeout of ours", async () => {
  const server = await answeringQueries(() => ({ kind: "stall" }));
  const source = telemetryOn(server, { timeoutMs: 300 });
  await expect(source.readRates(moment, never)).rejects.toMatchObject({
    kind: "timeout",
    message: expect.stringContaining("0.3 s") as string,
  });
});

test("a dead connection is tried once more", async () => {
  const server = await answeringQueries(inTurn({ kind: "drop" }, vector()));
  await expect(telemetryOn(server).readRates(moment, never)).resolves.toMatchObject({ requests: [] });
});

test("an answer that is cut short twice is a broken connection", async () => {
  const server = await answeringQueries(() => ({
    kind: "cut",
    body: '{"status":"success","data":{"resultType":"vector"',
  }));
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
  const server = await answeringQueries(() => answer);
  await expect(telemetryOn(server).readRates(moment, never)).rejects.toMatchObject({
    kind: "malformed",
    message: expect.stringContaining(says) as string,
  });
});

test("a redirect is not followed, and the page it leads to is named without its query", async () => {
  const server = await answeringQueries(() => ({
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
  const server = await answeringQueries(({ method }) => (method === "POST" ? json(405, {}) : vector()));
  const source = telemetryOn(server);
  await source.readRates(moment, never);
  const before = queriesOf(server).length;
  await source.readRates(moment, never);
  expect(server.requests.slice(-3).map(({ method }) => method)).toEqual(["GET", "GET", "GET"]);
  expect(queriesOf(server)).toHaveLength(before + 3);
});

test("an API server that only lets us read is asked by GET", async () => {
  const status = { kind: "Status", status: "Failure", message: 'cannot create resource "services/proxy"' };
  const server = await answeringQueries(({ method }) => (method === "POST" ? json(403, status) : vector()));
  await expect(telemetryOn(server).readRates(moment, never)).resolves.toMatchObject({ requests: [] });
});

test("an answer beyond the limit is refused with what to do", async () => {
  const server = await answeringQueries(() => ({
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
