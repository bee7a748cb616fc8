/** From rows and configuration to the graph, as the product does it: merge, details, latency, build. */
import { buildGraph, DEFAULT_GRAPH_OPTIONS, type GraphOptions } from "#lib/domain/graph/buildGraph.ts";
import type { Graph, GraphEdge, GraphNode } from "#lib/domain/graph/graph.ts";
import type { MeshNodes } from "#lib/domain/mesh/meshNodes.ts";
import { addDetails } from "#lib/domain/telemetry/addDetails.ts";
import type { EdgeTable } from "#lib/domain/telemetry/edgeTable.ts";
import { buildLatencyTable, indexLatency } from "#lib/domain/telemetry/latency.ts";
import { mergeReports } from "#lib/domain/telemetry/mergeReporters.ts";
import type {
  BucketReport,
  DurationReport,
  MessageReport,
  OperationReport,
  RequestReport,
  TcpReport,
  ThroughputReport,
} from "#lib/domain/telemetry/reports.ts";
import { drawNode } from "./drawGraph.ts";
import { meshNodes } from "./mesh.ts";
import { rateReport } from "./reports.ts";

export type World = {
  readonly requests?: readonly RequestReport[];
  readonly tcp?: readonly TcpReport[];
  readonly messages?: readonly MessageReport[];
  readonly throughput?: readonly ThroughputReport[];
  readonly operations?: readonly OperationReport[];
  readonly durations?: readonly DurationReport[];
  readonly buckets?: readonly BucketReport[];
  readonly mesh?: MeshNodes;
};

const WINDOW_SECONDS = rateReport({}).windowSeconds;

/** The merged table of a world, with its details. */
export function tableOf({ requests = [], tcp = [], messages, throughput, operations }: World): EdgeTable {
  const report = rateReport({ requests, tcp });
  return addDetails(mergeReports(report), {
    ...report,
    ...(messages && { messages }),
    ...(throughput && { throughput }),
    ...(operations && { operations }),
  }).table;
}

/** The graph of a world, without service nodes unless asked for. */
export function graphOf(world: World, options: Partial<GraphOptions> = {}): Graph {
  const edges = tableOf(world);
  const { durations = [], buckets = [], mesh = meshNodes() } = world;
  const latency = buildLatencyTable({ ...rateReport({}), durations, buckets }, edges);
  return buildGraph(
    { edges, mesh, latency: indexLatency(edges, latency), windowSeconds: WINDOW_SECONDS },
    { ...DEFAULT_GRAPH_OPTIONS, serviceNodes: false, ...options },
  );
}

/** The node drawn so (drawNode). */
export function nodeOf(graph: Graph, drawn: string): GraphNode {
  const found = graph.nodes.find((candidate) => drawNode(candidate) === drawn);
  if (found === undefined) throw new Error(`no node ${drawn} among ${graph.nodes.map(drawNode).join(", ")}`);
  return found;
}

/** The only edge between two nodes. */
export function edgeOf(graph: Graph, source: string, target: string): GraphEdge {
  const [from, to] = [nodeOf(graph, source).id, nodeOf(graph, target).id];
  const [edge, ...others] = graph.edges.filter((candidate) => candidate.source === from && candidate.target === to);
  if (edge === undefined || others.length > 0)
    throw new Error(`${edge === undefined ? "no edge" : "several edges"} ${source} -> ${target}`);
  return edge;
}
