/** The graph the map draws, built on the server for scripts. */
import { buildGraph } from "#lib/domain/graph/buildGraph.ts";
import type { Graph, GraphType } from "#lib/domain/graph/graph.ts";
import { type Narrowing, narrowGraph } from "#lib/domain/graph/select/narrow.ts";
import type { Protocol } from "#lib/domain/telemetry/edgeTable.ts";
import { indexLatency } from "#lib/domain/telemetry/latency.ts";
import type { QualityNote } from "#lib/domain/telemetry/quality.ts";
import type { Detail } from "#lib/domain/telemetry/reports.ts";
import type { Warning } from "#lib/ports.ts";
import type { Viewer } from "./access/viewer.ts";
import { loadReading, type ReadingSources } from "./loadReading.ts";

export type GraphRequest = {
  readonly graphType: GraphType;
  /** Empty: every namespace. */
  readonly namespaces: readonly string[];
  readonly windowSeconds: number;
  readonly atSeconds?: number | undefined;
  readonly serviceNodes: boolean;
  readonly idleNodes: boolean;
  readonly operations: boolean;
  readonly tunnelLegs: boolean;
  readonly protocols: readonly Protocol[];
  /** Ids of the boxes folded into one node. */
  readonly collapsed: readonly string[];
} & Narrowing;

export type LoadedGraph = {
  readonly graph: Graph;
  readonly asOf: number;
  readonly windowSeconds: number;
  readonly warnings: readonly Warning[];
  readonly quality: readonly QualityNote[];
};

/** Percentiles come for the chosen namespaces, averages for all. Rejects with SourceError. */
export async function loadGraph(
  running: ReadingSources,
  viewer: Viewer,
  { windowSeconds, atSeconds, ...view }: GraphRequest,
  signal: AbortSignal,
): Promise<LoadedGraph> {
  const latencyNamespaces = view.namespaces;
  const details: readonly Detail[] = ["messages", "throughput", ...(view.operations ? (["operations"] as const) : [])];
  const { reading } = await loadReading(
    running,
    viewer,
    { windowSeconds, atSeconds, latencyNamespaces, details, labels: true },
    signal,
  );
  const whole = buildGraph(
    {
      edges: reading.edges,
      mesh: reading.mesh,
      windowSeconds: reading.windowSeconds,
      health: reading.health,
      latency: reading.latency === undefined ? undefined : indexLatency(reading.edges, reading.latency),
    },
    {
      ...view,
      namespaces: new Set(view.namespaces),
      protocols: new Set(view.protocols),
      collapsed: new Set(view.collapsed),
    },
  );
  const graph = narrowGraph(whole, view);
  const { asOf, windowSeconds: used, warnings, quality } = reading;
  return { graph, asOf, windowSeconds: used, warnings, quality };
}
