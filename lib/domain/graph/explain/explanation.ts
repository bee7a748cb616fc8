/** What an explanation says, and the facts of a reading it is drawn from. */
import type { MeshNodes } from "#lib/domain/mesh/meshNodes.ts";
import type { Graph, GraphEdge, GraphNode } from "../graph.ts";
import { type MeshLookup, meshLookupOf } from "../meshLookup.ts";

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
  /** Who makes the calls that leave a node: itself, or its callers when it is a service or an operation. */
  readonly startsOf: (id: string) => readonly GraphNode[];
  /** Where calls to a node end: itself, or what lies behind it when it is a service or an operation. */
  readonly endsOf: (id: string) => readonly GraphNode[];
};

export function setScene(graph: Graph, mesh: MeshNodes): Scene {
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  const bySource = Map.groupBy(graph.edges, ({ source }) => source);
  const byTarget = Map.groupBy(graph.edges, ({ target }) => target);
  const outOf = (id: string) => bySource.get(id) ?? [];
  const into = (id: string) => byTarget.get(id) ?? [];
  /** Follows calls from a node for as long as it is one they pass. */
  const follow = (id: string, next: (id: string) => readonly string[]): GraphNode[] => {
    const found = new Set<GraphNode>();
    const seen = new Set([id]);
    for (const at of seen) {
      const node = nodes.get(at);
      const onward = node !== undefined && isPassed(node, graph) ? next(at) : [];
      for (const other of onward) seen.add(other);
      if (node !== undefined && onward.length === 0) found.add(node);
    }
    return [...found];
  };
  return {
    mesh,
    lookup: meshLookupOf(mesh),
    node: (id) => nodes.get(id),
    into,
    outOf,
    startsOf: (id) => follow(id, (at) => into(at).map(({ source }) => source)),
    endsOf: (id) => follow(id, (at) => outOf(at).map(({ target }) => target)),
  };
}

/** Whether calls go on from a node: through operations always, through services where workloads are drawn behind them. */
export function isPassed({ type }: GraphNode, { graphType }: Graph): boolean {
  return type === "operation" || ((type === "service" || type === "serviceEntry") && graphType !== "service");
}
