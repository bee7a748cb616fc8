import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { indexOf, meshObject } from "#test/builders/meshObjects.ts";
import { hostsOverlap } from "./hosts.ts";
import { isEmptySelector, selects } from "./labelSelector.ts";
import { kindKeyOf, MeshIndex } from "./meshIndex.ts";
import { type MeshObject, refOf } from "./meshObject.ts";
import { namedHosts } from "./namedHosts.ts";
import { selectorOf } from "./selectorIndex.ts";

const NAMESPACES = ["a", "b", "istio-system"];
const HOSTS = [
  "x",
  "y.a.svc.cluster.local",
  "x.b.svc.cluster.local",
  "*.a.svc.cluster.local",
  "*",
  "*.com",
  "shop.com",
];
const LABELS = [{ app: "x" }, { app: "x", version: "v1" }, { version: "v1" }, { app: "y" }, {}];

const place = fc.record({
  namespace: fc.constantFrom(...NAMESPACES),
  name: fc.constantFrom("x", "y", "z"),
  host: fc.constantFrom(...HOSTS),
  to: fc.constantFrom(...HOSTS),
  labels: fc.constantFrom(...LABELS),
  owner: fc.constantFrom("x", "y", undefined),
});

type Place = typeof place extends fc.Arbitrary<infer T> ? T : never;

/** One object of each kind that is indexed in a way of its own. */
const MAKERS: readonly ((at: Place) => MeshObject)[] = [
  ({ namespace, name, labels, owner }) =>
    meshObject("v1/Pod", `${namespace}/${name}`, {
      labels,
      ...(owner && { owner: { kind: "ReplicaSet", name: owner } }),
    }),
  ({ namespace, name, owner }) =>
    meshObject("apps/v1/ReplicaSet", `${namespace}/${name}`, {
      ...(owner && { owner: { kind: "Deployment", name: owner } }),
    }),
  ({ namespace, name }) => meshObject("apps/v1/Deployment", `${namespace}/${name}`),
  ({ namespace, name, labels }) => meshObject("v1/Service", `${namespace}/${name}`, { spec: { selector: labels } }),
  ({ namespace, name, host, to }) =>
    meshObject("networking.istio.io/v1/VirtualService", `${namespace}/${name}`, {
      spec: { hosts: [host], http: [{ route: [{ destination: { host: to } }], mirror: { host } }] },
    }),
  ({ namespace, name, host, labels }) =>
    meshObject("networking.istio.io/v1/Gateway", `${namespace}/${name}`, {
      spec: { selector: labels, servers: [{ hosts: [`./${host}`] }] },
    }),
  ({ namespace, name, labels }) =>
    meshObject("security.istio.io/v1/AuthorizationPolicy", `${namespace}/${name}`, {
      spec: { selector: { matchLabels: labels } },
    }),
  ({ namespace, name, labels }) =>
    meshObject("networking.istio.io/v1/Sidecar", `${namespace}/${name}`, { spec: { workloadSelector: { labels } } }),
];

const object = fc.tuple(fc.constantFrom(...MAKERS), place).map(([make, at]) => make(at));
const step = fc.oneof(
  fc.record({ act: fc.constant("put" as const), object }),
  fc.record({ act: fc.constant("remove" as const), object }),
  fc.record({ act: fc.constant("replace" as const), object, objects: fc.array(object, { maxLength: 4 }) }),
);

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** The index after the steps, and what it holds by plain bookkeeping. */
function play(steps: readonly Step[]): { index: MeshIndex; held: MeshObject[] } {
  const index = new MeshIndex();
  const held = new Map<string, MeshObject>();
  const key = (item: MeshObject) => JSON.stringify(refOf(item));
  for (const entry of steps) {
    if (entry.act === "put") {
      index.put(entry.object);
      held.set(key(entry.object), entry.object);
    } else if (entry.act === "remove") {
      index.remove(refOf(entry.object));
      held.delete(key(entry.object));
    } else {
      const kind = kindKeyOf(entry.object);
      const objects = entry.objects.filter((item) => kindKeyOf(item) === kind);
      index.replaceKind(kind, objects);
      for (const item of [...held.values()]) if (kindKeyOf(item) === kind) held.delete(key(item));
      for (const item of objects) held.set(key(item), item);
    }
  }
  return { index, held: [...held.values()] };
}

function sameObjects(found: readonly MeshObject[], expected: readonly MeshObject[]): void {
  expect(new Set(found)).toEqual(new Set(expected));
  expect(found).toHaveLength(expected.length);
}

const steps = fc.array(step, { maxLength: 40 });

