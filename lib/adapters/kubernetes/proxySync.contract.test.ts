/** What istiod says of its proxies, over real WebSockets through a fake API server. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { indexOf, meshObject } from "#test/builders/meshObjects.ts";
import { type FakeApiServer, startFakeApiServer } from "#test/kubernetes/fakeApiServer.ts";
import { createKubeClient, type KubeClient } from "./kubeClient.ts";
import { directConnection } from "./kubeConnection.ts";
import { createProxySync, type ProxySyncPoller, readSyncz } from "./proxySync.ts";

const DEADLINE = { timeout: 10_000, interval: 2 };
const stopped: AbortController[] = [];

let server: FakeApiServer;
let client: KubeClient;

beforeEach(async () => {
  server = await startFakeApiServer();
  client = createKubeClient(async () => directConnection(server.url));
});
afterEach(async () => {
  for (const controller of stopped.splice(0)) controller.abort();
  await client.close();
  await server.close();
});

function istiod(name: string, phase = "Running") {
  return meshObject("v1/Pod", `istio-system/${name}`, { labels: { app: "istiod" }, status: { phase } });
}

/** What a pod answers, and closes. */
function answers(of: (pod: string) => unknown): void {
  server.forward = ({ pod, send, socket }) => {
    send(httpAnswer(200, JSON.stringify(of(pod))));
    socket.close();
  };
}

function httpAnswer(status: number, body: string): string {
  return `HTTP/1.1 ${status} X\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

function start(...pods: readonly ReturnType<typeof istiod>[]): {
  poller: ProxySyncPoller;
  changes: () => number;
  reasons: readonly string[];
} {
  let changes = 0;
  const reasons: string[] = [];
  const poller = createProxySync({
    client,
    index: indexOf(...pods),
    timings: { proxySyncMs: 5, proxySyncDeniedMs: 5 },
    changed: () => (changes += 1),
    debug: (message) => reasons.push(message),
  });
  const controller = new AbortController();
  stopped.push(controller);
  void poller.run(controller.signal);
  return { poller, changes: () => changes, reasons };
}

const inStep = { proxy: "web-1.shop", cluster_sent: "a", cluster_acked: "a", route_sent: "b", route_acked: "b" };
const behind = { proxy: "cart-1.shop", cluster_sent: "c", cluster_acked: "b" };

async function untilPolls(count: number): Promise<void> {
  await vi.waitFor(() => expect(server.requests.length).toBeGreaterThanOrEqual(count), DEADLINE);
}

describe("istiod", () => {
  test("is asked on every pod that runs, and a proxy that lags for two polls is not in step", async () => {
    answers((pod) => (pod === "istiod-1" ? [inStep] : [behind]));
    const { poller, changes } = start(istiod("istiod-1"), istiod("istiod-2"), istiod("istiod-3", "Pending"));
    await vi.waitFor(() => expect(poller.current?.get("shop/cart-1")).toBe(false), DEADLINE);
    expect(poller.current?.get("shop/web-1")).toBe(true);
    expect(new Set(server.requests.map(({ path }) => path))).toEqual(
      new Set(["istiod-1", "istiod-2"].map((pod) => `/api/v1/namespaces/istio-system/pods/${pod}/portforward`)),
    );
    // First poll: all in step as far as is known; second: one is not. Later polls change nothing.
    expect(changes()).toBe(2);
    expect(poller.version).toBe(2);
    await untilPolls(server.requests.length + 4);
    expect(poller.version).toBe(2);
  });

  test("may push for a moment: a proxy that lags every other time is in step", async () => {
    let poll = 0;
    answers(() => [poll++ % 2 === 0 ? behind : { ...behind, cluster_acked: "c" }]);
    const { poller } = start(istiod("istiod-1"));
    await untilPolls(6);
    expect(poller.current).toEqual(new Map([["shop/cart-1", true]]));
    expect(poller.version).toBe(1);
  });

  test("that moved a proxy to another istiod has it in step where one says so", async () => {
    answers((pod) => [pod === "istiod-1" ? behind : { ...behind, cluster_acked: "c" }]);
    const { poller } = start(istiod("istiod-1"), istiod("istiod-2"));
    await untilPolls(6);
    expect(poller.current?.get("shop/cart-1")).toBe(true);
  });

  test.each([401, 403, 404, 500])("that answers %d tells nothing, and that is no error", async (status) => {
    server.forward = ({ send }) => send(httpAnswer(status, "no"));
    const { poller, changes } = start(istiod("istiod-1"));
    await untilPolls(2);
    expect(poller.current).toBeUndefined();
    expect(changes()).toBe(0);
  });

  test("of which one is silent tells nothing: its proxies would seem lost", async () => {
    server.forward = ({ pod, send }) =>
      send(pod === "istiod-1" ? httpAnswer(200, JSON.stringify([inStep])) : httpAnswer(403, ""));
    const { poller } = start(istiod("istiod-1"), istiod("istiod-2"));
    await untilPolls(4);
    expect(poller.current).toBeUndefined();
  });

  test.each([401, 403, 404])(
    "behind a refused port-forward (%d) tells nothing; the reason is said once",
    async (status) => {
      server.interfere = () => ({ status });
      const { poller, reasons } = start(istiod("istiod-1"));
      await untilPolls(4);
      expect(poller.current).toBeUndefined();
      expect(reasons).toEqual([
        `proxy sync is not known: istiod istio-system/istiod-1: the port-forward was refused (${status})`,
      ]);
    },
  );

  test("that is not there is not asked", async () => {
    const { poller } = start();
    await new Promise((resolve) => setImmediate(resolve));
    expect([poller.current, server.requests.length]).toEqual([undefined, 0]);
  });
});

describe("an answer", () => {
  test("of any form is read without trust", () => {
    for (const answer of [undefined, null, "text", {}, [null, 1, "x", { proxy: 3 }, { proxy: "nodot" }]])
      expect(readSyncz(answer)).toEqual(new Map());
  });

  test("names pods that may have dots, in namespaces that may not", () => {
    expect([...readSyncz([{ proxy: "db-0.a.shop" }]).keys()]).toEqual(["shop/db-0.a"]);
  });

  test("counts what was never sent as acknowledged, and what was never acknowledged as not", () => {
    expect([...readSyncz([inStep, { proxy: "new-1.shop", endpoint_sent: "x" }]).values()]).toEqual([true, false]);
  });
});
