import { describe, expect, test } from "vitest";
import { seesNamespace } from "#lib/domain/access/sight.ts";
import type { KindKey } from "#lib/domain/mesh/meshIndex.ts";
import { assembleSight, sharedKinds, sightOfRights } from "./assembleSight.ts";
import type { Rights } from "./rights.ts";

const none: ReadonlySet<KindKey> = sharedKinds([]);

function rights(
  namespaces: Readonly<Record<string, readonly KindKey[] | undefined>>,
  rest: Partial<Rights> = {},
): Rights {
  const entries = Object.entries(namespaces).map(([name, kinds]) => [name, kinds && sharedKinds(kinds)] as const);
  return { everyNamespace: false, kinds: none, namespaces: new Map(entries), questions: 1, ...rest };
}

function keyOf(cluster: string, answers: Rights): string {
  return assembleSight(new Map([[cluster, sightOfRights(answers)]])).key;
}

describe("a sight's key", () => {
  const key = keyOf("east", rights({ shop: ["/Pod", "/Service"], cart: [] }));

  test("is equal for equal rights, in whatever order they were answered and however many questions it took", () => {
    expect(keyOf("east", rights({ cart: [], shop: ["/Service", "/Pod"], bank: undefined }, { questions: 9 }))).toBe(
      key,
    );
  });

  test.each([
    ["another cluster", keyOf("west", rights({ shop: ["/Pod", "/Service"], cart: [] }))],
    ["a namespace less", keyOf("east", rights({ shop: ["/Pod", "/Service"] }))],
    ["a kind less", keyOf("east", rights({ shop: ["/Pod"], cart: [] }))],
    ["kinds of other namespaces", keyOf("east", rights({ cart: ["/Pod", "/Service"], shop: [] }))],
    ["every namespace", keyOf("east", rights({ shop: ["/Pod", "/Service"], cart: [] }, { everyNamespace: true }))],
    [
      "a kind everywhere",
      keyOf("east", rights({ shop: ["/Pod", "/Service"], cart: [] }, { kinds: sharedKinds(["/Pod"]) })),
    ],
  ])("is another for %s", (_, other) => {
    expect(other).not.toBe(key);
  });
});

test("namespaces that may not be seen are not in the sight", () => {
  const sight = assembleSight(new Map([["east", sightOfRights(rights({ shop: [], bank: undefined }))]]));
  expect([seesNamespace(sight, "east", "shop"), seesNamespace(sight, "east", "bank")]).toEqual([true, false]);
});

test("equal kinds are one set", () => {
  expect(sharedKinds(["/Pod", "/Service"])).toBe(sharedKinds(["/Service", "/Pod"]));
});
