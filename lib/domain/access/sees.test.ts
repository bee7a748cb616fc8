import { describe, expect, it } from "vitest";
import { sightOf } from "#test/builders/sights.ts";
import { seesIn } from "./sees.ts";
import { EVERYTHING } from "./sight.ts";

const CLUSTERS = ["east", "west"];

describe("who sees a namespace of telemetry", () => {
  it("is decided in its cluster", () => {
    const sees = seesIn(sightOf({ east: { shop: "all" } }), CLUSTERS);
    expect([sees("east", "shop"), sees("west", "shop"), sees("east", "pay")]).toEqual([true, false, false]);
  });

  it("is decided in every cluster where the row names none, or one that is not read", () => {
    const one = seesIn(sightOf({ east: { shop: "all" } }), CLUSTERS);
    expect([one("", "shop"), one("Kubernetes", "shop")]).toEqual([false, false]);
    const both = seesIn(sightOf({ east: { shop: "all" }, west: { shop: "all" } }), CLUSTERS);
    expect([both("", "shop"), both("Kubernetes", "shop"), both("", "pay")]).toEqual([true, true, false]);
  });

  it("lets what is in no namespace be seen by itself only by who sees every namespace of every cluster", () => {
    expect(seesIn(sightOf({ east: { "*": "all" }, west: { shop: "all" } }), CLUSTERS)("", "")).toBe(false);
    expect(seesIn(sightOf({ east: { "*": "all" }, west: { "*": "all" } }), CLUSTERS)("", "")).toBe(true);
  });

  it("shows nothing while no cluster is known, but to who sees everything", () => {
    expect(seesIn(sightOf({ east: { "*": "all" } }), [])("east", "shop")).toBe(false);
    expect(seesIn(EVERYTHING, [])("east", "shop")).toBe(true);
  });
});
