import { expect, test } from "vitest";
import type { GraphNode } from "#lib/domain/graph/graph.ts";
import { formatNodeId, type NodeKey } from "#lib/domain/graph/ids.ts";
import { endScope } from "./endScope.ts";

/** A node as far as its scope goes. */
function node(key: NodeKey, parts: Partial<GraphNode> = {}): GraphNode {
  return { id: formatNodeId(key), type: key.kind, ...parts } as GraphNode;
}

const shop = { cluster: "east", namespace: "shop" };

test.each([
  { kind: "workload", ...shop, workload: "cart-v1" },
  { kind: "app", ...shop, app: "cart", version: "v1" },
  { kind: "service", ...shop, service: "cart" },
  { kind: "unknown", cluster: "east" },
  { kind: "passthrough", cluster: "east" },
  { kind: "blackhole", cluster: "east" },
] satisfies NodeKey[])("a $kind is asked for by its own name", (key) => {
  expect(endScope(node(key))).toEqual(key);
});

test("a service that calls is asked for by the workloads it stands for", () => {
  const key = { kind: "service", ...shop, service: "front" } as const;
  expect(endScope(node(key, { callers: ["web-v1", "web-v2"] }))).toEqual({ ...key, workloads: ["web-v1", "web-v2"] });
});

test("external services and service entries are asked for by the hosts that were called", () => {
  const hosts = ["API.pay.example:443", "api.pay.example"];
  const entry = node({ kind: "service", ...shop, service: "pay" }, { type: "serviceEntry", hosts });
  expect(endScope(entry)).toEqual({ kind: "hosts", cluster: "east", hosts });
  const external = node({ kind: "service", ...shop, service: "api.pay.example" }, { hosts });
  expect(endScope(external)).toEqual({ kind: "hosts", cluster: "east", hosts });
});

test("an operation is asked for with the service it belongs to, where it belongs to one", () => {
  const key = { kind: "operation", ...shop, service: "cart", operation: "GetCart" } as const;
  const scope = { kind: "operation", ...shop, operation: "GetCart" };
  expect(endScope(node(key, { service: "cart" }))).toEqual({ ...scope, service: "cart" });
  expect(endScope(node(key))).toEqual(scope);
});

test("a folded namespace is all calls into it, in its own cluster", () => {
  expect(endScope(node({ kind: "box", ...shop }))).toEqual({
    kind: "namespaces",
    cluster: "east",
    namespaces: ["shop"],
  });
});

test("a folded cluster is all calls into it", () => {
  expect(endScope(node({ kind: "clusterBox", cluster: "east" }))).toEqual({ kind: "cluster", cluster: "east" });
});

test("a folded app is asked for as the app, whatever its versions", () => {
  expect(endScope(node({ kind: "appBox", ...shop, app: "cart" }))).toEqual({ kind: "app", ...shop, app: "cart" });
});

test("what may not be seen is asked for by the host that was called, in whatever cluster it is, or not at all", () => {
  const withheld = { namespace: "", flags: ["inaccessible" as const] };
  const hosts = ["ledger.bank.svc.cluster.local"];
  const key = { kind: "service", cluster: "east", namespace: "", service: "ledger.bank.svc.cluster.local" } as const;
  expect(endScope(node(key, { ...withheld, hosts }))).toEqual({ kind: "hosts", hosts });
  expect(endScope(node({ kind: "inaccessible", end: "callers" }, withheld))).toBeUndefined();
});
