/** What an explanation says, and the facts of a reading it is drawn from. */
import type { MeshNodes } from "#lib/domain/mesh/meshNodes.ts";
import type { Graph, GraphEdge, GraphNode } from "../graph.ts";
import { buildMeshLookup, type MeshLookup } from "../meshLookup.ts";

export type Fact = { readonly label: string; readonly value: string };

export type Explanation = {
  readonly kind:
    | "unknownCaller"
    | "passthrough"
    | "blackhole"
    | "unreached"
    | "noWorkload"
    | "dead"
    | "idle"
    | "outOfMesh"
    | "inaccessible"
    | "clientsOnly"
    | "serversOnly"
    | "tunnelOnly"
    | "plaintext"
    | "mixedTls"
    | "unknownTls"
    | "missing";
  /** One sentence. */
  readonly summary: string;
  /** What telemetry and configuration say, in this reading. */
  readonly evidence: readonly Fact[];
  /** What usually makes it so, most likely first, given the evidence. */
  readonly causes: readonly string[];
  readonly remedies: readonly string[];
};

/** A graph and its configuration, asked the questions that explanations need. */
export type Scene = {
  readonly mesh: MeshNodes;
  readonly lookup: MeshLookup;
  readonly node: (id: string) => GraphNode | undefined;
  readonly into: (id: string) => readonly GraphEdge[];
  readonly outOf: (id: string) => readonly GraphEdge[];
  /** Where calls to a node end: itself, or what lies behind it when it is a service or an operation. */
  readonly endsOf: (id: string) => readonly GraphNode[];
};

export function setScene(graph: Graph, mesh: MeshNodes): Scene {
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  const bySource = Map.groupBy(graph.edges, ({ source }) => source);
  const byTarget = Map.groupBy(graph.edges, ({ target }) => target);
  const outOf = (id: string) => bySource.get(id) ?? [];
  const endsOf = (id: string, seen: ReadonlySet<string> = new Set()): GraphNode[] => {
    const node = nodes.get(id);
    if (node === undefined || seen.has(id)) return [];
    const passes = isPassed(node, graph) && outOf(id).length > 0;
    return passes ? outOf(id).flatMap(({ target }) => endsOf(target, new Set([...seen, id]))) : [node];
  };
  return {
    mesh,
    lookup: buildMeshLookup(mesh),
    node: (id) => nodes.get(id),
    into: (id) => byTarget.get(id) ?? [],
    outOf,
    endsOf: (id) => [...new Set(endsOf(id))],
  };
}

/** Whether calls go on from a node: through operations always, through services where workloads are drawn behind them. */
export function isPassed({ type }: GraphNode, { graphType }: Graph): boolean {
  return type === "operation" || ((type === "service" || type === "serviceEntry") && graphType !== "service");
}
