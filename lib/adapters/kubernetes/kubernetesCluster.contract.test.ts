/** The Kubernetes adapter against a server that misbehaves, over real HTTP. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import type { KindKey } from "#lib/domain/mesh/meshIndex.ts";
import { type ClusterSource, SourceError } from "#lib/ports.ts";
import { meshObject } from "#test/builders/meshObjects.ts";
import { kubeconfigFor } from "#test/kubernetes/demoCluster.ts";
import { type ApiRequest, FakeApiServer, startFakeApiServer } from "#test/kubernetes/fakeApiServer.ts";
import type { WireObject } from "#test/kubernetes/objectStore.ts";
import { TEST_CERTIFICATE } from "#test/kubernetes/testCertificate.ts";
import { smallMesh, toWire } from "#test/kubernetes/wireObjects.ts";
import { createKubeClient, type KubeClient } from "./kubeClient.ts";
import { directConnection, type KubeConnection, kubeconfigConnection } from "./kubeConnection.ts";
import { createKubernetesCluster, type KubernetesClusterOptions } from "./kubernetesCluster.ts";

const VIRTUAL_SERVICE: KindKey = "networking.istio.io/VirtualService";
const DEADLINE = { timeout: 10_000, interval: 5 };

let server: FakeApiServer;
let closing: (() => Promise<void>)[];
let nowSeconds: number;

beforeEach(async () => {
  nowSeconds = 1_000;
  server = await startFakeApiServer({ objects: smallMesh() });
  closing = [() => server.close()];
});
afterEach(async () => {
  for (const close of closing.reverse()) await close();
});

type Setup = Partial<Pick<KubernetesClusterOptions, "namespaces" | "controlPlanes" | "timings">> & {
  connect?: () => Promise<KubeConnection>;
};

function createCluster(setup: Setup = {}): { source: ClusterSource; client: KubeClient } {
  const client = createKubeClient(setup.connect ?? (async () => directConnection(server.url)));
  const source = createKubernetesCluster({
    client,
    cluster: "test",
    clock: { nowSeconds: () => nowSeconds },
    random: () => 0.5,
    ...(setup.namespaces && { namespaces: setup.namespaces }),
    ...(setup.controlPlanes && { controlPlanes: setup.controlPlanes }),
    timings: {
      backoffBaseMs: 4,
      backoffCapMs: 20,
      discoveryMs: 20,
      coalesceMs: 1,
      deniedRetryMs: 20,
      ...setup.timings,
    },
  });
  closing.push(() => client.close());
  closing.push(() => source.close());
  return { source, client };
}

/** A source that has listed everything and watches it. */
async function watchingCluster(setup: Setup = {}): Promise<ClusterSource> {
  const { source } = createCluster(setup);
  source.start();
  await untilWatching(source);
  return source;
}

async function untilWatching(source: ClusterSource): Promise<void> {
  await vi.waitFor(() => {
    expect(source.snapshot().status.state).toBe("ok");
    expect(source.snapshot().kinds.filter(({ state }) => state !== "watching")).toEqual([]);
  }, DEADLINE);
}

async function untilName(source: ClusterSource, name: string): Promise<void> {
  await vi.waitFor(() => {
    const names = source
      .snapshot()
      .index.list(VIRTUAL_SERVICE)
      .map(({ metadata }) => metadata.name);
    expect(names).toContain(name);
  }, DEADLINE);
}

function kindOf(source: ClusterSource, kind: string) {
  return source
    .snapshot()
    .kinds.find((candidate) => candidate.kind === kind && candidate.group !== "gateway.networking.k8s.io");
}

function route(name: string, namespace = "bookinfo"): WireObject {
  return toWire(
    meshObject("networking.istio.io/v1/VirtualService", `${namespace}/${name}`, { spec: { hosts: [name] } }),
  );
}

function isVirtualServices(request: ApiRequest): boolean {
  return request.resource === "virtualservices";
}

/** Requests about VirtualServices so far, as verbs. */
function verbs(): string[] {
  return server.requests.filter(isVirtualServices).map(({ verb }) => verb);
}

