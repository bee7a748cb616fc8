import { expect, it } from "vitest";
import { sketch, syntheticGraph } from "#test/fixtures/graphs.ts";
import { rankNodes } from "./rank.ts";

it("ranks by the number of edges, equals alike", () => {
  expect([...rankNodes(sketch("a > hub", "b > hub", "lone"))]).toEqual([
    ["a", 2],
    ["hub", 1],
    ["b", 2],
    ["lone", 3],
  ]);
});

it("ends at 100, however many nodes there are", () => {
  const star = sketch(
    ...Array.from({ length: 150 }, (_, hub) =>
      Array.from({ length: hub }, (_, at) => `n${hub}-${at} > h${hub}`),
    ).flat(),
  );
  const ranks = [...rankNodes(star).values()];
  expect([Math.min(...ranks), Math.max(...ranks)]).toEqual([1, 100]);
  expect(rankNodes(syntheticGraph(50, 100, 1)).size).toBe(50);
});
