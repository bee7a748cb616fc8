/** What is read of which kind, with which rights, over real HTTP. */
import { describe, expect, test, vi } from "vitest";
import { buildMeshNodes } from "#lib/domain/mesh/buildMeshNodes.ts";
import { type KindKey, kindKey } from "#lib/domain/mesh/meshIndex.ts";
import { MESH_KINDS } from "#lib/domain/mesh/meshKinds.ts";
import { meshObject } from "#test/builders/meshObjects.ts";
import { serviceAccount } from "#test/kubernetes/callers.ts";
import type { FakeApiServer } from "#test/kubernetes/fakeApiServer.ts";
import type { WireObject } from "#test/kubernetes/objectStore.ts";
import { RbacAuthorizer } from "#test/kubernetes/rbac.ts";
import { bind, role } from "#test/kubernetes/rbacObjects.ts";
import { DEADLINE, kindState, testCluster, testServer, untilKind, untilObjects } from "#test/kubernetes/testCluster.ts";
import { smallMesh, toWire } from "#test/kubernetes/wireObjects.ts";
import { createKubeClient } from "./kubeClient.ts";
import { directConnection } from "./kubeConnection.ts";

function object(type: string, path: string, fields: Record<string, unknown> = {}): WireObject {
  return toWire(meshObject(type, path, fields));
}

function node(heartbeat: string, ready = "True"): WireObject {
  const conditions = [{ type: "Ready", status: ready, reason: "Kubelet", lastHeartbeatTime: heartbeat }];
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: { name: "node-1", labels: { "topology.kubernetes.io/zone": "a" } },
    status: { conditions, images: [{ names: ["x".repeat(1_000)] }] },
  };
}

describe("kinds beside Istio's own", () => {
  test("a Rollout of Argo is in the node table like a Deployment", async () => {
    const containers = [{ name: "cart" }, { name: "istio-proxy" }];
    const template = { metadata: { labels: { app: "cart" } }, spec: { containers } };
    const server = await testServer([
      object("argoproj.io/v1alpha1/Rollout", "shop/cart", {
        spec: { replicas: 3, template },
        status: { replicas: 3, availableReplicas: 2 },
      }),
      object("apps/v1/ReplicaSet", "shop/cart-5d", { owner: { kind: "Rollout", name: "cart" } }),
      object("v1/Pod", "shop/cart-5d-x", {
        labels: { app: "cart" },
        owner: { kind: "ReplicaSet", name: "cart-5d" },
        spec: { containers },
        status: { phase: "Running" },
      }),
    ]);
    server.versions.set("argoproj.io/Rollout", ["v1alpha1"]);
    const source = testCluster(server);
    await untilObjects(source, "/Pod", ["shop/cart-5d-x"]);
    await untilObjects(source, "argoproj.io/Rollout", ["shop/cart"]);
    await untilObjects(source, "apps/ReplicaSet", ["shop/cart-5d"]);
    expect(buildMeshNodes("test", source.snapshot().index).workloads).toMatchObject([
      { kind: "Rollout", name: "cart", app: "cart", mode: "sidecar", desiredReplicas: 3, availableReplicas: 2 },
    ]);
  });

  test("those of Linkerd, Gateway API Inference and Istio's newest are listed, each in the version that is served", async () => {
    const versions: Readonly<Record<KindKey, string>> = {
      "linkerd.io/ServiceProfile": "v1alpha2",
      "policy.linkerd.io/Server": "v1beta3",
      "policy.linkerd.io/AuthorizationPolicy": "v1alpha1",
      "policy.linkerd.io/HTTPRoute": "v1beta3",
      "multicluster.linkerd.io/Link": "v1alpha3",
      "inference.networking.k8s.io/InferencePool": "v1",
      "extensions.istio.io/TrafficExtension": "v1alpha1",
    };
    const server = await testServer();
    for (const [key, version] of Object.entries(versions) as [KindKey, string][]) {
      const [group, kind] = key.split("/");
      server.versions.set(key, [version]);
      server.store.put(object(`${group}/${version}/${kind}`, "shop/one", { spec: {} }));
    }
    const source = testCluster(server);
    for (const key of Object.keys(versions) as KindKey[]) await untilObjects(source, key, ["shop/one"]);
    // A kind of the same name is another kind in another group.
    expect(source.snapshot().index.count("security.istio.io/AuthorizationPolicy")).toBe(0);
  });
});

describe("busy kinds", () => {
  test("a heartbeat of a node is no change; its state is one", async () => {
    const server = await testServer([node("2026-11-21T10:00:00Z")]);
    const source = testCluster(server);
    await untilObjects(source, "/Node", ["/node-1"]);
    await vi.waitFor(() => expect(server.watchCount("nodes")).toBe(1), DEADLINE);
    const { version } = source.snapshot();
    server.store.put(node("2026-11-21T10:05:00Z"));
    server.store.put(node("2026-11-21T10:10:00Z", "False"));
    await vi.waitFor(() => {
      const [held] = source.snapshot().index.list("/Node");
      expect(held?.status).toMatchObject({ conditions: [{ status: "False" }] });
    }, DEADLINE);
    expect(source.snapshot().version).toBe(version + 1);
  });
});