describe("lists", () => {
  test("reads 10,000 objects in pages of 500, all of one moment", async () => {
    for (let number = 0; number < 10_000; number += 1) server.store.put(route(`route-${number}`));
    const source = await watchingCluster();
    expect(source.snapshot().index.count(VIRTUAL_SERVICE)).toBe(10_001);
    // 10,001 objects: 20 full pages and one of a single object.
    const pages = server.requests.filter((request) => isVirtualServices(request) && request.verb === "list");
    expect(pages).toHaveLength(21);
    expect(new Set(pages.map(({ query }) => query["limit"]))).toEqual(new Set(["500"]));
  });

  test("shows a page of a long list while the next one is still to come", async () => {
    for (let number = 0; number < 600; number += 1) server.store.put(route(`route-${number}`));
    server.interfere = (request) =>
      isVirtualServices(request) && request.query["continue"] !== undefined ? "stall" : undefined;
    const { source } = createCluster();
    source.start();
    await vi.waitFor(() => expect(source.snapshot().index.count(VIRTUAL_SERVICE)).toBe(500), DEADLINE);
    expect(kindOf(source, "VirtualService")?.state).toBe("listing");
  });

  test("starts over when a continue token expires between pages", async () => {
    for (let number = 0; number < 1_200; number += 1) server.store.put(route(`route-${number}`));
    let expired = false;
    server.interfere = (request) => {
      if (!expired && isVirtualServices(request) && request.query["continue"] !== undefined) {
        expired = true;
        server.expireLists();
      }
      return undefined;
    };
    const source = await watchingCluster();
    expect(expired).toBe(true);
    expect(source.snapshot().index.count(VIRTUAL_SERVICE)).toBe(1_201);
  });

  test("keeps few connections for many requests", async () => {
    const source = await watchingCluster();
    // One for each watch and some for the discovery that goes on beside them.
    expect(server.connections).toBeLessThan(source.snapshot().kinds.length + 20);
    expect(server.requests.length).toBeGreaterThan(server.connections);
  });

  test("leaves out an object that cannot be read, keeps the others and says so", async () => {
    server.store.put({ ...route("bad"), metadata: { name: "bad", namespace: "bookinfo", labels: { version: 1 } } });
    const source = await watchingCluster();
    expect(source.snapshot().index.count(VIRTUAL_SERVICE)).toBe(1);
    expect(kindOf(source, "VirtualService")?.message).toBe(
      "1 unreadable answer about virtualservices.networking.istio.io left out",
    );
  });
});

