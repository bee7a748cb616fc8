import { describe, expect, it } from "vitest";
import type { ClusterSight, Sight } from "./sight.ts";
import { EVERYTHING, seesKind, seesNamespace } from "./sight.ts";

const developer: ClusterSight = {
  everyNamespace: false,
  kinds: new Set(["gateway.networking.k8s.io/GatewayClass"]),
  namespaces: new Map([["shop", new Set(["/Pod", "/Service"] as const)]]),
};
const sight: Sight = { key: "developer", clusters: new Map([["east", developer]]) };

describe("sight", () => {
  it("shows a namespace that may be read, and no other", () => {
    expect(seesNamespace(sight, "east", "shop")).toBe(true);
    expect(seesNamespace(sight, "east", "pay")).toBe(false);
  });

  it("shows nothing of a cluster that the viewer has no rights in, although a namespace there has the same name", () => {
    expect(seesNamespace(sight, "west", "shop")).toBe(false);
    expect(seesKind(sight, "west", "/Pod", "shop")).toBe(false);
  });

  it("shows the kinds that may be listed in a namespace, and no others", () => {
    expect(seesKind(sight, "east", "/Service", "shop")).toBe(true);
    expect(seesKind(sight, "east", "networking.istio.io/VirtualService", "shop")).toBe(false);
    expect(seesKind(sight, "east", "/Service", "pay")).toBe(false);
  });

  it("shows a cluster-scoped kind that may be listed", () => {
    expect(seesKind(sight, "east", "gateway.networking.k8s.io/GatewayClass", "")).toBe(true);
    expect(seesKind(sight, "east", "/Node", "")).toBe(false);
  });

  it("does not show a kind that may be listed everywhere in a namespace that may not be seen", () => {
    const everywhere: ClusterSight = { ...developer, kinds: new Set(["/Service"]) };
    const wide: Sight = { key: "wide", clusters: new Map([["east", everywhere]]) };
    expect(seesKind(wide, "east", "/Service", "pay")).toBe(false);
    expect(seesKind(wide, "east", "/Service", "shop")).toBe(true);
  });

  it("shows whatever there is to who sees everything", () => {
    expect(seesNamespace(EVERYTHING, "anywhere", "any")).toBe(true);
    expect(seesKind(EVERYTHING, "anywhere", "/Node", "")).toBe(true);
  });
});
