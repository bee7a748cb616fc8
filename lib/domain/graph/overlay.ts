import type { Graph } from "./graph.ts";

/** A graph with what another had and it has not: both moments in one picture, the figures of `after` where there are two. */
export function overlayGraphs(before: Graph, after: Graph): Graph {
  return { ...after, nodes: union(after.nodes, before.nodes), edges: union(after.edges, before.edges) };
}

function union<Item extends { readonly id: string }>(first: readonly Item[], second: readonly Item[]): Item[] {
  const known = new Set(first.map(({ id }) => id));
  const all = [...first, ...second.filter(({ id }) => !known.has(id))];
  // By id, as graphs are: what comes back finds its place again.
  return all.sort((left, right) => (left.id < right.id ? -1 : 1));
}