describe("watches", () => {
  test("resumes after a dropped connection where it was, without listing again", async () => {
    const source = await watchingCluster();
    server.store.put(route("before"));
    await untilName(source, "before");
    server.dropWatches();
    server.store.put(route("after"));
    await untilName(source, "after");
    expect(verbs().filter((verb) => verb === "list")).toHaveLength(1);
    expect(source.snapshot().status).toEqual({ state: "ok", sinceSeconds: 1_000 });
  });

  test("goes on when the server ends a watch after its time", async () => {
    const source = await watchingCluster();
    server.endWatches();
    server.store.put(route("after"));
    await untilName(source, "after");
    expect(verbs().filter((verb) => verb === "list")).toHaveLength(1);
  });

  test("lists again when its place is forgotten (410 over HTTP), and drops what is gone by then", async () => {
    const source = await watchingCluster();
    server.store.put(route("old"));
    await untilName(source, "old");
    server.interfere = (request) => (request.verb === "watch" ? "drop" : undefined);
    server.dropWatches();
    server.store.remove(route("old"));
    server.store.put(route("new"));
    server.store.compact();
    server.interfere = () => undefined;
    await untilName(source, "new");
    expect(
      source
        .snapshot()
        .index.list(VIRTUAL_SERVICE)
        .map(({ metadata }) => metadata.name),
    ).not.toContain("old");
    expect(verbs().filter((verb) => verb === "list").length).toBeGreaterThan(1);
  });

  test("lists again when told 410 within the stream", async () => {
    const source = await watchingCluster();
    server.say(
      "virtualservices",
      JSON.stringify({ type: "ERROR", object: { kind: "Status", apiVersion: "v1", code: 410, reason: "Expired" } }),
    );
    await vi.waitFor(() => expect(verbs().filter((verb) => verb === "list")).toHaveLength(2), DEADLINE);
    server.store.put(route("after"));
    await untilName(source, "after");
  });

  test("resumes where it was after another error within the stream", async () => {
    const source = await watchingCluster();
    server.say("virtualservices", JSON.stringify({ type: "ERROR", object: { code: 500, message: "etcd is sad" } }));
    server.store.put(route("after"));
    await untilName(source, "after");
    await vi.waitFor(() => expect(verbs().filter((verb) => verb === "watch")).toHaveLength(2), DEADLINE);
    expect(verbs().filter((verb) => verb === "list")).toHaveLength(1);
  });

  test("resumes from a bookmark when the events before it are forgotten", async () => {
    const source = await watchingCluster();
    server.store.compact();
    server.sendBookmarks();
    server.say("virtualservices", JSON.stringify({ type: "ADDED", object: route("marker") }));
    // The marker follows the bookmark in the same stream: once it is seen, the bookmark was read.
    await untilName(source, "marker");
    server.dropWatches();
    server.store.put(route("after"));
    await untilName(source, "after");
    expect(verbs().filter((verb) => verb === "list")).toHaveLength(1);
  });

  test.each([
    ["a line that is not JSON", "<html>proxy error</html>"],
    ["an event of an unknown type", '{"type":"WHATEVER","object":{}}'],
    ["an event without an object", '{"type":"ADDED"}'],
    ["a bare number", "42"],
  ])("counts %s and reads on in the same stream", async (_what, line) => {
    const source = await watchingCluster();
    const watches = verbs().filter((verb) => verb === "watch").length;
    server.say("virtualservices", line);
    server.store.put(route("after"));
    await untilName(source, "after");
    expect(kindOf(source, "VirtualService")?.message).toMatch(/^1 unreadable answer about virtualservices/);
    expect(verbs().filter((verb) => verb === "watch")).toHaveLength(watches);
  });

  test("takes a silent connection for dead and opens another", async () => {
    const { source } = createCluster({ timings: { silenceMs: 300 } });
    source.start();
    await vi.waitFor(() => expect(verbs().filter((verb) => verb === "watch").length).toBeGreaterThan(1), DEADLINE);
    server.store.put(route("after"));
    await untilName(source, "after");
  });

  test("connections that fall silent one after the other are a failure", async () => {
    const { source } = createCluster({ timings: { silenceMs: 200, backoffBaseMs: 400, backoffCapMs: 800 } });
    source.start();
    await vi.waitFor(() => expect(kindOf(source, "VirtualService")?.state).toBe("failing"), DEADLINE);
    expect(kindOf(source, "VirtualService")?.message).toContain("no answer in time");
  });

  const bookmark = { type: "BOOKMARK", object: { metadata: { resourceVersion: "1001" } } };
  const expired = { type: "ERROR", object: { code: 410, reason: "Expired" } };
  test.each([
    ["at once", []],
    ["after it told something", [bookmark]],
    ["with 410 after it told something", [bookmark, expired]],
  ])("does not hammer a server that ends every watch %s", async (_, events) => {
    const waits: number[] = [];
    const body = events.map((event) => `${JSON.stringify(event)}\n`).join("");
    server.interfere = (request) => (isVirtualServices(request) && request.verb === "watch" ? { body } : undefined);
    const { source } = createCluster({ timings: { backoffBaseMs: 50, backoffCapMs: 10_000 } });
    source.start();
    await vi.waitFor(() => {
      const count = verbs().filter((verb) => verb === "watch").length;
      if (waits.length < count) waits.push(performance.now());
      expect(count).toBeGreaterThanOrEqual(4);
    }, DEADLINE);
    // Half of 50 × 2, 50 × 4 and 50 × 8 ms lie between the four watches; after the first that told something, nothing.
    expect((waits.at(-1) ?? 0) - (waits[0] ?? 0)).toBeGreaterThan(events.length === 0 ? 250 : 120);
  });
});

