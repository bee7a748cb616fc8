import { expect, test } from "vitest";
import { buildGraph, DEFAULT_GRAPH_OPTIONS } from "#lib/domain/graph/buildGraph.ts";
import type { GraphEdge, GraphNode, GraphType } from "#lib/domain/graph/graph.ts";
import { mergeReports } from "#lib/domain/telemetry/mergeReporters.ts";
import type { EndScope } from "#lib/domain/telemetry/timeSeries.ts";
import { demoAtRest, demoNodes, NOON, never } from "#test/builders/demo.ts";

/** What series are asked for an end of an edge; undefined for ends without a namespace and for hosts outside the mesh. */
function endScope({ type, cluster, namespace, workload, app, version, service }: GraphNode): EndScope | undefined {
  if (namespace === "" || type === "serviceEntry") return undefined;
  if (service !== undefined) return { kind: "service", cluster, namespace, service };
  if (type === "app" && app !== undefined)
    return { kind: "app", cluster, namespace, app, ...(version !== undefined && { version }) };
  return workload === undefined ? undefined : { kind: "workload", cluster, namespace, workload };
}

test.each(["workload", "app", "versionedApp"] satisfies GraphType[])(
  "the series of every edge of the %s graph end at the edge's rate, however its two sides disagree",
  async (graphType) => {
    const { mesh, rates } = demoAtRest();
    const { table } = mergeReports(await rates());
    const graph = buildGraph(
      { edges: table, mesh: demoNodes(mesh), windowSeconds: 300 },
      { ...DEFAULT_GRAPH_OPTIONS, graphType },
    );
    const ends = new Map(graph.nodes.map((node) => [node.id, endScope(node)]));
    const span = { startSeconds: NOON - 60, endSeconds: NOON, stepSeconds: 60 };
    const wrong: string[] = [];
    let compared = 0;
    for (const { source, target } of graph.edges) {
      const [from, to] = [ends.get(source), ends.get(target)];
      if (from === undefined || to === undefined) continue;
      compared += 1;
      const request = { scope: { kind: "edge", from, to }, direction: "inbound", ...span } as const;
      const series = await mesh.telemetry.readSeries(request, never);
      // HTTP and gRPC between the same two ends are one series.
      const both = graph.edges.filter((edge) => edge.source === source && edge.target === target);
      const sum = (figure: (edge: GraphEdge) => number) => both.reduce((total, edge) => total + figure(edge), 0);
      const compare = (figure: string, values: readonly (number | undefined)[], expected: number) => {
        const value = values.at(-1) ?? 0;
        if (Math.abs(value - expected) > expected * 1e-4 + 1e-6)
          wrong.push(`${source} → ${target}: ${figure} ${value} instead of ${expected}`);
      };
      compare(
        "requests",
        series.requestsPerSecond,
        sum((edge) => (edge.protocol === "tcp" ? 0 : edge.requestsPerSecond)),
      );
      compare(
        "errors",
        series.errorsPerSecond,
        sum((edge) => (edge.protocol === "tcp" ? 0 : edge.errorsPerSecond)),
      );
      compare(
        "bytes",
        series.tcpBytesPerSecond,
        sum((edge) => (edge.protocol === "tcp" ? edge.sentBytesPerSecond + edge.receivedBytesPerSecond : 0)),
      );
    }
    expect(wrong).toEqual([]);
    expect(compared).toBeGreaterThan(60);
  },
);
