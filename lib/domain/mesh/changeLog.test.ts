import { describe, expect, it } from "vitest";
import { indexOf, meshObject } from "#test/builders/meshObjects.ts";
import { ChangeLog } from "./changeLog.ts";
import { changesBetween } from "./changesBetween.ts";
import { decodeMeshObject } from "./decodeMeshObject.ts";
import { MeshIndex } from "./meshIndex.ts";
import type { MeshObject } from "./meshObject.ts";

const NOON = Date.parse("2026-11-21T12:00:00Z") / 1000;
const at = (seconds: number) => new Date((NOON + seconds) * 1000).toISOString().replace(".000Z", "Z");

/** A VirtualService through the decoder, with the metadata that a server would send. */
function route(spec: unknown, metadata: Record<string, unknown> = {}, status?: unknown): MeshObject {
  const decoded = decodeMeshObject({
    apiVersion: "networking.istio.io/v1",
    kind: "VirtualService",
    metadata: { namespace: "shop", name: "web", ...metadata },
    spec,
    status,
  });
  if (decoded.object === undefined) throw new Error(decoded.problem);
  return decoded.object;
}

function managed(manager: string, seconds: number, more: Record<string, unknown> = {}) {
  return { manager, time: at(seconds), ...more };
}

/** An index whose changes a log hears of, as from a cluster that is watched. */
function watched(capacity?: number) {
  const log = new ChangeLog(NOON, capacity);
  let now = NOON;
  const index = new MeshIndex((before, after) => log.observe(before, after, now));
  return { log, index, at: (seconds: number) => (now = NOON + seconds) };
}

describe("the change log", () => {
  it("has who changed what and when, as the API server says it", () => {
    const { log, index, at: setNow } = watched();
    index.put(route({ hosts: ["web"] }, { managedFields: [managed("kubectl", 1)] }));
    setNow(9);
    index.put(route({ hosts: ["shop"] }, { managedFields: [managed("kubectl", 1), managed("argocd", 7)] }));
    setNow(20);
    index.remove({ group: "networking.istio.io", kind: "VirtualService", namespace: "shop", name: "web" });
    expect(log.between(NOON, NOON + 60).map(({ ref, ...change }) => [ref.name, change])).toEqual([
      ["web", { action: "created", atSeconds: NOON + 1, manager: "kubectl" }],
      ["web", { action: "changed", atSeconds: NOON + 7, manager: "argocd" }],
      ["web", { action: "removed", atSeconds: NOON + 20 }],
    ]);
  });

  it.each([
    ["a status", route({ hosts: ["web"] }, {}, { conditions: [{ type: "Ready" }] })],
    [
      "the lock of a leader",
      route({ hosts: ["web"] }, { annotations: { "control-plane.alpha.kubernetes.io/leader": "x" } }),
    ],
    ["the order of fields", route({ hosts: ["web"] })],
  ])("takes %s for no change", (_what, after) => {
    const { log, index } = watched();
    index.put(route({ hosts: ["web"] }));
    index.put(after);
    expect(log.between(0, NOON * 2).map(({ action }) => action)).toEqual(["created"]);
  });

  it.each([
    ["a label", { labels: { team: "a" } }],
    ["an annotation", { annotations: { note: "x" } }],
    ["what is not kept, by its generation", { generation: 3 }],
  ])("takes %s for a change", (_what, metadata) => {
    const { log, index } = watched();
    index.put(route({ hosts: ["web"] }, { generation: 2 }));
    index.put(route({ hosts: ["web"] }, { generation: 2, ...metadata }));
    expect(log.between(0, NOON * 2).map(({ action }) => action)).toEqual(["created", "changed"]);
  });

  it("leaves out what follows from other changes by itself", () => {
    const { log, index } = watched();
    index.put(meshObject("v1/Pod", "shop/web-1"));
    index.put(meshObject("apps/v1/ReplicaSet", "shop/web"));
    index.put(meshObject("discovery.k8s.io/v1/EndpointSlice", "shop/web"));
    index.put(meshObject("batch/v1/Job", "shop/nightly-1", { owner: { kind: "CronJob", name: "nightly" } }));
    index.put(meshObject("batch/v1/Job", "shop/migrate"));
    expect(log.between(0, NOON * 2).map(({ ref }) => ref.name)).toEqual(["migrate"]);
  });

  it("keeps the newest changes, and says from when on they are all there", () => {
    const { log, index, at: setNow } = watched(2);
    for (const second of [10, 20, 30]) {
      setNow(second);
      index.put(route({ hosts: [`host-${second}`] }));
    }
    expect(
      log
        .between(0, NOON * 2)
        .map(({ atSeconds }) => atSeconds - NOON)
        .sort((left, right) => left - right),
    ).toEqual([20, 30]);
    expect(log.sinceSeconds).toBe(NOON + 11);
  });
});

describe("changes between two moments", () => {
  const old = route(
    { hosts: ["web"] },
    {
      creationTimestamp: at(-3600),
      managedFields: [
        managed("kubectl", -3600),
        managed("argocd", -600),
        managed("pilot-discovery", -60, { subresource: "status" }),
        managed("controller", -50, {
          fieldsV1: { "f:metadata": { "f:annotations": { "f:deployment.kubernetes.io/revision": {} } } },
        }),
        managed("controller", -40, { fieldsV1: { "f:status": {} } }),
      ],
    },
  );

  it("come from metadata where nobody watched, without who only wrote a status", () => {
    const changes = changesBetween(indexOf(old), new ChangeLog(NOON), NOON - 7200, NOON);
    expect(changes.map(({ ref: _ref, ...change }) => change)).toEqual([
      { action: "changed", atSeconds: NOON - 600, manager: "argocd", known: "fromMetadata" },
      { action: "created", atSeconds: NOON - 3600, manager: "kubectl", known: "fromMetadata" },
    ]);
  });

  it("are those of the stretch alone", () => {
    const changes = changesBetween(indexOf(old), new ChangeLog(NOON), NOON - 700, NOON - 500);
    expect(changes.map(({ action }) => action)).toEqual(["changed"]);
  });

  it("are said once, though both the log and the object know of them", () => {
    const { log, index, at: setNow } = watched();
    setNow(5);
    index.put(route({ hosts: ["web"] }, { creationTimestamp: at(4), managedFields: [managed("kubectl", 4)] }));
    setNow(9);
    index.put(
      route(
        { hosts: ["shop"] },
        { creationTimestamp: at(4), managedFields: [managed("kubectl", 4), managed("argocd", 8)] },
      ),
    );
    const changes = changesBetween(index, log, NOON, NOON + 60);
    expect(changes.map(({ action, known, atSeconds }) => [action, known, atSeconds - NOON])).toEqual([
      ["changed", "seen", 8],
      ["created", "seen", 4],
    ]);
  });

  it("ignore times that are none", () => {
    const odd = route({}, { creationTimestamp: "yesterday", managedFields: [{ manager: "x", time: "soon" }] });
    expect(changesBetween(indexOf(odd), new ChangeLog(0), 0, NOON * 2)).toEqual([]);
  });
});
