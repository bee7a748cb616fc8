import { describe, expect, test } from "vitest";
import { isClusterScoped, MESH_KINDS } from "./meshKinds.ts";

describe("the watched kinds", () => {
  test("are each listed once, by kind and by URL", () => {
    for (const name of ["kind", "plural"] as const) {
      const names = MESH_KINDS.map((kind) => `${kind.group}/${kind[name]}`);
      expect(names.filter((key, position) => names.indexOf(key) !== position)).toEqual([]);
    }
  });

  test("hold no Secret, and ConfigMaps of the control plane alone", () => {
    expect(MESH_KINDS.filter(({ kind }) => kind === "Secret")).toEqual([]);
    expect(MESH_KINDS.flatMap(({ kind, where }) => (where === "control-plane" ? [kind] : []))).toEqual(["ConfigMap"]);
  });

  test("have plurals as the API server makes them: lower case, ending in s", () => {
    for (const { kind, plural } of MESH_KINDS) expect(plural).toMatch(new RegExp(`^${kind.slice(0, -1)}.*s$`, "i"));
  });

  test("live outside every namespace exactly where the API server says so", () => {
    const outside = MESH_KINDS.filter(({ namespaced }) => !namespaced);
    expect(outside.map(({ kind }) => kind)).toEqual([
      "Namespace",
      "Node",
      "MutatingWebhookConfiguration",
      "GatewayClass",
    ]);
    for (const kind of outside) expect(isClusterScoped(kind)).toBe(true);
  });
});
