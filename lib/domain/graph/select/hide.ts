import type { Graph } from "#lib/domain/graph/graph.ts";
import type { Selection } from "./evaluate.ts";

/**
 * A graph without the selected nodes and edges, without the edges of those nodes, and without nodes that lost all their
 * edges by it. Nodes that stood alone before stay, unless selected.
 *
 *   hide b:   a ─▶ b ─▶ c ─▶ d    x         c ─▶ d    x
 */
export function hideSelection(graph: Graph, selection: Selection): Graph {
  if (selection.nodes.length + selection.edges.length === 0) return graph;
  const hiddenNodes = new Set(selection.nodes);
  const hiddenEdges = new Set(selection.edges);
  const edges = graph.edges.filter(
    ({ id, source, target }) => !hiddenEdges.has(id) && !hiddenNodes.has(source) && !hiddenNodes.has(target),
  );
  const before = endsOf(graph.edges);
  const after = endsOf(edges);
  const isOrphaned = (id: string) => before.has(id) && !after.has(id);
  return { ...graph, edges, nodes: graph.nodes.filter(({ id }) => !hiddenNodes.has(id) && !isOrphaned(id)) };
}

function endsOf(edges: Graph["edges"]): ReadonlySet<string> {
  return new Set(edges.flatMap(({ source, target }) => [source, target]));
}
