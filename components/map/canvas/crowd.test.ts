import { expect, it } from "vitest";
import { graphLayoutInput } from "#lib/layout/graphLayoutInput.ts";
import { layoutGraph } from "#lib/layout/layoutGraph.ts";
import { sampleRoute } from "#lib/layout/route.ts";
import { drawnEdge, syntheticGraph } from "#test/fixtures/graphs.ts";
import { closeTo, EdgeFinder, quietPaths } from "./crowd.ts";

const graph = syntheticGraph(60, 120, 3);
const layout = layoutGraph(graphLayoutInput(graph));
const routes = new Map(layout.edges.map((edge) => [edge.id, edge.route]));

it("draws every quiet edge, in fewer paths than edges", () => {
  const near = Array.from({ length: 50 }, (_, index) => drawnEdge("a", `b${index}`));
  const route = [0, 0, 10, 0, 20, 0, 30, 0];
  const paths = quietPaths(near, new Map(near.map((edge) => [edge.id, route])));
  const lines = paths.filter((path) => path.kind !== "head");
  expect(
    lines
      .map((path) => path.d)
      .join("")
      .match(/M/g),
  ).toHaveLength(50);
  expect(paths.length).toBeLessThan(50);
});

it("finds an edge by where it runs, and nothing where none does", () => {
  const finder = new EdgeFinder(layout);
  const { id, route } = layout.edges[0]!;
  const points = sampleRoute(route, 16);
  const middle = Math.floor(points.length / 4) * 2;
  const found = finder.at(points[middle]!, points[middle + 1]!, 5);
  const near = sampleRoute(routes.get(found ?? id)!, 4);
  const distances = [...near.keys()]
    .filter((at) => at % 2 === 0)
    .map((at) => Math.hypot(near[at]! - points[middle]!, near[at + 1]! - points[middle + 1]!));
  expect(found).toBeDefined();
  expect(Math.min(...distances)).toBeLessThan(14);
  expect(finder.at(-500, -500, 5)).toBeUndefined();
});

it("keeps only a node's own edges and their ends close to it", () => {
  const [first] = graph.edges;
  const close = closeTo(graph, first!.source);
  const own = graph.edges.filter((edge) => edge.source === first!.source || edge.target === first!.source);
  expect([...close.edges].sort()).toEqual(own.map((edge) => edge.id).sort());
  expect(close.nodes.has(first!.target)).toBe(true);
});