describe("one kind in trouble", () => {
  test("a forbidden kind is denied with the right to grant; the others work and the cluster is ok", async () => {
    server.interfere = (request) =>
      isVirtualServices(request) ? { status: 403, reason: "Forbidden", message: "nope" } : undefined;
    const { source } = createCluster();
    source.start();
    await vi.waitFor(() => expect(kindOf(source, "VirtualService")?.state).toBe("denied"), DEADLINE);
    await vi.waitFor(() => expect(kindOf(source, "Service")?.state).toBe("watching"), DEADLINE);
    expect(kindOf(source, "VirtualService")?.message).toBe(
      "not allowed to read virtualservices.networking.istio.io: grant list and watch on virtualservices.networking.istio.io",
    );
    expect(source.snapshot().status.state).toBe("ok");
    server.interfere = () => undefined;
    await untilWatching(source);
  });

  test("a missing CRD is absent, is picked up when it is installed, and its objects go with it", async () => {
    server.missing.add(VIRTUAL_SERVICE);
    const { source } = createCluster();
    source.start();
    await vi.waitFor(() => expect(kindOf(source, "Service")?.state).toBe("watching"), DEADLINE);
    expect(kindOf(source, "VirtualService")?.state).toBe("absent");
    expect(verbs()).toEqual([]);
    server.missing.delete(VIRTUAL_SERVICE);
    await untilName(source, "reviews");
    server.missing.add(VIRTUAL_SERVICE);
    await vi.waitFor(() => expect(source.snapshot().index.count(VIRTUAL_SERVICE)).toBe(0), DEADLINE);
    expect(kindOf(source, "VirtualService")?.state).toBe("absent");
  });

  test("a CRD that is removed takes its objects with it as soon as its watch ends", async () => {
    const source = await watchingCluster({ timings: { discoveryMs: 60_000 } });
    server.missing.add(VIRTUAL_SERVICE);
    server.endWatches();
    await vi.waitFor(() => expect(kindOf(source, "VirtualService")?.state).toBe("absent"), DEADLINE);
    expect(source.snapshot().index.count(VIRTUAL_SERVICE)).toBe(0);
    expect(source.snapshot().index.count("/Service")).toBe(1);
  });

  test("a kind that answers 500 is failing until it answers again", async () => {
    server.interfere = (request) => (isVirtualServices(request) ? { status: 500, message: "etcd is sad" } : undefined);
    const { source } = createCluster();
    source.start();
    await vi.waitFor(() => expect(kindOf(source, "VirtualService")?.state).toBe("failing"), DEADLINE);
    expect(kindOf(source, "VirtualService")?.message).toContain("etcd is sad");
    await vi.waitFor(() => expect(source.snapshot().status.state).toBe("ok"), DEADLINE);
    server.interfere = () => undefined;
    await untilWatching(source);
  });

  test("an answer that is no list is failing, not an empty mesh", async () => {
    server.interfere = (request) =>
      isVirtualServices(request) && request.verb === "list" ? { body: "<html>login</html>" } : undefined;
    const { source } = createCluster();
    source.start();
    await vi.waitFor(() => expect(kindOf(source, "VirtualService")?.state).toBe("failing"), DEADLINE);
    expect(kindOf(source, "VirtualService")?.message).toContain("the answer is not JSON: ");
  });
});