describe("look-ups of the index, after any puts, removals and lists", () => {
  it("find by host what naming every object's hosts finds", () => {
    fc.assert(
      fc.property(steps, (taken) => {
        const { index, held } = play(taken);
        for (const host of ["x.a.svc.cluster.local", ...HOSTS]) {
          for (const role of ["for", "to"] as const)
            sameObjects(
              index.naming(host, role),
              held.filter((item) => namedHosts(item)[role].some((named) => hostsOverlap(named, host))),
            );
        }
      }),
    );
  });

  it("find by labels what asking every selector finds", () => {
    fc.assert(
      fc.property(steps, (taken) => {
        const { index, held } = play(taken);
        for (const namespace of NAMESPACES) {
          for (const labels of LABELS) {
            const expected = held.filter((item) => {
              const own = selectorOf(item);
              if (own === undefined || !selects(own.selector, labels)) return false;
              const home = item.metadata.namespace;
              if (home === namespace || own.reach === "everywhere") return true;
              if (home !== "istio-system") return false;
              return own.reach === "root" || (own.reach === "defaults" && isEmptySelector(own.selector));
            });
            sameObjects(index.selecting(namespace, labels), expected);
            const selector = { matchLabels: labels, matchExpressions: [] };
            sameObjects(
              index.selectedPods(namespace, selector),
              held.filter(
                ({ kind, metadata }) =>
                  kind === "Pod" && metadata.namespace === namespace && selects(selector, metadata.labels),
              ),
            );
          }
        }
      }),
    );
  });

  it("find by owner what reading every owner reference finds", () => {
    fc.assert(
      fc.property(steps, (taken) => {
        const { index, held } = play(taken);
        for (const namespace of NAMESPACES) {
          for (const kind of ["ReplicaSet", "Deployment"])
            for (const name of ["x", "y"])
              sameObjects(
                index.owned({ namespace, kind, name }),
                held.filter(({ metadata }) => {
                  const owner = metadata.ownerReferences?.[0];
                  return metadata.namespace === namespace && owner?.kind === kind && owner.name === name;
                }),
              );
        }
      }),
    );
  });
});

describe("the index by owner", () => {
  it("climbs from a pod to what made it, and stops where nothing is known", () => {
    const deployment = meshObject("apps/v1/Deployment", "shop/web");
    const replicaSet = meshObject("apps/v1/ReplicaSet", "shop/web-1", { owner: { kind: "Deployment", name: "web" } });
    const pod = meshObject("v1/Pod", "shop/web-1-x", { owner: { kind: "ReplicaSet", name: "web-1" } });
    expect(indexOf(deployment, replicaSet, pod).topOwner(pod)).toBe(deployment);
    expect(indexOf(replicaSet, pod).topOwner(pod)).toBe(replicaSet);
    expect(indexOf(pod).topOwner(pod)).toBe(pod);
  });

  it("does not climb for ever where objects own each other", () => {
    const left = meshObject("apps/v1/ReplicaSet", "shop/a", { owner: { kind: "ReplicaSet", name: "b" } });
    const right = meshObject("apps/v1/ReplicaSet", "shop/b", { owner: { kind: "ReplicaSet", name: "a" } });
    expect(["a", "b"]).toContain(indexOf(left, right).topOwner(left).metadata.name);
  });
});

describe("the index by selector", () => {
  it("takes policies of the root namespace everywhere, and its mutual TLS only without a selector", () => {
    const everywhere = meshObject("security.istio.io/v1/AuthorizationPolicy", "istio-system/web", {
      spec: { selector: { matchLabels: { app: "web" } } },
    });
    const strict = meshObject("security.istio.io/v1/PeerAuthentication", "istio-system/default", { spec: {} });
    const narrow = meshObject("security.istio.io/v1/PeerAuthentication", "istio-system/web", {
      spec: { selector: { matchLabels: { app: "web" } } },
    });
    const index = indexOf(everywhere, strict, narrow);
    expect(new Set(index.selecting("shop", { app: "web" }))).toEqual(new Set([everywhere, strict]));
    expect(new Set(index.selecting("istio-system", { app: "web" }))).toEqual(new Set([everywhere, strict, narrow]));
    expect(index.selecting("shop", { app: "web" }, "mesh-root")).toEqual([]);
  });

  it("leaves out a policy that names its target", () => {
    const targeted = meshObject("security.istio.io/v1/AuthorizationPolicy", "shop/gateway", {
      spec: { targetRefs: [{ group: "gateway.networking.k8s.io", kind: "Gateway", name: "web" }] },
    });
    expect(indexOf(targeted).selecting("shop", { app: "web" })).toEqual([]);
  });

  it("reads the expressions of selectors that have them", () => {
    const server = meshObject("policy.linkerd.io/v1beta3/Server", "shop/web", {
      spec: { podSelector: { matchExpressions: [{ key: "app", operator: "In", values: ["web", "api"] }] } },
    });
    const index = indexOf(server);
    expect(index.selecting("shop", { app: "api" })).toEqual([server]);
    expect(index.selecting("shop", { app: "db" })).toEqual([]);
  });
});

describe("the index by host", () => {
  it("finds what applies to a Service called by its short name, and what routes to it", () => {
    const rule = meshObject("networking.istio.io/v1/DestinationRule", "shop/web", { spec: { host: "web" } });
    const route = meshObject("gateway.networking.k8s.io/v1/HTTPRoute", "shop/web", {
      spec: {
        hostnames: ["shop.example.com"],
        parentRefs: [{ name: "edge" }],
        rules: [{ backendRefs: [{ name: "web", port: 80 }] }],
      },
    });
    const mesh = meshObject("gateway.networking.k8s.io/v1/GRPCRoute", "shop/split", {
      spec: {
        parentRefs: [{ group: "", kind: "Service", name: "web" }],
        rules: [{ backendRefs: [{ name: "web-v2" }] }],
      },
    });
    const index = indexOf(rule, route, mesh);
    expect(index.naming("web.shop.svc.cluster.local")).toEqual([rule, mesh]);
    expect(index.naming("web.shop.svc.cluster.local", "to")).toEqual([route]);
    expect(index.naming("*.example.com")).toEqual([route]);
  });
});
