import { expect, it } from "vitest";
import { mergeReports } from "#lib/domain/telemetry/mergeReporters.ts";
import { drawGraph } from "#test/builders/drawGraph.ts";
import { meshNodes, workloadNode } from "#test/builders/mesh.ts";
import { rateReport, requestRow, tcpRow } from "#test/builders/reports.ts";
import { buildGraph, DEFAULT_GRAPH_OPTIONS, type GraphOptions } from "../buildGraph.ts";

const report = rateReport({
  requests: [requestRow({ from: "web", to: "cart", service: "cart", responseCode: "503", perSecond: 5 })],
  tcp: [tcpRow({ from: "cart", to: "db", service: "db", perSecond: 900 })],
});
const mesh = meshNodes({ workloads: [workloadNode({ name: "batch" })] });

function graphOf(options: Partial<GraphOptions>) {
  return buildGraph(
    { edges: mergeReports(report).table, mesh, windowSeconds: 300 },
    { ...DEFAULT_GRAPH_OPTIONS, serviceNodes: false, ...options },
  );
}

it("hides a kind of traffic with the nodes that have no other", () => {
  const graph = graphOf({ protocols: new Set(["tcp"]) });
  expect(drawGraph(graph)).toEqual(["cart -> db 900 B/s"]);
  expect(graph.nodes.map(({ label }) => label)).toEqual(["cart", "db"]);
});

it("keeps idle nodes, which have nothing to hide", () => {
  const graph = graphOf({ protocols: new Set(), idleNodes: true });
  expect(graph.nodes.map(({ label }) => label)).toEqual(["batch"]);
});

it("does not heal a node whose failing calls are hidden", () => {
  const [cart] = graphOf({ protocols: new Set(["tcp"]) }).nodes;
  expect(cart).toMatchObject({ label: "cart", health: "failing" });
});
