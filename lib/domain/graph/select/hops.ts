/** Neighbourhoods and ways, counted in hops. Services between callers and workloads count as a hop, as they are drawn. */
import type { Graph } from "#lib/domain/graph/graph.ts";
import type { Reach } from "#lib/domain/graph/reachable.ts";

export type Direction = "up" | "down" | "both";

/**
 * Everything at most `hops` calls up from a node, down from it, or both, and the edges walked. "both" is upstream and
 * downstream, not their neighbours in turn:
 *
 *   a ─▶ b ─▶ (c) ─▶ d        both, 1 hop: b, c, d        x is one hop from d, but no call leads through c
 *             x ─▶ d
 */
export function focusOn(graph: Graph, start: string, hops: number, direction: Direction): Reach {
  const edges = new Set<string>();
  const nodes = new Set([start]);
  for (const way of direction === "both" ? (["up", "down"] as const) : [direction]) {
    const distances = distancesFrom(graph, start, way);
    for (const [id, distance] of distances) if (distance <= hops) nodes.add(id);
    for (const { id, source, target } of graph.edges) {
      const near = distances.get(way === "down" ? source : target);
      if (near !== undefined && near < hops) edges.add(id);
    }
  }
  return { nodes, edges };
}

export type Paths = Reach & {
  /** Hops of the shortest. */
  readonly length: number;
};

/**
 * Nodes and edges on the ways calls can take from one node to another in at most `longest` hops, or on the shortest ways
 * alone when `longest` is absent; undefined when there is none. Longer ways are walks: they may pass a node twice.
 *
 *   from ─▶ a ─▶ to           shortest: from, to (1 hop)
 *   from ───────▶ to          at most 2: a as well
 */
export function pathsBetween(graph: Graph, from: string, to: string, longest?: number): Paths | undefined {
  const fromStart = distancesFrom(graph, from, "down");
  const toEnd = distancesFrom(graph, to, "up");
  const length = fromStart.get(to);
  if (length === undefined || length > (longest ?? length)) return undefined;
  const most = longest ?? length;
  const lengthOver = (left: string, right: string) =>
    (fromStart.get(left) ?? Infinity) + (toEnd.get(right) ?? Infinity);
  const edges = graph.edges.filter(({ source, target }) => lengthOver(source, target) + 1 <= most);
  const nodes = new Set([from, to, ...edges.flatMap(({ source, target }) => [source, target])]);
  return { length, nodes, edges: new Set(edges.map(({ id }) => id)) };
}

/** Hops to every node that calls lead to (down) or come from (up), itself included at 0. */
function distancesFrom(graph: Graph, start: string, way: "up" | "down"): ReadonlyMap<string, number> {
  const next = new Map<string, string[]>();
  for (const { source, target } of graph.edges) {
    const [near, far] = way === "down" ? [source, target] : [target, source];
    const neighbours = next.get(near);
    if (neighbours === undefined) next.set(near, [far]);
    else neighbours.push(far);
  }
  const distances = new Map([[start, 0]]);
  const queue = [start];
  // The queue grows while it is walked: breadth first.
  for (const id of queue) {
    for (const other of next.get(id) ?? []) {
      if (distances.has(other)) continue;
      distances.set(other, (distances.get(id) ?? 0) + 1);
      queue.push(other);
    }
  }
  return distances;
}

/** The part of a graph that lies in a reach. */
export function keepOnly(graph: Graph, { nodes, edges }: Reach): Graph {
  return {
    ...graph,
    nodes: graph.nodes.filter(({ id }) => nodes.has(id)),
    edges: graph.edges.filter(({ id }) => edges.has(id)),
  };
}
