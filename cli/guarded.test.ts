import { once } from "node:events";
import { createServer, request as httpRequest, type IncomingMessage, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { createProxies } from "#lib/server/access/proxies.ts";
import { requestContext } from "#lib/server/requestContext.ts";
import { type GuardSettings, guarded } from "./guarded.ts";
import { hostCheck } from "./hostCheck.ts";

const LOOPBACK = { hostname: "127.0.0.1", allowedHosts: undefined };

describe("on loopback", () => {
  it.each(["localhost", "meshscope.localhost", "127.0.0.1", "127.0.0.2", "::1", "10.0.0.7"])("%s is ours", (host) => {
    expect(hostCheck(LOOPBACK)(host)).toBe(true);
  });

  it.each(["evil.example", "127.0.0.1.nip.io", "localhost.evil.example", "notlocalhost", ""])(
    "%j is foreign",
    (host) => {
      expect(hostCheck(LOOPBACK)(host)).toBe(false);
      expect(hostCheck({ ...LOOPBACK, hostname: "localhost" })(host)).toBe(false);
      expect(hostCheck({ ...LOOPBACK, hostname: "::1" })(host)).toBe(false);
    },
  );

  it("names that the setting gives are ours too", () => {
    expect(hostCheck({ ...LOOPBACK, allowedHosts: ["Mesh.Example.org"] })("mesh.example.org")).toBe(true);
  });
});

it("the public address is ours, wherever we listen", () => {
  expect(hostCheck({ ...LOOPBACK, publicHost: "mesh.example.org" })("mesh.example.org")).toBe(true);
  const named = hostCheck({ hostname: "0.0.0.0", allowedHosts: ["other"], publicHost: "mesh.example.org" });
  expect(["mesh.example.org", "other", "evil.example"].map(named)).toEqual([true, true, false]);
});

it("a server that faces the network answers for every name, unless names are set", () => {
  const open = { hostname: "0.0.0.0", allowedHosts: undefined };
  expect(hostCheck(open)("mesh.example.org")).toBe(true);
  const named = hostCheck({ ...open, allowedHosts: ["mesh.example.org"] });
  expect(named("mesh.example.org")).toBe(true);
  expect(named("evil.example")).toBe(false);
  // How the kubelet and Prometheus reach a pod.
  expect(named("10.1.2.3")).toBe(true);
});

describe("over HTTP", () => {
  it("a foreign host gets no data, only the way to allow it", async () => {
    const { status, body } = await get("/api/v1/reading", { host: "evil.example:3000" });
    expect(status).toBe(421);
    expect(body).not.toContain("secret");
    expect(JSON.parse(body)).toMatchObject({ hint: expect.stringContaining("MESHSCOPE_ALLOWED_HOSTS") as unknown });
  });

  it.each(["localhost:3000", "LOCALHOST.", "[::1]:3000", "127.0.0.1"])("Host %j is answered", async (host) => {
    expect(await get("/", { host })).toMatchObject({ status: 200, body: "secret" });
  });

  it("a path that cannot be decoded is the caller's error", async () => {
    expect((await get("/demo/metrics/%ff/x", {})).status).toBe(400);
    expect((await get("/?find=%ff", {})).status).toBe(200);
  });

  it("every answer forbids sniffing and framing", async () => {
    const { headers } = await get("/api/v1/reading", {});
    expect(headers).toMatchObject({ "x-content-type-options": "nosniff", "x-frame-options": "DENY" });
  });
});

describe("what was passed on", () => {
  const answer: RequestListener = (request, response) =>
    response.end(JSON.stringify([requestContext().passedOn, request.headers["x-forwarded-for"]]));

  it.each([
    [{ "x-forwarded-for": "127.0.0.1" }, "[true,null]"],
    [{ "x-real-ip": "127.0.0.1" }, "[true,null]"],
    [{ forwarded: "for=127.0.0.1" }, "[true,null]"],
    [{ via: "1.1 proxy" }, "[true,null]"],
    [{ accept: "*/*" }, "[false,null]"],
  ])("is known behind the guard, although nobody's word is taken for whom: %j", async (headers, expected) => {
    expect((await get("/", headers, answer)).body).toBe(expected);
  });
});

it("whoever waits for the end of an answer is told, and Node sees one listener for all of them", async () => {
  const counts: number[] = [];
  let told = 0;
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  await get("/api/v1/reading", {}, (_request, response) => {
    counts.push(response.listenerCount("close"));
    for (let waiting = 0; waiting < 20; waiting += 1) requestContext().onClose?.(() => (told += 1));
    requestContext().onClose?.(resolve);
    counts.push(response.listenerCount("close"));
    response.end();
  });
  await closed;
  expect(counts[1]).toBe(counts[0]);
  expect(told).toBe(20);
});

describe("the network of a client", () => {
  const answer: RequestListener = (_request, response) => response.end(requestContext().network);
  const forwarded = { "x-forwarded-for": "198.51.100.7, 2001:db8:1:2:3::4" };

  it("is told by a proxy that we trust", async () => {
    const proxies = createProxies(["127.0.0.1"]);
    expect((await get("/", forwarded, answer, { ...LOOPBACK, proxies })).body).toBe("2001:db8:1:2");
  });

  it("is the other end of the connection otherwise", async () => {
    expect((await get("/", forwarded, answer)).body).toBe("127.0.0.1");
  });
});

const secret: RequestListener = (_request, response) => response.end("secret");

/** Asks a guarded server that keeps a secret. */
async function get(
  path: string,
  headers: Readonly<Record<string, string>>,
  listener = secret,
  settings: GuardSettings = LOOPBACK,
) {
  const server = createServer(guarded(listener, settings)).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const outgoing = httpRequest({ host: "127.0.0.1", port, path, headers, agent: false }).end();
  const [response] = (await once(outgoing, "response")) as [IncomingMessage];
  let body = "";
  for await (const chunk of response) body += String(chunk);
  return { status: response.statusCode, headers: response.headers, body };
}
