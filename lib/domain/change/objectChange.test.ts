import { describe, expect, test } from "vitest";
import { type KubernetesObject, undoOf, withoutServerFields } from "./objectChange.ts";

const stored: KubernetesObject = {
  apiVersion: "networking.istio.io/v1",
  kind: "VirtualService",
  metadata: {
    name: "reviews",
    namespace: "shop",
    uid: "u1",
    resourceVersion: "7",
    generation: 3,
    creationTimestamp: "2026-11-21T12:00:00Z",
    deletionTimestamp: "2026-11-21T12:00:00Z",
    selfLink: "/x",
    managedFields: [{ manager: "kubectl" }],
    labels: { app: "reviews" },
    annotations: { note: "kept" },
    finalizers: ["example.org/hold"],
    ownerReferences: [{ kind: "Helm", name: "x", uid: "o1" }],
  },
  spec: { hosts: ["reviews"] },
  status: { observedGeneration: 3 },
};
const writersPart = {
  labels: { app: "reviews" },
  annotations: { note: "kept" },
  finalizers: ["example.org/hold"],
  ownerReferences: [{ kind: "Helm", name: "x", uid: "o1" }],
};

describe("what is sent of an object", () => {
  test("is the writer's part and, for an update, which version it was made from", () => {
    expect(withoutServerFields(stored, "preconditions")).toEqual({
      apiVersion: "networking.istio.io/v1",
      kind: "VirtualService",
      metadata: { name: "reviews", namespace: "shop", uid: "u1", resourceVersion: "7", ...writersPart },
      spec: { hosts: ["reviews"] },
    });
  });

  test("names no version where the object is new", () => {
    const { metadata } = withoutServerFields(stored, "nothing");
    expect(metadata).toEqual({ name: "reviews", namespace: "shop", ...writersPart });
  });
});

describe("undo", () => {
  const edited = { ...stored, spec: { hosts: ["other"] }, metadata: { ...stored.metadata, resourceVersion: "8" } };
  const ref = { group: "networking.istio.io", kind: "VirtualService", namespace: "shop", name: "reviews" };

  test("of an update is an update back, on top of the version that the update made", () => {
    const undo = undoOf({ action: "update", object: edited }, { before: stored, after: edited });
    expect(undo).toMatchObject({
      action: "update",
      object: { metadata: { resourceVersion: "8", uid: "u1" }, spec: { hosts: ["reviews"] } },
    });
  });

  test("of a new object is its deletion, as long as nobody has changed it", () => {
    expect(undoOf({ action: "create", object: stored }, { after: stored })).toEqual({
      action: "delete",
      ref,
      resourceVersion: "7",
      uid: "u1",
    });
  });

  test("of a deletion is a new object like it", () => {
    const undo = undoOf({ action: "delete", ref, resourceVersion: "7" }, { before: stored });
    expect(undo).toEqual({ action: "create", object: withoutServerFields(stored, "nothing") });
  });

  test("is not offered for an object that waits for its finalizers: it is still there", () => {
    expect(undoOf({ action: "delete", ref, resourceVersion: "7" }, { before: stored, after: stored })).toBeUndefined();
  });
});