describe("the cluster in trouble", () => {
  test("start returns at once while nothing answers, says what to do, and connects when something does", async () => {
    const port = server.port;
    await server.close();
    const { source } = createCluster({ connect: async () => directConnection(`http://127.0.0.1:${port}`) });
    expect(source.snapshot().status).toEqual({ state: "starting", sinceSeconds: 1_000 });
    source.start();
    await vi.waitFor(() => expect(source.snapshot().status.state).toBe("failing"), DEADLINE);
    expect(source.snapshot().status).toMatchObject({
      kind: "unreachable",
      sinceSeconds: 1_000,
      hint: "Nothing listens there: is the cluster running, and the address right?",
    });
    server = new FakeApiServer();
    for (const object of smallMesh()) server.store.put(object);
    await server.listen(port);
    await untilWatching(source);
    expect(source.snapshot().index.count("/Service")).toBe(1);
  });

  test("keeps the last objects and the moment it was lost, until it is back", async () => {
    const source = await watchingCluster();
    const { port, store } = server;
    nowSeconds = 2_000;
    await server.close();
    await vi.waitFor(() => expect(source.snapshot().status.state).toBe("failing"), DEADLINE);
    nowSeconds = 2_060;
    const attempts = () => source.snapshot().status;
    await vi.waitFor(() => expect(attempts()).toMatchObject({ retryAtSeconds: expect.closeTo(2_060, 0) }), DEADLINE);
    expect(source.snapshot().status).toMatchObject({ state: "failing", sinceSeconds: 2_000 });
    expect(source.snapshot().index.count("/Service")).toBe(1);
    server = new FakeApiServer();
    for (const object of store.list("", "Service")) server.store.put(object);
    await server.listen(port);
    await untilWatching(source);
    expect(source.snapshot().status).toEqual({ state: "ok", sinceSeconds: 2_060 });
  });

  test("a login that is refused fails as denied and recovers with new credentials", async () => {
    server.tokens = new Set(["first"]);
    let token = "first";
    const connect = async (): Promise<KubeConnection> => ({
      ...directConnection(server.url),
      headers: async () => ({ authorization: `Bearer ${token}` }),
    });
    const source = await watchingCluster({ connect });
    server.tokens = new Set(["second"]);
    server.endWatches();
    await vi.waitFor(
      () => expect(source.snapshot().status).toMatchObject({ state: "failing", kind: "denied" }),
      DEADLINE,
    );
    token = "second";
    await untilWatching(source);
  });

  test("a cluster that was made anew elsewhere is found by its kubeconfig, which is read again", async () => {
    const folder = await mkdtemp(join(tmpdir(), "meshscope-kube-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const path = join(folder, "config");
    await writeFile(path, kubeconfigFor(server.url));
    const source = await watchingCluster({ connect: () => kubeconfigConnection({ path }) });
    await server.close();
    server = new FakeApiServer();
    server.store.put(route("anew"));
    await server.listen();
    await vi.waitFor(() => expect(source.snapshot().status.state).toBe("failing"), DEADLINE);
    await writeFile(path, kubeconfigFor(server.url));
    await untilName(source, "anew");
  });

  test("a kubeconfig that cannot be read is a failing source, not a crash", async () => {
    const { source } = createCluster({
      connect: () =>
        Promise.reject(
          new SourceError({ source: "kubernetes", kind: "unreachable", message: "no kubeconfig", hint: "Set it." }),
        ),
    });
    source.start();
    await vi.waitFor(
      () =>
        expect(source.snapshot().status).toMatchObject({ state: "failing", message: "no kubeconfig", hint: "Set it." }),
      DEADLINE,
    );
  });

  test("forbidden everything is a failing cluster that says so", async () => {
    server.interfere = ({ verb }) => (verb === "list" ? { status: 403, reason: "Forbidden" } : undefined);
    const { source } = createCluster();
    source.start();
    await vi.waitFor(
      () => expect(source.snapshot().status).toMatchObject({ state: "failing", kind: "denied" }),
      DEADLINE,
    );
  });

  test("trusts the certificate authority it is given and no other server", async () => {
    await server.close();
    server = await startFakeApiServer({ tls: true, objects: smallMesh() });
    const trusting = createCluster({ connect: async () => directConnection(server.url, { ca: TEST_CERTIFICATE }) });
    trusting.source.start();
    await untilWatching(trusting.source);
    const doubting = createCluster();
    doubting.source.start();
    await vi.waitFor(
      () => expect(doubting.source.snapshot().status).toMatchObject({ state: "failing", kind: "unreachable" }),
      DEADLINE,
    );
    expect(doubting.source.snapshot().status).toMatchObject({
      hint: expect.stringContaining("certificate is not trusted"),
    });
  });
});

describe("the control plane's ConfigMaps", () => {
  const configMap = (name: string, data?: Record<string, string>): WireObject =>
    toWire(meshObject("v1/ConfigMap", name, data === undefined ? {} : { data }));
  const names = (source: ClusterSource) =>
    source
      .snapshot()
      .index.list("/ConfigMap")
      .map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);

  test("are read there alone, and only what says something about the mesh", async () => {
    for (const name of ["istio-system/istio", "istio-system/istio-1-30", "istio-canary/istio", "bookinfo/istio"])
      server.store.put(configMap(name, { mesh: "rootNamespace: istio-system" }));
    server.store.put(configMap("istio-system/istio-leader"));
    server.store.put(configMap("istio-system/grafana", { mesh: "not ours" }));
    const source = await watchingCluster({ controlPlanes: ["istio-system", "istio-canary"] });
    expect(names(source)).toEqual(["istio-system/istio", "istio-system/istio-1-30", "istio-canary/istio"]);
    const asked = server.requests.filter(({ resource }) => resource === "configmaps");
    expect(new Set(asked.map(({ namespace }) => namespace))).toEqual(new Set(["istio-system", "istio-canary"]));
  });

  test("go when what they said of the mesh goes, and a renewed lock is no change", async () => {
    server.store.put(configMap("istio-system/istio", { mesh: "a: 1" }));
    const source = await watchingCluster();
    server.store.put(configMap("istio-system/istio"));
    await vi.waitFor(() => expect(names(source)).toEqual([]), DEADLINE);
    const { version } = source.snapshot();
    server.store.put(configMap("istio-system/istio-leader"));
    server.store.put(configMap("istio-system/istio-1-30", { mesh: "a: 1" }));
    await vi.waitFor(() => expect(names(source)).toEqual(["istio-system/istio-1-30"]), DEADLINE);
    expect(source.snapshot().version).toBe(version + 1);
  });
});

describe("a list of namespaces", () => {
  test("asks for those namespaces alone and sees nothing of others", async () => {
    for (const object of smallMesh("secret")) server.store.put(object);
    const source = await watchingCluster({ namespaces: ["bookinfo", "travel"] });
    expect(
      source
        .snapshot()
        .index.list("/Namespace")
        .map(({ metadata }) => metadata.name),
    ).toEqual(["bookinfo"]);
    expect(
      source
        .snapshot()
        .index.list(VIRTUAL_SERVICE)
        .map(({ metadata }) => metadata.namespace),
    ).toEqual(["bookinfo"]);
    expect(new Set(server.requests.filter(isVirtualServices).map(({ namespace }) => namespace))).toEqual(
      new Set(["bookinfo", "travel"]),
    );
    server.store.put(route("new", "travel"));
    await untilName(source, "new");
  });

  test("listing one namespace again leaves the others alone", async () => {
    const source = await watchingCluster({ namespaces: ["bookinfo", "travel"] });
    server.store.put(route("new", "travel"));
    await untilName(source, "new");
    const before = source.snapshot().index.count(VIRTUAL_SERVICE);
    server.store.compact();
    server.dropWatches();
    await vi.waitFor(
      () => expect(verbs().filter((verb) => verb === "list").length).toBeGreaterThanOrEqual(4),
      DEADLINE,
    );
    await untilWatching(source);
    expect(source.snapshot().index.count(VIRTUAL_SERVICE)).toBe(before);
  });

  test("says in which namespaces a kind is forbidden", async () => {
    server.interfere = (request) =>
      isVirtualServices(request) && request.namespace === "travel" ? { status: 403, reason: "Forbidden" } : undefined;
    const { source } = createCluster({ namespaces: ["bookinfo", "travel"] });
    source.start();
    await vi.waitFor(() => expect(kindOf(source, "VirtualService")?.state).toBe("denied"), DEADLINE);
    expect(kindOf(source, "VirtualService")?.message).toContain("in travel:");
    await untilName(source, "reviews");
  });
});

describe("changes and the end", () => {
  test("many changes in a moment are one call", async () => {
    const source = await watchingCluster({ timings: { coalesceMs: 150, discoveryMs: 60_000 } });
    let calls = 0;
    source.onChange(() => (calls += 1));
    for (let number = 0; number < 50; number += 1) server.store.put(route(`route-${number}`));
    await untilName(source, "route-49");
    await vi.waitFor(() => expect(calls).toBeGreaterThan(0), DEADLINE);
    expect(calls).toBeLessThan(4);
  });

  test("after close nothing is sent, nothing is told, and no watch is left open", async () => {
    const source = await watchingCluster({ timings: { discoveryMs: 60_000 } });
    const listener = vi.fn();
    source.onChange(listener);
    server.store.put(route("last"));
    await source.close();
    const sent = server.requests.length;
    listener.mockClear();
    await vi.waitFor(() => expect(server.watchCount()).toBe(0), DEADLINE);
    server.store.put(route("later"));
    expect(server.requests).toHaveLength(sent);
    expect(listener).not.toHaveBeenCalled();
  });

  test("closing while everything is failing does not wait for the next attempt", async () => {
    server.interfere = () => "stall";
    const { source } = createCluster();
    source.start();
    await vi.waitFor(() => expect(server.requests.length).toBeGreaterThan(0), DEADLINE);
    await source.close();
    expect(source.snapshot().status.state).toBe("starting");
  });
});
