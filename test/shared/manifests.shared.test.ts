/** Manifests as users have them, from the corpus beside the checkout: each is loaded, or refused with a reason. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { loadManifests } from "#lib/adapters/manifests/loadManifests.ts";
import { buildMeshNodes } from "#lib/domain/mesh/buildMeshNodes.ts";
import { indexOf } from "#test/builders/meshObjects.ts";

const shared = process.env["MESHSCOPE_SHARED"] ?? resolve(import.meta.dirname, "../../../shared");
const manifests = resolve(shared, "manifests");

describe.skipIf(!existsSync(manifests))("manifests beside the checkout", () => {
  test("are loaded, all but the fragments, which are refused as such", async () => {
    const { objects, refused } = await loadManifests(manifests);
    expect(objects.length).toBeGreaterThan(50);
    expect(refused.filter(({ message }) => !message.includes("this is a fragment"))).toEqual([]);
    expect(refused.every(({ file, line }) => file.includes("fragment") && line > 0)).toBe(true);
    expect(objects.filter(({ file }) => file.includes("fragment"))).toEqual([]);
  });

  test("make a node table without an exception", async () => {
    const { objects } = await loadManifests(manifests);
    const nodes = buildMeshNodes("primary", indexOf(...objects.map(({ object }) => object)));
    expect(nodes.workloads.map(({ name }) => name)).toContain("reviews-v1");
    expect(nodes.services.find(({ name }) => name === "reviews")?.workloads).toContain("reviews-v1");
  });
});
