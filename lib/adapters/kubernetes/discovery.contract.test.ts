/** Which kinds are read, and in which version, from servers that serve some of them, over real HTTP. */
import { describe, expect, test, vi } from "vitest";
import type { KindKey } from "#lib/domain/mesh/meshIndex.ts";
import { MESH_KINDS } from "#lib/domain/mesh/meshKinds.ts";
import { meshObject } from "#test/builders/meshObjects.ts";
import type { ApiRequest, FakeApiServer } from "#test/kubernetes/fakeApiServer.ts";
import type { WireObject } from "#test/kubernetes/objectStore.ts";
import { DEADLINE, kindState, testCluster, testServer, untilKind, untilObjects } from "#test/kubernetes/testCluster.ts";
import { smallMesh, toWire } from "#test/kubernetes/wireObjects.ts";

const VIRTUAL_SERVICE: KindKey = "networking.istio.io/VirtualService";
const TLS_ROUTE: KindKey = "gateway.networking.k8s.io/TLSRoute";

function route(name: string, version = "v1"): WireObject {
  return toWire(
    meshObject(`networking.istio.io/${version}/VirtualService`, `bookinfo/${name}`, { spec: { hosts: [] } }),
  );
}

function definition(name: string): WireObject {
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name },
    spec: { secretOfTheSchema: "x".repeat(1_000) },
  };
}

function pathsOf(server: FakeApiServer, wanted: (request: ApiRequest) => boolean): string[] {
  return server.requests.filter(wanted).map(({ path }) => path);
}

describe.each([
  ["aggregated", true],
  ["group by group, before Kubernetes 1.26", false],
])("discovery, %s", (_how, aggregates) => {
  async function server(objects: Iterable<WireObject> = smallMesh()): Promise<FakeApiServer> {
    const server = await testServer(objects);
    server.aggregatesDiscovery = aggregates;
    return server;
  }

  test("finds every kind that we read", async () => {
    const source = testCluster(await server());
    await vi.waitFor(() => {
      expect(source.snapshot().kinds.filter(({ state }) => state !== "watching")).toEqual([]);
    }, DEADLINE);
    expect(source.snapshot().kinds).toHaveLength(MESH_KINDS.length);
  });

  test("reads a kind in the only version there is, and objects say so", async () => {
    const old = await server([
      ...smallMesh().filter(({ kind }) => kind !== "VirtualService"),
      route("old", "v1alpha3"),
    ]);
    old.versions.set(VIRTUAL_SERVICE, ["v1alpha3"]);
    const source = testCluster(old);
    await untilObjects(source, VIRTUAL_SERVICE, ["bookinfo/old"]);
    expect(source.snapshot().index.list(VIRTUAL_SERVICE)[0]?.apiVersion).toBe("networking.istio.io/v1alpha3");
    expect(new Set(pathsOf(old, ({ resource }) => resource === "virtualservices"))).toEqual(
      new Set(["/apis/networking.istio.io/v1alpha3/virtualservices"]),
    );
  });

  test("reads each kind of a group in its own best version, whatever the group prefers", async () => {
    const mixed = await server();
    // Kinds of one group: the preferred version of the group, v1, is none of TLSRoute's.
    mixed.versions.set(TLS_ROUTE, ["v1alpha2", "v1alpha3"]);
    mixed.versions.set(VIRTUAL_SERVICE, ["v1beta1", "v1alpha3", "v1"]);
    const source = testCluster(mixed);
    await untilKind(source, TLS_ROUTE, "watching");
    await untilKind(source, VIRTUAL_SERVICE, "watching");
    const asked = (resource: string) => new Set(pathsOf(mixed, (request) => request.resource === resource));
    expect(asked("tlsroutes")).toEqual(new Set(["/apis/gateway.networking.k8s.io/v1alpha3/tlsroutes"]));
    expect(asked("virtualservices")).toEqual(new Set(["/apis/networking.istio.io/v1/virtualservices"]));
  });

  test("a newer version that appears is read from then on, without losing an object in between", async () => {
    const upgraded = await server();
    upgraded.versions.set(VIRTUAL_SERVICE, ["v1beta1"]);
    const source = testCluster(upgraded, { timings: { discoveryMs: 20 } });
    await untilObjects(source, VIRTUAL_SERVICE, ["bookinfo/reviews"]);
    const counts = new Set<number>();
    source.onChange(() => counts.add(source.snapshot().index.count(VIRTUAL_SERVICE)));
    upgraded.versions.set(VIRTUAL_SERVICE, ["v1", "v1beta1"]);
    const watches = () =>
      pathsOf(upgraded, ({ resource, verb }) => resource === "virtualservices" && verb === "watch").at(-1);
    await vi.waitFor(() => expect(watches()).toBe("/apis/networking.istio.io/v1/virtualservices"), DEADLINE);
    await vi.waitFor(() => expect(upgraded.watchCount("virtualservices")).toBe(1), DEADLINE);
    expect(counts).not.toContain(0);
    expect(source.snapshot().index.list(VIRTUAL_SERVICE)[0]?.apiVersion).toBe("networking.istio.io/v1");
  });

  test("a group that cannot be asked keeps its kinds as they are", async () => {
    const flaky = await server();
    const source = testCluster(flaky, { timings: { discoveryMs: 20 } });
    await untilObjects(source, VIRTUAL_SERVICE, ["bookinfo/reviews"]);
    flaky.interfere = ({ resource }) => (resource === undefined ? { status: 503, message: "not now" } : undefined);
    const before = flaky.requests.length;
    await vi.waitFor(() => expect(flaky.requests.length).toBeGreaterThan(before + 3), DEADLINE);
    flaky.store.put(route("later"));
    await untilObjects(source, VIRTUAL_SERVICE, ["bookinfo/later", "bookinfo/reviews"]);
    expect(source.snapshot().status.state).toBe("ok");
  });
});

