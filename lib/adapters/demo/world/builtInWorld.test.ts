import { describe, expect, test } from "vitest";
import { groupOf, type MeshObject, refOf } from "#lib/domain/mesh/meshObject.ts";
import { builtInWorld } from "./builtInWorld.ts";

const world = builtInWorld(1);
const west = world.elsewhere?.["west"] ?? [];
const WORKLOAD_KINDS = new Set(["Deployment", "StatefulSet", "DaemonSet", "CronJob"]);

describe("the built-in world", () => {
  test("has a program for each workload and no other", () => {
    const namesOf = (objects: readonly MeshObject[]) =>
      objects
        .filter(({ kind }) => WORKLOAD_KINDS.has(kind))
        .map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
    // West's istiod does what the other one does.
    const own = namesOf(west).filter((name) => name !== "istio-system/istiod");
    const names = [...namesOf(world.objects), ...own.map((name) => `west/${name}`)];
    expect(Object.keys(world.programs).sort()).toEqual(names.sort());
  });

  test("names each object of a cluster once and each root once", () => {
    for (const objects of [world.objects, west]) {
      const refs = objects.map((object) => JSON.stringify(refOf(object)));
      expect(new Set(refs).size).toBe(refs.length);
    }
    expect(new Set(world.roots.map((root) => root.name)).size).toBe(world.roots.length);
  });

  test("calls only Services it has, besides three hosts outside", () => {
    const services = [...world.objects, ...west].filter((object) => object.kind === "Service");
    const known = new Set(services.map(({ metadata }) => `${metadata.name}.${metadata.namespace}.svc.cluster.local`));
    const called = Object.values(world.programs).flatMap((program) => program.calls.map((call) => call.host));
    expect([...new Set(called.filter((host) => !known.has(host)))].sort()).toEqual([
      "api.cardprocessor.example",
      "fonts.cdn.example",
      "hooks.chat.example",
    ]);
  });

  test("has every kind of Istio and the Gateway API that people meet", () => {
    const kinds = new Set(world.objects.map((object) => `${groupOf(object.apiVersion).split(".")[0]}/${object.kind}`));
    for (const kind of ["Gateway", "VirtualService", "DestinationRule", "ServiceEntry", "Sidecar"])
      expect(kinds).toContain(`networking/${kind}`);
    for (const kind of ["PeerAuthentication", "AuthorizationPolicy"]) expect(kinds).toContain(`security/${kind}`);
    for (const kind of ["GatewayClass", "Gateway", "HTTPRoute", "GRPCRoute", "ReferenceGrant"])
      expect(kinds).toContain(`gateway/${kind}`);
    expect(kinds).toContain("telemetry/Telemetry");
  });

  test("changed something in the past that is still there", () => {
    const refs = new Set(world.objects.map((object) => JSON.stringify(refOf(object))));
    expect(world.pastChanges.length).toBeGreaterThan(0);
    for (const { before } of world.pastChanges) expect(refs).toContain(JSON.stringify(refOf(before)));
  });
});
