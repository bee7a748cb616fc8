/** What is left of a graph after the viewer's choices that are made on a finished graph: clusters, focus, hiding. */
import type { Graph } from "#lib/domain/graph/graph.ts";
import { compileExpression } from "./evaluate.ts";
import type { Expression } from "./expression.ts";
import { hideSelection } from "./hide.ts";
import { type Direction, focusOn, keepOnly, pathsBetween } from "./hops.ts";

/** Around one node, or from one node to another on the shortest ways or on all of at most MOST_HOPS. */
export type Focus =
  | { readonly kind: "around"; readonly id: string; readonly hops: number; readonly direction: Direction }
  | { readonly kind: "path"; readonly from: string; readonly to: string; readonly ways: "shortest" | "all" };

/** Hops that a map offers, as links write them. */
export const HOPS = ["1", "2", "3"] as const;
export const DIRECTIONS = ["both", "up", "down"] as const satisfies readonly Direction[];
export const WAYS = ["shortest", "all"] as const;

/** Hops of the longest way that "all" looks for, where the shortest is not longer. */
export const MOST_HOPS = 8;

export type Narrowing = {
  /** Empty: all. Nodes elsewhere stay that they call or are called by. */
  readonly clusters: readonly string[];
  readonly focus?: Focus | undefined;
  readonly hide?: Expression | undefined;
};

/** Clusters first, then the focus, then what is hidden within it. */
export function narrowGraph(graph: Graph, { clusters, focus, hide }: Narrowing): Graph {
  const chosen = focusGraph(keepClusters(graph, clusters), focus);
  return hide === undefined ? chosen : hideSelection(chosen, compileExpression(hide)(chosen));
}

/** Nothing is left when the focus is on what is not there, or when no call leads from one end to the other. */
function focusGraph(graph: Graph, focus: Focus | undefined): Graph {
  if (focus === undefined) return graph;
  if (focus.kind === "around") return keepOnly(graph, focusOn(graph, focus.id, focus.hops, focus.direction));
  const shortest = pathsBetween(graph, focus.from, focus.to);
  if (shortest === undefined) return { ...graph, nodes: [], edges: [] };
  if (focus.ways === "shortest") return keepOnly(graph, shortest);
  const longest = Math.max(MOST_HOPS, shortest.length);
  return keepOnly(graph, pathsBetween(graph, focus.from, focus.to, longest) ?? shortest);
}

function keepClusters(graph: Graph, clusters: readonly string[]): Graph {
  if (clusters.length === 0) return graph;
  const clusterOf = new Map(graph.nodes.map((node) => [node.id, node.cluster]));
  const isChosen = (id: string) => clusters.includes(clusterOf.get(id) ?? "");
  const edges = graph.edges.filter((edge) => isChosen(edge.source) || isChosen(edge.target));
  const kept = new Set(edges.flatMap((edge) => [edge.source, edge.target]));
  return { ...graph, edges, nodes: graph.nodes.filter((node) => kept.has(node.id) || isChosen(node.id)) };
}
