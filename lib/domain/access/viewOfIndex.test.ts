import { describe, expect, it } from "vitest";
import { MeshIndex } from "#lib/domain/mesh/meshIndex.ts";
import { sightOf } from "#test/builders/sights.ts";
import { EVERYTHING } from "./sight.ts";
import { viewOfIndex } from "./viewOfIndex.ts";

const index = new MeshIndex();
const put = (apiVersion: string, kind: string, namespace: string, name: string) =>
  index.put({ apiVersion, kind, metadata: { name, namespace, labels: {}, annotations: {} } });
for (const namespace of ["shop", "bank"]) {
  put("v1", "Namespace", "", namespace);
  put("v1", "Service", namespace, "cart");
  put("networking.istio.io/v1", "VirtualService", namespace, "cart");
}
put("v1", "Node", "", "node-1");

const view = viewOfIndex(index, "east", sightOf({ east: { shop: ["/Service"] } }));
const cart = (namespace: string) => ({ group: "", kind: "Service", namespace, name: "cart" });

describe("the view of an index", () => {
  it("has the kinds that may be listed, where they may be", () => {
    expect(view.list("/Service").map(({ metadata }) => metadata.namespace)).toEqual(["shop"]);
    expect(view.list("networking.istio.io/VirtualService")).toEqual([]);
    expect([view.count("/Service"), view.count("/Node")]).toEqual([1, 0]);
  });

  it("gives an object of a hidden namespace as little as one that is not there", () => {
    expect(view.get(cart("shop"))).toBeDefined();
    expect([view.get(cart("bank")), view.get(cart("nowhere"))]).toEqual([undefined, undefined]);
    expect(view.list("/Service", "bank")).toEqual([]);
  });

  it("has the Namespaces that may be read, whether or not they may be listed", () => {
    expect(view.list("/Namespace").map(({ metadata }) => metadata.name)).toEqual(["shop"]);
  });

  it("is as new as the index", () => {
    const before = view.version;
    put("v1", "Service", "shop", "stock");
    expect(view.version).toBe(before + 1);
    expect(view.count("/Service")).toBe(2);
  });

  it("has nothing in a cluster that is not seen", () => {
    const elsewhere = viewOfIndex(index, "west", sightOf({ east: { "*": "all" } }));
    expect([elsewhere.count("/Namespace"), elsewhere.count("/Service")]).toEqual([0, 0]);
  });

  it("looks up by host, selector and owner among what is seen", () => {
    const meta = { labels: { app: "cart" }, annotations: {} };
    const owner = (kind: string, name: string) => ({ ownerReferences: [{ kind, name }] });
    const pods = new MeshIndex();
    const pod = {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { ...meta, name: "cart-1-x", namespace: "shop", ...owner("ReplicaSet", "cart-1") },
    };
    pods.put(pod);
    pods.put({ apiVersion: "apps/v1", kind: "ReplicaSet", metadata: { ...meta, name: "cart-1", namespace: "shop" } });
    pods.put({
      apiVersion: "v1",
      kind: "Service",
      metadata: { ...meta, name: "cart", namespace: "shop" },
      spec: { selector: { app: "cart" } },
    });
    const some = viewOfIndex(pods, "east", sightOf({ east: { shop: ["/Pod"] } }));
    const selector = { matchLabels: { app: "cart" }, matchExpressions: [] };
    expect(pods.naming("cart.shop.svc.cluster.local")).toHaveLength(1);
    expect(some.naming("cart.shop.svc.cluster.local")).toEqual([]);
    expect(pods.selecting("shop", { app: "cart" })).toHaveLength(1);
    expect(some.selecting("shop", { app: "cart" })).toEqual([]);
    expect(some.selectedPods("shop", selector)).toEqual([pod]);
    expect(some.owned({ namespace: "shop", kind: "ReplicaSet", name: "cart-1" })).toEqual([pod]);
    expect(pods.topOwner(pod).kind).toBe("ReplicaSet");
    expect(some.topOwner(pod)).toBe(pod);
  });

  it("is the index itself for who sees everything", () => {
    expect(viewOfIndex(index, "east", EVERYTHING)).toBe(index);
  });
});
