import { expect, it } from "vitest";
import { diffGraphs } from "#lib/domain/graph/diff.ts";
import { drawnEdge, drawnNode, withTotals } from "#test/fixtures/graphs.ts";
import { changeMarks, formatChange } from "./changeWords.ts";
import { compareSeconds } from "./useComparison.ts";

const plain = (text: string | undefined) => text?.replaceAll("\u00a0", " ");
const change = (before: number, after: number) => ({
  before,
  after,
  absolute: after - before,
  ...(before === 0 ? {} : { relative: (after - before) / before }),
  significant: true,
});

it.each([
  ["rate", 10, 25, "+150 %"],
  ["rate", 10, 6, "−40 %"],
  ["rate", 1, 12, "×12"],
  ["rate", 0, 5, "+5.00 rps"],
  ["errorPercent", 0, 4.1, "+4.1 points"],
  ["p95", 200, 100, "−50 %"],
  ["rate", 10, 10, ""],
] as const)("a change of %s from %d to %d reads %s", (figure, before, after, text) => {
  expect(plain(formatChange(figure, change(before, after)))).toBe(text);
});

it("marks what is new, gone, more and less, and leaves the rest alone", () => {
  const nodes = ["a/x", "a/y", "a/z"].map((id) => drawnNode(id));
  const before = withTotals(nodes, [
    drawnEdge("a/x", "a/y", { rate: 10 }),
    drawnEdge("a/y", "a/z", { rate: 10 }),
    drawnEdge("a/z", "a/x", { rate: 10 }),
  ]);
  const after = withTotals(nodes, [
    drawnEdge("a/x", "a/y", { rate: 20 }),
    drawnEdge("a/y", "a/z", { rate: 10 }),
    drawnEdge("a/x", "a/z", { rate: 10 }),
  ]);
  const marks = changeMarks(diffGraphs({ graph: before, windowSeconds: 300 }, { graph: after, windowSeconds: 300 }));
  expect(
    [...marks].filter(([id]) => id.includes("|")).map(([id, { state, text }]) => [id, state, plain(text)]),
  ).toEqual([
    ["a/x|a/y|http", "more", "+100 % rps"],
    ["a/x|a/z|http", "added", "+10.0 rps"],
    ["a/z|a/x|http", "removed", "−100 % rps"],
  ]);
});

it("compares with a moment that moves with the present, by the minute", () => {
  expect(compareSeconds({ agoSeconds: 3600 }, 100_059)).toBe(96_420);
  expect(compareSeconds({ atSeconds: 5 }, 100_059)).toBe(5);
});
