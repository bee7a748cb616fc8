import { describe, expect, test } from "vitest";
import { EVERYTHING } from "#lib/domain/access/sight.ts";
import type { KindStatus } from "#lib/ports.ts";
import { kindWarnings } from "./kindWarnings.ts";

const NOBODY = { ...EVERYTHING, clusters: new Map() };

function kind(name: string, state: KindStatus["state"], message?: string): KindStatus {
  return { group: "", kind: name, state, ...(message !== undefined && { message }) };
}

describe("warnings about kinds", () => {
  test("are none where everything is read or not there", () => {
    const kinds = [kind("Pod", "watching"), kind("Rollout", "absent"), kind("Service", "listing")];
    expect(kindWarnings({ cluster: "east", kinds }, EVERYTHING)).toEqual([]);
  });

  test("name all that is not allowed at once, and each that fails", () => {
    const kinds = [
      kind("Node", "denied", "not allowed to read nodes: grant list and watch on nodes"),
      kind("GatewayClass", "denied", "not allowed to read gatewayclasses"),
      kind("Pod", "failing", "cannot read pods: etcd is sad"),
    ];
    expect(kindWarnings({ cluster: "east", kinds }, EVERYTHING)).toEqual([
      {
        code: "kind-denied",
        message: "Not shown of cluster east, since Meshscope's account may not read them: Node, GatewayClass.",
        hint: "not allowed to read nodes: grant list and watch on nodes; not allowed to read gatewayclasses",
      },
      { code: "kind-failing", message: "Pod objects of cluster east are not shown: cannot read pods: etcd is sad" },
    ]);
  });

  test("are short however much is not allowed", () => {
    const kinds = Array.from({ length: 30 }, (_, number) => kind(`Kind${number}`, "denied", `no ${number}`));
    const [warning, ...others] = kindWarnings({ cluster: "east", kinds }, EVERYTHING);
    expect(others).toEqual([]);
    expect(warning?.message).toMatch(/Kind7, 22 more\.$/);
    expect(warning?.hint).toMatch(/; no 7; 22 more$/);
  });

  test("tell a viewer of nothing in a cluster nothing of it", () => {
    expect(kindWarnings({ cluster: "east", kinds: [kind("Node", "denied")] }, NOBODY)).toEqual([]);
  });
});
