/** One HTTP request through a port-forward, over real WebSockets. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type FakeApiServer, startFakeApiServer } from "#test/kubernetes/fakeApiServer.ts";
import { TEST_CERTIFICATE } from "#test/kubernetes/testCertificate.ts";
import { createKubeClient, type KubeClient } from "./kubeClient.ts";
import { directConnection } from "./kubeConnection.ts";
import { getForwarded } from "./portForward.ts";

const SILENT_MS = 60_000;

let server: FakeApiServer;
let client: KubeClient;
let stop: AbortController;

beforeEach(async () => {
  stop = new AbortController();
  server = await startFakeApiServer({ tls: true });
  server.tokens = new Set(["right"]);
  client = createKubeClient(async () => directConnection(server.url, { token: "right", ca: TEST_CERTIFICATE }));
});
afterEach(async () => {
  // Whatever the outcome was, nothing stays open.
  await vi.waitUntil(() => server.forwardCount === 0, { timeout: 10_000, interval: 2 });
  await client.close();
  await server.close();
});

function ask(timeoutMs = SILENT_MS): Promise<string> {
  return getForwarded(client, {
    namespace: "istio-system",
    pod: "istiod-1",
    port: 15014,
    path: "/debug/syncz",
    signal: stop.signal,
    timeoutMs,
    limitBytes: 1000,
  });
}

describe("a port-forward", () => {
  test("carries one request with our credentials over TLS, as from localhost", async () => {
    let request = "";
    server.forward = (forward) => {
      request = forward.request;
      forward.send("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n[]");
    };
    expect(await ask()).toBe("[]");
    expect(request).toMatch(/^GET \/debug\/syncz HTTP\/1\.1\r\nhost: localhost\r\nconnection: close\r\n/);
    expect(server.requests.map(({ path, query }) => [path, query])).toEqual([
      ["/api/v1/namespaces/istio-system/pods/istiod-1/portforward", { ports: "15014" }],
    ]);
  });

  test("puts chunks together, wherever frames cut them", async () => {
    server.forward = ({ send }) => {
      for (const byte of "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
        send(byte);
    };
    expect(await ask()).toBe("abcde");
  });

  test("reads to the end of an answer that names no length", async () => {
    server.forward = ({ send, socket }) => {
      send("HTTP/1.1 200 OK\r\n\r\nabc");
      socket.close();
    };
    expect(await ask()).toBe("abc");
  });

  test("that is refused says the status", async () => {
    server.tokens = new Set(["other"]);
    await expect(ask()).rejects.toThrow("refused (401)");
  });

  test("whose port nobody listens on says what kubelet says", async () => {
    server.forward = ({ socket }) => socket.send(Buffer.from("\u0001connection refused"));
    await expect(ask()).rejects.toThrow("connection refused");
  });

  test.each([
    ["another status", "HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n", "answered 401"],
    ["something that is not HTTP", "\0\0garbage\r\n\r\n", "Parse Error"],
    ["too much", `HTTP/1.1 200 OK\r\n\r\n${"x".repeat(1001)}`, "more than 1000 bytes"],
    ["a frame beyond all measure", Buffer.alloc(2 * 1024 * 1024), "was cut"],
  ])("over which comes %s fails", async (_name, bytes, message) => {
    server.forward = ({ send }) => send(bytes);
    await expect(ask()).rejects.toThrow(message);
  });

  test("that is cut in the middle of an answer fails", async () => {
    server.forward = ({ send, socket }) => {
      send("HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\nabc");
      socket.close();
    };
    await expect(ask()).rejects.toThrow("aborted");
  });

  test("that stays silent is given up in time", async () => {
    await expect(ask(50)).rejects.toThrow("aborted");
  });

  test("whose upgrade is never answered is given up in time", async () => {
    server.interfere = () => "stall";
    await expect(ask(50)).rejects.toThrow("was cut");
  });

  test("ends when we stop", async () => {
    server.forward = () => stop.abort();
    await expect(ask()).rejects.toThrow("aborted");
  });
});
