import { expect, it } from "vitest";
import { drawnEdge, drawnNode, sketch, withTotals } from "#test/fixtures/graphs.ts";
import { overlayGraphs } from "./overlay.ts";

it("shows what was and what is, with the figures of now", () => {
  const before = sketch("a > b > c");
  const after = withTotals([drawnNode("a"), drawnNode("b")], [drawnEdge("a", "b", { rate: 99 })]);
  const both = overlayGraphs(before, after);
  expect(both.nodes.map(({ id }) => id)).toEqual(["a", "b", "c"]);
  expect(both.edges).toMatchObject([{ id: "a|b|http", requestsPerSecond: 99 }, { id: "b|c|http" }]);
});
