/** What the adapter takes for a change of the configuration, over real HTTP. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ClusterSource } from "#lib/ports.ts";
import { meshObject } from "#test/builders/meshObjects.ts";
import { type FakeApiServer, startFakeApiServer } from "#test/kubernetes/fakeApiServer.ts";
import type { WireObject } from "#test/kubernetes/objectStore.ts";
import { smallMesh, toWire } from "#test/kubernetes/wireObjects.ts";
import { createKubeClient } from "./kubeClient.ts";
import { directConnection } from "./kubeConnection.ts";
import { createKubernetesCluster } from "./kubernetesCluster.ts";

const DEADLINE = { timeout: 10_000, interval: 5 };
const VIRTUAL_SERVICES = "networking.istio.io/VirtualService";

let server: FakeApiServer;
let source: ClusterSource;
let closing: (() => Promise<void>)[];
let nowSeconds: number;

beforeEach(async () => {
  nowSeconds = 1_000;
  server = await startFakeApiServer({ objects: smallMesh() });
  const client = createKubeClient(async () => directConnection(server.url));
  source = createKubernetesCluster({
    client,
    cluster: "test",
    clock: { nowSeconds: () => nowSeconds },
    random: () => 0.5,
    timings: { backoffBaseMs: 4, backoffCapMs: 20, discoveryMs: 20, coalesceMs: 1, deniedRetryMs: 20 },
  });
  closing = [() => source.close(), () => client.close(), () => server.close()];
});
afterEach(async () => {
  for (const close of closing) await close();
});

function route(name: string, host = name): WireObject {
  return toWire(meshObject("networking.istio.io/v1/VirtualService", `bookinfo/${name}`, { spec: { hosts: [host] } }));
}

async function untilWatching(): Promise<void> {
  await vi.waitFor(() => {
    const { status, kinds } = source.snapshot();
    expect([status.state, kinds.filter(({ state }) => state === "listing")]).toEqual(["ok", []]);
  }, DEADLINE);
}

function changes(): string[] {
  return source
    .snapshot()
    .changes.between(0, Number.MAX_SAFE_INTEGER)
    .map(({ action, ref, atSeconds }) => `${atSeconds}: ${action} ${ref.kind} ${ref.name}`);
}

describe("changes of a watched cluster", () => {
  it("begin after the first list, which is none", async () => {
    nowSeconds = 1_010;
    source.start();
    await untilWatching();
    expect(changes()).toEqual([]);
    expect(source.snapshot().changes.sinceSeconds).toBe(1_010);
  });

  it("are what the watch tells, without statuses and pods", async () => {
    source.start();
    await untilWatching();
    nowSeconds = 1_020;
    server.store.put({ ...route("reviews"), status: { observedGeneration: 3 } });
    server.store.put(toWire(meshObject("v1/Pod", "bookinfo/other", { status: { phase: "Running" } })));
    server.store.put(route("reviews", "other"));
    server.store.put(route("ratings"));
    server.store.remove(route("ratings"));
    await vi.waitFor(() => expect(changes()).toHaveLength(4), DEADLINE);
    expect(changes()).toEqual([
      // The first of them has the route of smallMesh without its destinations.
      "1020: changed VirtualService reviews",
      "1020: changed VirtualService reviews",
      "1020: created VirtualService ratings",
      "1020: removed VirtualService ratings",
    ]);
  });

  it("are after a list again (410) only what differs", async () => {
    for (const name of ["a", "b", "c"]) server.store.put(route(name));
    source.start();
    await untilWatching();
    server.interfere = ({ resource, verb }) =>
      resource === "virtualservices" && verb === "watch" ? { status: 410, reason: "Expired" } : undefined;
    server.dropWatches();
    server.store.put(route("b", "changed"));
    server.store.remove(route("c"));
    server.store.put(route("d"));
    server.store.compact();
    nowSeconds = 1_030;
    server.interfere = () => undefined;
    await vi.waitFor(() => expect(changes()).toHaveLength(3), DEADLINE);
    expect(changes().sort()).toEqual([
      "1030: changed VirtualService b",
      "1030: created VirtualService d",
      "1030: removed VirtualService c",
    ]);
  });

  it("are every object of a kind that was not served before", async () => {
    server.missing.add(VIRTUAL_SERVICES);
    source.start();
    await untilWatching();
    expect(source.snapshot().index.count(VIRTUAL_SERVICES)).toBe(0);
    nowSeconds = 1_040;
    server.missing.delete(VIRTUAL_SERVICES);
    await vi.waitFor(() => expect(changes()).toEqual(["1040: created VirtualService reviews"]), DEADLINE);
    expect(source.snapshot().changes.sinceSeconds).toBe(1_000);
  });
});
