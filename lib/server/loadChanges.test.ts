import { describe, expect, it } from "vitest";
import { createDemoMesh } from "#lib/adapters/demo/demoMesh.ts";
import type { Sight } from "#lib/domain/access/sight.ts";
import { EVERYTHING } from "#lib/domain/access/sight.ts";
import { meshObject } from "#test/builders/meshObjects.ts";
import { sightOf } from "#test/builders/sights.ts";
import { ANONYMOUS } from "./access/accessControl.ts";
import { type ChangesQuery, loadChanges } from "./loadChanges.ts";

const NOW = Date.parse("2026-11-21T12:00:00Z") / 1000;

function demo(sight: Sight = EVERYTHING) {
  let nowSeconds = NOW;
  const clock = { nowSeconds: () => nowSeconds };
  const mesh = createDemoMesh({ seed: 7, clock });
  const running = {
    clusters: mesh.clusters,
    clock,
    access: { viewerOf: async () => ANONYMOUS, sightOf: async () => sight },
  };
  const load = (query: Partial<ChangesQuery> = {}) =>
    loadChanges(running, ANONYMOUS, { namespaces: [], limit: 100, ...query }, AbortSignal.timeout(5000));
  return { mesh, load, wait: (seconds: number) => (nowSeconds += seconds) };
}

const short = ({
  kind,
  namespace,
  name,
  action,
  manager,
  at,
}: Awaited<ReturnType<ReturnType<typeof demo>["load"]>>["changes"][number]) =>
  `${(at - NOW) / 60} min: ${action} ${kind} ${namespace}/${name} by ${manager ?? "?"}`;

describe("changes of the demo mesh", () => {
  it("are the deployment of twenty minutes ago within the last hour, and the canary's step within two days", async () => {
    const { load } = demo();
    expect((await load()).changes.map(short)).toEqual([
      expect.stringMatching(/^-20 min: changed Deployment travel-agency\/.* by argocd-controller$/),
    ]);
    const days = await load({ startSeconds: NOW - 2 * 86_400 });
    expect(days.changes.map(short)).toContainEqual(
      expect.stringMatching(/^-1560 min: changed VirtualService .* by flagger$/),
    );
  });

  it("show what someone does, newest first, and no more than asked for", async () => {
    const { mesh, load, wait } = demo();
    const rule = meshObject("networking.istio.io/v1/VirtualService", "bookinfo/ratings", {
      spec: { hosts: ["ratings"] },
    });
    wait(60);
    await mesh.cluster.apply(rule);
    wait(60);
    await mesh.cluster.remove({
      group: "networking.istio.io",
      kind: "VirtualService",
      namespace: "bookinfo",
      name: "ratings",
    });
    const all = await load();
    expect(all.changes.slice(0, 2).map(short)).toEqual([
      "2 min: removed VirtualService bookinfo/ratings by ?",
      expect.stringMatching(/^1 min: (created|changed) VirtualService bookinfo\/ratings by /),
    ]);
    expect(all.truncated).toBe(false);
    const one = await load({ limit: 1 });
    expect([one.truncated, one.changes.map(({ action }) => action)]).toEqual([true, ["removed"]]);
    expect((await load({ namespaces: ["bookinfo"] })).changes).toHaveLength(2);
    expect((await load({ namespaces: ["default"] })).changes).toEqual([]);
  });

  it("begin with the namespace: what was in one of the same name before it was others'", async () => {
    const rule = { group: "networking.istio.io", kind: "VirtualService", namespace: "bookinfo", name: "reviews" };
    const namespace = { group: "", kind: "Namespace", namespace: "", name: "bookinfo" };
    const ofBookinfo = async (sight: Sight) => {
      const { mesh, load, wait } = demo(sight);
      await mesh.cluster.remove(rule);
      await mesh.cluster.remove(namespace);
      wait(120);
      const creationTimestamp = new Date((NOW + 120) * 1000).toISOString();
      await mesh.cluster.apply(
        meshObject("v1/Namespace", "bookinfo", { metadata: { name: "bookinfo", creationTimestamp } }),
      );
      return (await load({ namespaces: ["bookinfo"] })).changes.map(({ kind, action }) => `${action} ${kind}`);
    };
    expect(await ofBookinfo(EVERYTHING)).toContain("removed VirtualService");
    expect(await ofBookinfo(sightOf({ primary: { bookinfo: "all" } }))).toEqual(["created Namespace"]);
  });

  it("are those of objects that the viewer may list, where they may", async () => {
    const rule = { group: "networking.istio.io", kind: "VirtualService", namespace: "bookinfo", name: "reviews" };
    const change = async (sight: Sight) => {
      const { mesh, load } = demo(sight);
      await mesh.cluster.remove(rule);
      return (await load()).changes.map(({ kind, namespace }) => `${kind} ${namespace}`);
    };
    const virtualServices = ["networking.istio.io/VirtualService"] as const;
    expect(await change(sightOf({ primary: { bookinfo: virtualServices } }))).toEqual(["VirtualService bookinfo"]);
    expect(await change(sightOf({ primary: { bookinfo: ["/Service"] } }))).toEqual([]);
    expect(await change(sightOf({ primary: { "travel-agency": virtualServices } }))).toEqual([]);
    expect(await change(sightOf({ elsewhere: { "*": "all" } }))).toEqual([]);
  });
});
