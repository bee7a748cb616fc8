import { describe, expect, test } from "vitest";
import { type KubernetesObject, undoOf } from "#lib/domain/change/objectChange.ts";
import { demoAtRest, never } from "#test/builders/demo.ts";
import type { DemoMesh } from "./demoMesh.ts";

const REVIEWS = { group: "networking.istio.io", kind: "VirtualService", namespace: "bookinfo", name: "reviews" };
const options = { as: { kind: "process" }, dryRun: false } as const;
const dry = { ...options, dryRun: true } as const;

async function read({ cluster }: DemoMesh): Promise<KubernetesObject> {
  const object = await cluster.writer.read(REVIEWS, options.as, never);
  if (object === undefined) throw new Error("the demo has no reviews");
  return object;
}

const copy = (object: KubernetesObject): KubernetesObject => ({
  ...object,
  metadata: { name: "copy", namespace: "bookinfo" },
});

describe("writing in the demo", () => {
  test("a dry run shows the outcome and leaves nothing behind", async () => {
    const { mesh } = demoAtRest();
    const object = await read(mesh);
    const { version } = mesh.cluster.snapshot();
    const edited = { ...object, spec: { hosts: ["reviews"] } };
    const update = await mesh.cluster.writer.write({ action: "update", object: edited }, dry, never);
    expect(update.after?.["spec"]).toEqual({ hosts: ["reviews"] });
    await mesh.cluster.writer.write({ action: "create", object: copy(object) }, dry, never);
    await mesh.cluster.writer.write(
      { action: "delete", ref: REVIEWS, resourceVersion: String(object.metadata.resourceVersion) },
      dry,
      never,
    );
    expect(mesh.cluster.snapshot().version).toBe(version);
    expect(await read(mesh)).toEqual(object);
  });

  test("of two editors who read the same version the second is refused, and shown the first one's", async () => {
    const { mesh } = demoAtRest();
    const object = await read(mesh);
    const edit = (spec: unknown) =>
      mesh.cluster.writer.write({ action: "update", object: { ...object, spec } }, options, never);
    await edit({ hosts: ["first"] });
    await expect(edit({ hosts: ["second"] })).rejects.toMatchObject({
      name: "WriteError",
      reason: "conflict",
      current: { spec: { hosts: ["first"] } },
    });
  });

  test("every change can be undone", async () => {
    const { mesh } = demoAtRest();
    const { writer } = mesh.cluster;
    const object = await read(mesh);
    const resourceVersion = String(object.metadata.resourceVersion);
    const deletion = { action: "delete", ref: REVIEWS, resourceVersion } as const;
    const undo = undoOf(deletion, await writer.write(deletion, options, never));
    if (undo === undefined) throw new Error("no way back");
    const again = await writer.write(undo, options, never);
    expect((await read(mesh))["spec"]).toEqual(object["spec"]);
    const back = undoOf(undo, again);
    if (back === undefined) throw new Error("no way back");
    await writer.write(back, options, never);
    expect(await writer.read(REVIEWS, options.as, never)).toBeUndefined();
  });

  test("a new object where there is one, and a change of one that is gone, are refused", async () => {
    const { mesh } = demoAtRest();
    const { writer } = mesh.cluster;
    const object = await read(mesh);
    await expect(writer.write({ action: "create", object }, dry, never)).rejects.toMatchObject({ reason: "exists" });
    await mesh.cluster.remove(REVIEWS);
    await expect(writer.write({ action: "update", object }, dry, never)).rejects.toMatchObject({ reason: "missing" });
  });
});
