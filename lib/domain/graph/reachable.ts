/** What lies upstream and downstream of a node: everything a failure may come from or spread to. */
import type { Graph, GraphEdge } from "./graph.ts";

export type Reach = { readonly nodes: ReadonlySet<string>; readonly edges: ReadonlySet<string> };

/** Nodes and edges on any path into or out of `start`, which is included. Cycles end where they began. */
export function reachable(graph: Graph, start: string): Reach {
  const outgoing = groupBy(graph.edges, (edge) => edge.source);
  const incoming = groupBy(graph.edges, (edge) => edge.target);
  const nodes = new Set([start]);
  const edges = new Set<string>();
  const walk = (next: ReadonlyMap<string, readonly GraphEdge[]>, far: (edge: GraphEdge) => string) => {
    const visited = new Set([start]);
    const queue = [start];
    for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
      for (const edge of next.get(id) ?? []) {
        edges.add(edge.id);
        const other = far(edge);
        if (visited.has(other)) continue;
        visited.add(other);
        nodes.add(other);
        queue.push(other);
      }
    }
  };
  walk(outgoing, (edge) => edge.target);
  walk(incoming, (edge) => edge.source);
  return { nodes, edges };
}

function groupBy(edges: readonly GraphEdge[], key: (edge: GraphEdge) => string): Map<string, GraphEdge[]> {
  const groups = new Map<string, GraphEdge[]>();
  for (const edge of edges) {
    const group = groups.get(key(edge));
    if (group === undefined) groups.set(key(edge), [edge]);
    else group.push(edge);
  }
  return groups;
}
