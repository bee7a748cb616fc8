import fc from "fast-check";
import { expect, it } from "vitest";
import { formatNodeId, INACCESSIBLE_ENDS, parseNodeId } from "./ids.ts";

const name = fc.string({ unit: "grapheme", minLength: 1 });
const key = fc.oneof(
  fc.record({ kind: fc.constant("workload" as const), cluster: name, namespace: name, workload: name }),
  fc.record({ kind: fc.constant("service" as const), cluster: name, namespace: name, service: name }),
  fc.record(
    { kind: fc.constant("app" as const), cluster: name, namespace: name, app: name, version: name },
    { requiredKeys: ["kind", "cluster", "namespace", "app"] },
  ),
  fc.record({
    kind: fc.constant("operation" as const),
    cluster: name,
    namespace: name,
    service: name,
    operation: name,
  }),
  fc.record({ kind: fc.constantFrom("unknown" as const, "passthrough" as const, "blackhole" as const), cluster: name }),
  fc.record({ kind: fc.constant("inaccessible" as const), end: fc.constantFrom(...INACCESSIBLE_ENDS) }),
  fc.record({ kind: fc.constant("clusterBox" as const), cluster: name }),
  fc.record({ kind: fc.constant("box" as const), cluster: name, namespace: name }),
  fc.record({ kind: fc.constant("appBox" as const), cluster: name, namespace: name, app: name }),
);

it("gives back the key an id was made from, whatever the names hold", () => {
  fc.assert(
    fc.property(key, (original) => {
      expect(parseNodeId(formatNodeId(original))).toEqual(original);
    }),
  );
});

it("survives names that are not well-formed Unicode", () => {
  expect(formatNodeId({ kind: "unknown", cluster: "\ud800" })).toBe("unknown/%EF%BF%BD");
});

it("keeps the slashes of an operation's path out of the id's own", () => {
  const id = formatNodeId({
    kind: "operation",
    cluster: "primary",
    namespace: "shop",
    service: "cart",
    operation: "GET /cart/{id}",
  });
  expect(id).toBe("operation/primary/shop/cart/GET%20%2Fcart%2F%7Bid%7D");
});

it("reads as people expect", () => {
  expect(formatNodeId({ kind: "workload", cluster: "primary", namespace: "bookinfo", workload: "reviews-v2" })).toBe(
    "workload/primary/bookinfo/reviews-v2",
  );
});

it.each(["", "workload", "workload/a/b", "pod/a/b/c", "service/a/b/%", "box", "box/a/b/c/d"])("refuses %j", (text) => {
  expect(parseNodeId(text)).toBeUndefined();
});
