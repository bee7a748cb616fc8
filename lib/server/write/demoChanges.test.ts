/** Changes of the demo mesh, through the same routes. */
import { afterAll, describe, expect, test } from "vitest";
import { GET as readClusters } from "#app/api/v1/clusters/route.ts";
import { GET as readObject } from "#app/api/v1/object/route.ts";
import { POST as postChange } from "#app/api/v1/objects/route.ts";
import { GET as readPermissions } from "#app/api/v1/permissions/route.ts";
import type { ClustersDocument } from "#lib/api/clusters.ts";
import type { ChangeAnswer, ObjectAnswer, Permissions } from "#lib/api/objects.ts";
import { demoAtRest, requestRate } from "#test/builders/demo.ts";
import { writingWorld } from "#test/builders/writing.ts";

const demo = demoAtRest();
const world = writingWorld(demo.mesh.clusters, { MESHSCOPE_DEMO: "true" });
// Somebody who looks at a demo that runs elsewhere.
world.peer = "10.1.2.3";
afterAll(async () => {
  world.close();
  await demo.mesh.close();
});

const REVIEWS = { group: "networking.istio.io", kind: "VirtualService", namespace: "bookinfo", name: "reviews" };
const query = new URLSearchParams({ cluster: "primary", ...REVIEWS });

async function change(body: object): Promise<ChangeAnswer> {
  const response = await world.ask(postChange, "/api/v1/objects", { cluster: "primary", change: body });
  expect(response.status).toBe(200);
  return (await response.json()) as ChangeAnswer;
}

describe("the demo", () => {
  test("obeys what is written, and what is taken back", async () => {
    const { object, permissions } = (await (
      await world.ask(readObject, `/api/v1/object?${query}`)
    ).json()) as ObjectAnswer;
    expect(permissions).toEqual({ update: true, delete: true });
    const v1 = { reporter: "destination", destinationWorkload: "reviews-v1" } as const;
    const usual = requestRate(await demo.rates(), v1);

    const http = [{ route: [{ destination: { host: "reviews", subset: "v3" } }] }];
    const { undo = {} } = await change({ action: "update", object: { ...object, spec: { hosts: ["reviews"], http } } });
    demo.clock.advance(120);
    expect(requestRate(await demo.rates(), v1)).toBe(0);

    await change(undo);
    demo.clock.advance(120);
    // The load itself rises a little with the hour.
    expect(requestRate(await demo.rates(), v1) / usual).toBeCloseTo(1, 1);
  });

  test("says of each cluster that it can be written", async () => {
    const answer = await world.ask(readClusters, "/api/v1/clusters");
    const { clusters } = (await answer.json()) as ClustersDocument;
    expect(clusters.map(({ cluster, writes }) => [cluster, writes])).toEqual([
      ["primary", { state: "enabled" }],
      ["west", { state: "enabled" }],
    ]);
  });

  test("lets everybody do everything", async () => {
    const answer = await world.ask(readPermissions, "/api/v1/permissions?cluster=primary&namespace=bookinfo");
    const { writes, kinds } = (await answer.json()) as Permissions;
    expect(writes).toEqual({ state: "enabled" });
    expect(kinds.length).toBeGreaterThan(20);
    expect(kinds.every(({ create, update, delete: remove }) => create && update && remove)).toBe(true);
  });

  test("does not let anybody change what is neither of Istio nor of the Gateway API", async () => {
    const ref = { group: "apps", kind: "Deployment", namespace: "bookinfo", name: "reviews-v1" };
    const body = { cluster: "primary", change: { action: "delete", ref, resourceVersion: "1" } };
    expect((await world.ask(postChange, "/api/v1/objects", body)).status).toBe(403);
  });
});
