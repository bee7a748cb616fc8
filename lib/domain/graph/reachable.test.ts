import { expect, it } from "vitest";
import { mergeReports } from "#lib/domain/telemetry/mergeReporters.ts";
import { meshNodes } from "#test/builders/mesh.ts";
import { rateReport, requestRow } from "#test/builders/reports.ts";
import { buildGraph, DEFAULT_GRAPH_OPTIONS } from "./buildGraph.ts";
import { reachable } from "./reachable.ts";

// a ─▶ b ─▶ c ─▶ b (cycle)   c ─▶ d   x ─▶ d
const calls = ["a b", "b c", "c b", "c d", "x d"].map((call) => {
  const [from = "", to = ""] = call.split(" ");
  return requestRow({ from, to, perSecond: 1 });
});
const graph = buildGraph(
  { edges: mergeReports(rateReport({ requests: calls })).table, mesh: meshNodes(), windowSeconds: 300 },
  { ...DEFAULT_GRAPH_OPTIONS, serviceNodes: false },
);
const id = (name: string) => `workload/primary/shop/${name}`;

it("finds everything up and down any path, through cycles, and nothing beside it", () => {
  const reach = reachable(graph, id("b"));
  expect([...reach.nodes].sort()).toEqual(["a", "b", "c", "d"].map(id));
  expect([...reach.edges].sort()).toEqual(
    ["a b", "b c", "c b", "c d"].map((call) => {
      const [from = "", to = ""] = call.split(" ");
      return `${id(from)}|${id(to)}|http`;
    }),
  );
});
