import { describe, expect, test } from "vitest";
import { differingPaths } from "./differingPaths.ts";

describe("paths that differ", () => {
  test.each([
    ["a value", { spec: { weight: 1 } }, { spec: { weight: 2 } }, ["spec.weight"]],
    ["an element that one list has more", { http: [{ a: 1 }] }, { http: [{ a: 1 }, { b: 2 }] }, ["http[1]"]],
    ["a subtree that one side lacks, as one path", { spec: {} }, { spec: { a: { b: 1, c: 2 } } }, ["spec.a"]],
    ["a list against a mapping", { spec: [] }, { spec: {} }, ["spec"]],
    ["null against nothing", { spec: null }, {}, ["spec"]],
    ["a key with dots, in quotes", { labels: { "a.b/c": "1" } }, { labels: {} }, ['labels["a.b/c"]']],
    ["a key that every object inherits", { labels: { constructor: "1" } }, { labels: {} }, ["labels.constructor"]],
    ["a key that names the prototype", JSON.parse('{"__proto__":1}'), {}, ["__proto__"]],
  ])("name %s", (_, left: unknown, right: unknown, paths) => {
    expect(differingPaths(left, right)).toEqual(paths);
  });

  test("are none for another order of keys", () => {
    expect(differingPaths({ a: 1, b: [{ c: 1, d: 2 }] }, { b: [{ d: 2, c: 1 }], a: 1 })).toEqual([]);
  });

  test("end after two hundred", () => {
    const many = Array.from({ length: 5_000 }, (_, at) => at);
    expect(differingPaths(many, [])).toHaveLength(200);
  });
});
