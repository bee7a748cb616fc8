import { gzipSync } from "node:zlib";
import { afterEach, expect, test } from "vitest";
import { type FakeAnswer, type FakePrometheus, json, startFakePrometheus } from "#test/prometheus/fakePrometheus.ts";
import { createUrlTransport, type UrlTransportSettings } from "./urlTransport.ts";

const never = new AbortController().signal;
const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function fake(answer: FakeAnswer = json(200, {})): Promise<FakePrometheus> {
  const server = await startFakePrometheus(() => answer);
  closing.push(server.close);
  return server;
}

function transport(url: string, settings: Partial<UrlTransportSettings> = {}) {
  const created = createUrlTransport({ source: "prometheus", url, ...settings });
  closing.push(() => created.close());
  return created;
}

test("paths follow the base path, with or without a slash at its end", async () => {
  const server = await fake();
  for (const base of ["/prom", "/prom/"]) {
    await transport(`${server.url}${base}`).request({ method: "GET", path: "/api/v1/query", signal: never });
  }
  expect(server.requests.map(({ path }) => path)).toEqual(["/prom/api/v1/query", "/prom/api/v1/query"]);
});

test("user and password of the URL are sent as basic auth and shown nowhere", async () => {
  const server = await fake();
  const created = transport(server.url.replace("://", "://us%40er:pass%3Aword@"));
  await created.request({ method: "GET", path: "/", signal: never });
  expect(server.requests[0]?.headers.authorization).toBe(`Basic ${btoa("us@er:pass:word")}`);
  expect(created.target).toBe(server.url);
});

test("a bearer token is asked for anew with every request", async () => {
  const server = await fake();
  let reads = 0;
  const created = transport(server.url, { auth: { kind: "bearer", token: async () => `token-${++reads}\n` } });
  await created.request({ method: "GET", path: "/", signal: never });
  await created.request({ method: "GET", path: "/", signal: never });
  expect(server.requests.map(({ headers }) => headers.authorization)).toEqual(["Bearer token-1", "Bearer token-2"]);
});

test("extra headers go with every request", async () => {
  const server = await fake();
  await transport(server.url, { headers: { "X-Scope-OrgID": "team-a" } }).request({
    method: "GET",
    path: "/",
    signal: never,
  });
  expect(server.requests[0]?.headers["x-scope-orgid"]).toBe("team-a");
});

test("a header that would break out of its line is refused at once", () => {
  expect(() => transport("http://127.0.0.1:1", { headers: { "X-Scope-OrgID": "a\r\nX-Evil: 1" } })).toThrow(
    /X-Scope-OrgID/,
  );
});

test.each(["prometheus:9090/x", "not a url", "ftp://prometheus"])("%s is refused as a URL at once", (url) => {
  expect(() => transport(url)).toThrow(Error);
});

test("a gzipped answer is read as text", async () => {
  const server = await fake({ kind: "body", headers: { "content-encoding": "gzip" }, body: gzipSync("hello") });
  const response = await transport(server.url).request({ method: "GET", path: "/", signal: never });
  await expect(response.text()).resolves.toBe("hello");
});

test("the limit on answers counts what they unpack to", async () => {
  const server = await fake({
    kind: "body",
    headers: { "content-encoding": "gzip" },
    body: gzipSync(Buffer.alloc(3_145_728)),
  });
  const response = await transport(server.url, { bodyLimit: 2_097_152 }).request({
    method: "GET",
    path: "/",
    signal: never,
  });
  await expect(response.text()).rejects.toMatchObject({
    kind: "malformed",
    message: expect.stringContaining("2 MiB") as string,
  });
});

test("a body that is not the gzip it claims to be is malformed", async () => {
  const server = await fake({ kind: "body", headers: { "content-encoding": "gzip" }, body: "hello" });
  const response = await transport(server.url).request({ method: "GET", path: "/", signal: never });
  await expect(response.text()).rejects.toMatchObject({ name: "SourceError", kind: "malformed" });
});

test("a port where nothing listens is unreachable, and the hint says so", async () => {
  const server = await startFakePrometheus(() => json(200, {}));
  await server.close();
  await expect(transport(server.url).request({ method: "GET", path: "/", signal: never })).rejects.toMatchObject({
    name: "SourceError",
    kind: "unreachable",
    hint: expect.stringContaining("Nothing listens") as string,
  });
});

test("an aborted request rejects with the caller's own reason", async () => {
  const server = await fake({ kind: "stall" });
  const abort = new AbortController();
  const request = transport(server.url).request({ method: "GET", path: "/", signal: abort.signal });
  await server.until(() => server.inFlight() === 1);
  abort.abort(new Error("nobody looks"));
  await expect(request).rejects.toThrow("nobody looks");
});

test("https to a server that speaks http is a TLS failure with what to check", async () => {
  const server = await fake();
  const secure = transport(server.url.replace("http:", "https:"));
  await expect(secure.request({ method: "GET", path: "/", signal: never })).rejects.toMatchObject({
    kind: "unreachable",
    message: expect.stringContaining("TLS") as string,
  });
});