describe("how much is asked", () => {
  test("two requests tell everything where discovery is aggregated", async () => {
    const server = await testServer(smallMesh());
    // Another question follows the first list of definitions.
    server.missing.add("apiextensions.k8s.io/CustomResourceDefinition");
    const source = testCluster(server);
    await untilKind(source, VIRTUAL_SERVICE, "watching");
    expect(pathsOf(server, ({ resource }) => resource === undefined).sort()).toEqual(["/api", "/apis"]);
  });
});

describe("new definitions", () => {
  test("are picked up at once where definitions may be watched, and gone ones as fast", async () => {
    const server = await testServer(smallMesh());
    server.missing.add(VIRTUAL_SERVICE);
    const source = testCluster(server);
    await untilKind(source, "/Service", "watching");
    await vi.waitFor(() => expect(server.watchCount("customresourcedefinitions")).toBe(1), DEADLINE);
    expect(kindState(source, VIRTUAL_SERVICE)?.state).toBe("absent");

    server.missing.delete(VIRTUAL_SERVICE);
    server.store.put(definition("virtualservices.networking.istio.io"));
    await untilObjects(source, VIRTUAL_SERVICE, ["bookinfo/reviews"]);

    server.missing.add(VIRTUAL_SERVICE);
    server.store.remove(definition("virtualservices.networking.istio.io"));
    await untilObjects(source, VIRTUAL_SERVICE, []);
    expect(kindState(source, VIRTUAL_SERVICE)?.state).toBe("absent");
  });

  test("are found although the server serves them some time after they are there", async () => {
    const server = await testServer(smallMesh());
    server.missing.add(VIRTUAL_SERVICE);
    const source = testCluster(server);
    await vi.waitFor(() => expect(server.watchCount("customresourcedefinitions")).toBe(1), DEADLINE);
    await untilKind(source, "/Service", "watching");
    const discoveries = () => pathsOf(server, ({ path }) => path === "/apis").length;
    const before = discoveries();
    server.store.put(definition("virtualservices.networking.istio.io"));
    // Asked, and not served yet.
    await vi.waitFor(() => expect(discoveries()).toBeGreaterThan(before), DEADLINE);
    server.missing.delete(VIRTUAL_SERVICE);
    await untilObjects(source, VIRTUAL_SERVICE, ["bookinfo/reviews"]);
  });

  test("are asked for by their metadata, and those that are not ours are no reason to ask", async () => {
    const server = await testServer([definition("certificates.cert-manager.io")]);
    const source = testCluster(server);
    await untilKind(source, "/Service", "watching");
    await vi.waitFor(() => expect(server.watchCount("customresourcedefinitions")).toBe(1), DEADLINE);
    const accepted = server.requests.flatMap(({ resource, headers }) =>
      resource === "customresourcedefinitions" ? [headers.accept] : [],
    );
    expect(accepted.slice(0, 2)).toEqual([
      "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1",
      "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1",
    ]);
  });

  test("are found by asking again where definitions may not be watched", async () => {
    const server = await testServer(smallMesh());
    server.missing.add(VIRTUAL_SERVICE);
    server.interfere = ({ resource }) =>
      resource === "customresourcedefinitions" ? { status: 403, reason: "Forbidden" } : undefined;
    const source = testCluster(server, { timings: { discoveryMs: 20 } });
    await untilKind(source, "/Service", "watching");
    server.missing.delete(VIRTUAL_SERVICE);
    await untilObjects(source, VIRTUAL_SERVICE, ["bookinfo/reviews"]);
    expect(source.snapshot().status.state).toBe("ok");
  });
});