describe("namespaces", () => {
  test("that appear and disappear are followed, with what is in them", async () => {
    const server = await testServer(smallMesh());
    const source = testCluster(server);
    await untilObjects(source, "/Namespace", ["/bookinfo"]);
    await untilObjects(source, "/Service", ["bookinfo/reviews"]);
    for (const added of smallMesh("travel")) server.store.put(added);
    await untilObjects(source, "/Namespace", ["/bookinfo", "/travel"]);
    await untilObjects(source, "/Service", ["bookinfo/reviews", "travel/reviews"]);
    for (const removed of smallMesh("travel").reverse()) server.store.remove(removed);
    await untilObjects(source, "/Namespace", ["/bookinfo"]);
    await untilObjects(source, "/Service", ["bookinfo/reviews"]);
    expect(source.snapshot().index.list("/Pod", "travel")).toEqual([]);
  });
});

describe("an account with a Role in each namespace", () => {
  const everything = [{ verbs: ["list", "watch"], apiGroups: ["*"], resources: ["*"] }];
  const ownNamespace = { verbs: ["get"], apiGroups: [""], resources: ["namespaces"] };

  async function limited(
    rules = everything,
  ): Promise<{ server: FakeApiServer; client: ReturnType<typeof createKubeClient> }> {
    const server = await testServer([...smallMesh("shop"), ...smallMesh("bank"), ...smallMesh("other")]);
    server.users.set("own", serviceAccount("mesh", "meshscope"));
    const account = { account: "mesh/meshscope" };
    server.rbac = new RbacAuthorizer(
      ["shop", "bank"].flatMap((namespace) => [
        role("meshscope", rules, { namespace }),
        bind("meshscope", account, namespace, "Role"),
      ]),
    );
    return { server, client: createKubeClient(async () => directConnection(server.url, { token: "own" })) };
  }

  test("sees its namespaces, is refused what lies outside of them, and is well", async () => {
    const { server, client } = await limited();
    const source = testCluster(server, { client, namespaces: ["shop", "bank"], controlPlanes: ["istio-system"] });
    await untilObjects(source, "/Service", ["bank/reviews", "shop/reviews"]);
    await vi.waitFor(() => expect(source.snapshot().status.state).toBe("ok"), DEADLINE);
    const refused = MESH_KINDS.filter(({ namespaced, where }) => !namespaced || where !== undefined);
    for (const kind of refused) await untilKind(source, kindKey(kind), "denied");
    for (const kind of MESH_KINDS) if (!refused.includes(kind)) await untilKind(source, kindKey(kind), "watching");
    expect(kindState(source, "/ConfigMap")?.message).toBe(
      "not allowed to read configmaps in istio-system: grant list and watch on configmaps",
    );
    expect(kindState(source, "/Namespace")?.message).toContain("not allowed to read namespaces in shop, bank");
    expect(new Set(server.requests.flatMap(({ namespace }) => namespace ?? []))).toEqual(
      new Set(["shop", "bank", "istio-system"]),
    );
  });

  test("reads its Namespaces one by one where each Role lets it get its own, and sees them change and go", async () => {
    const { server, client } = await limited([...everything, ownNamespace]);
    const source = testCluster(server, { client, namespaces: ["shop", "bank", "other"] });
    await untilObjects(source, "/Namespace", ["/bank", "/shop"]);
    // Nobody granted anything in "other".
    await vi.waitFor(
      () => expect(kindState(source, "/Namespace")?.message).toContain("not allowed to read namespaces in other:"),
      DEADLINE,
    );
    server.store.put(object("v1/Namespace", "bank", { labels: { "istio-injection": "enabled" } }));
    server.store.remove(object("v1/Namespace", "shop"));
    await untilObjects(source, "/Namespace", ["/bank"]);
    await vi.waitFor(() => {
      const [bank] = source.snapshot().index.list("/Namespace");
      expect(bank?.metadata.labels).toEqual({ "istio-injection": "enabled" });
    }, DEADLINE);
  });

  test("asking again and again for a Namespace that stays as it is changes nothing", async () => {
    const { server, client } = await limited([...everything, ownNamespace]);
    const source = testCluster(server, { client, namespaces: ["shop"] });
    await untilKind(source, "/Namespace", "watching");
    await untilObjects(source, "/Service", ["shop/reviews"]);
    const asked = (): number => server.requests.filter(({ path }) => path === "/api/v1/namespaces/shop").length;
    await untilAsked(3);
    const { version } = source.snapshot();
    await untilAsked(asked() + 3);
    expect(source.snapshot().version).toBe(version);

    async function untilAsked(times: number): Promise<void> {
      await vi.waitFor(() => expect(asked()).toBeGreaterThanOrEqual(times), DEADLINE);
    }
  });
});
