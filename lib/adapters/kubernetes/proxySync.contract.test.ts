/** What istiod says of its proxies, over real HTTP through a fake API server. */
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

function start(...pods: readonly ReturnType<typeof istiod>[]): { poller: ProxySyncPoller; changes: () => number } {
  let changes = 0;
  const poller = createProxySync({
    client,
    index: indexOf(...pods),
    timings: { proxySyncMs: 5, proxySyncDeniedMs: 5 },
    changed: () => (changes += 1),
  });
  const controller = new AbortController();
  stopped.push(controller);
  void poller.run(controller.signal);
  return { poller, changes: () => changes };
}

const inStep = { proxy: "web-1.shop", cluster_sent: "a", cluster_acked: "a", route_sent: "b", route_acked: "b" };
const behind = { proxy: "cart-1.shop", cluster_sent: "c", cluster_acked: "b" };

async function untilPolls(count: number): Promise<void> {
  await vi.waitFor(() => expect(server.requests.length).toBeGreaterThanOrEqual(count), DEADLINE);
}

describe("istiod", () => {
  test("is asked on every pod that runs, and a proxy that lags for two polls is not in step", async () => {
    server.proxy = ({ service }) => ({
      status: 200,
      body: JSON.stringify(service.startsWith("istiod-1") ? [inStep] : [behind]),
    });
    const { poller, changes } = start(istiod("istiod-1"), istiod("istiod-2"), istiod("istiod-3", "Pending"));
    await vi.waitFor(() => expect(poller.current?.get("shop/cart-1")).toBe(false), DEADLINE);
    expect(poller.current?.get("shop/web-1")).toBe(true);
    expect(new Set(server.requests.map(({ path }) => path))).toEqual(
      new Set(
        ["istiod-1", "istiod-2"].map((pod) => `/api/v1/namespaces/istio-system/pods/${pod}:15014/proxy/debug/syncz`),
      ),
    );
    // First poll: all in step as far as is known; second: one is not. Later polls change nothing.
    expect(changes()).toBe(2);
    expect(poller.version).toBe(2);
    await untilPolls(server.requests.length + 4);
    expect(poller.version).toBe(2);
  });

  test("may push for a moment: a proxy that lags every other time is in step", async () => {
    let poll = 0;
    server.proxy = () => ({
      status: 200,
      body: JSON.stringify([poll++ % 2 === 0 ? behind : { ...behind, cluster_acked: "c" }]),
    });
    const { poller } = start(istiod("istiod-1"));
    await untilPolls(6);
    expect(poller.current).toEqual(new Map([["shop/cart-1", true]]));
    expect(poller.version).toBe(1);
  });

  test("that moved a proxy to another istiod has it in step where one says so", async () => {
    server.proxy = ({ service }) => ({
      status: 200,
      body: JSON.stringify([service.startsWith("istiod-1") ? behind : { ...behind, cluster_acked: "c" }]),
    });
    const { poller } = start(istiod("istiod-1"), istiod("istiod-2"));
    await untilPolls(6);
    expect(poller.current?.get("shop/cart-1")).toBe(true);
  });

  test.each([401, 403, 404, 500])("that answers %d tells nothing, and that is no error", async (status) => {
    server.proxy = () => ({ status, body: "no" });
    const { poller, changes } = start(istiod("istiod-1"));
    await untilPolls(2);
    expect(poller.current).toBeUndefined();
    expect(changes()).toBe(0);
  });

  test("of which one is silent tells nothing: its proxies would seem lost", async () => {
    server.proxy = ({ service }) =>
      service.startsWith("istiod-1") ? { status: 200, body: JSON.stringify([inStep]) } : { status: 403, body: "" };
    const { poller } = start(istiod("istiod-1"), istiod("istiod-2"));
    await untilPolls(4);
    expect(poller.current).toBeUndefined();
  });

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
