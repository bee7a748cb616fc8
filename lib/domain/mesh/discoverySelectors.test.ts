import { describe, expect, it } from "vitest";
import { indexOf, meshObject } from "#test/builders/meshObjects.ts";
import { buildMeshNodes } from "./buildMeshNodes.ts";
import { discoveryBy, discoveryOf } from "./discoverySelectors.ts";
import { readLabelSelector } from "./labelSelector.ts";

const MESH = { matchLabels: { mesh: "on" } };
const TEAMS = { matchExpressions: [{ key: "team", operator: "In", values: ["a", "b"] }] };
const NOT_LEGACY = { matchExpressions: [{ key: "legacy", operator: "DoesNotExist" }] };
const NOT_PROD = {
  matchLabels: { mesh: "on" },
  matchExpressions: [{ key: "env", operator: "NotIn", values: ["prod"] }],
};
const HAS_TEAM = { matchExpressions: [{ key: "team", operator: "Exists" }] };

describe("discovery selectors", () => {
  it.each([
    ["no selector", [], {}, true],
    ["a selector of nothing in particular", [{}], {}, true],
    ["a label that is there", [MESH], { mesh: "on" }, true],
    ["a label with another value", [MESH], { mesh: "off" }, false],
    ["a label that is missing", [MESH], {}, false],
    ["any of several selectors", [MESH, TEAMS], { team: "b" }, true],
    ["none of several selectors", [MESH, TEAMS], { team: "c" }, false],
    ["a label that must not be there, and is not", [NOT_LEGACY], {}, true],
    ["a label that must not be there, and is", [NOT_LEGACY], { legacy: "" }, false],
    ["all requirements of one selector", [NOT_PROD], { mesh: "on" }, true],
    ["not all requirements of one selector", [NOT_PROD], { mesh: "on", env: "prod" }, false],
    ["a label with any value", [HAS_TEAM], { team: "x" }, true],
    ["an operator that does not exist", [{ matchExpressions: [{ key: "a", operator: "Like" }] }], { a: "b" }, false],
  ])("with %s", (_what, selectors, labels, isDiscovered) => {
    expect(discoveryBy([selectors.map(readLabelSelector)])(labels)).toBe(isDiscovered);
  });

  it("discover what any istiod discovers", () => {
    const of = (...each: (readonly unknown[])[]) => discoveryBy(each.map((one) => one.map(readLabelSelector)));
    expect(of([MESH], [TEAMS])({ team: "a" })).toBe(true);
    expect(of([MESH], [TEAMS])({})).toBe(false);
    expect(of([MESH], [])({})).toBe(true);
    expect(of()({})).toBe(true);
  });
});

describe("namespaces that istiod does not look at", () => {
  const config = meshObject("v1/ConfigMap", "istio-system/istio", {
    data: { mesh: "discoverySelectors:\n- matchLabels:\n    mesh: 'on'\n" },
  });
  const inside = meshObject("v1/Namespace", "shop", { labels: { mesh: "on" } });
  const outside = meshObject("v1/Namespace", "batch");

  it("are marked in the node table", () => {
    const { namespaces } = buildMeshNodes("primary", indexOf(config, inside, outside));
    expect(namespaces.map(({ name, undiscovered }) => [name, undiscovered])).toEqual([
      ["shop", undefined],
      ["batch", true],
    ]);
  });

  it("are all in the mesh where its configuration cannot be read", () => {
    const broken = meshObject("v1/ConfigMap", "istio-system/istio", { data: { mesh: "discoverySelectors: [" } });
    expect(discoveryOf(indexOf(outside))({})).toBe(true);
    expect(discoveryOf(indexOf(broken))({})).toBe(true);
  });
});
