/** From the graph to what the layout needs of it: which box a node is in and how much room its drawing takes. */
import type { Graph, GraphNode } from "#lib/domain/graph/graph.ts";
import { formatNodeId } from "#lib/domain/graph/ids.ts";
import type { LayoutInput, LayoutNode } from "./layout.ts";
import { wrapLabel } from "./nodeLabel.ts";

/** Sizes of the drawn parts, shared with the canvas. */
export const NODE = {
  width: 104,
  /** Glyph centre to the top of the node's room: the largest glyph, its ring and a badge. */
  above: 24,
  /** Glyph centre to the first line of the name. */
  nameTop: 22,
  lineHeight: 14,
  chipHeight: 17,
  reach: 20,
} as const;

/** A folded namespace: a card. */
export const CARD = { width: 208, height: 76 } as const;

/** Id of the box a node is drawn in; "" for nodes outside namespaces and for folded namespaces, which are nodes themselves. */
export function boxIdOf(node: Pick<GraphNode, "type" | "cluster" | "namespace">): string {
  if (node.namespace === "" || node.type === "box") return "";
  return formatNodeId({ kind: "box", cluster: node.cluster, namespace: node.namespace });
}

/** The version chip's text; undefined where the name already ends with it. */
export function versionChip(node: Pick<GraphNode, "label" | "version">): string | undefined {
  const { version } = node;
  if (version === undefined || version === "" || version === "unknown" || version === "latest") return undefined;
  return node.label.endsWith(`-${version}`) ? undefined : version;
}

/** Room of one node. It depends on names only, never on traffic, so a refresh moves nothing. */
export function layoutNodeOf(node: GraphNode): LayoutNode {
  const box = boxIdOf(node);
  if (node.type === "box")
    return {
      id: node.id,
      box,
      width: CARD.width,
      above: CARD.height / 2,
      below: CARD.height / 2,
      reach: CARD.width / 2,
    };
  const chip = versionChip(node) === undefined ? 0 : NODE.chipHeight;
  const below = NODE.nameTop + wrapLabel(node.label).length * NODE.lineHeight + chip;
  return { id: node.id, box, width: NODE.width, above: NODE.above, below, reach: NODE.reach };
}

/** The whole graph as layout input. */
export function graphLayoutInput(graph: Graph): LayoutInput {
  return {
    nodes: graph.nodes.map(layoutNodeOf),
    edges: graph.edges.map(({ id, source, target }) => ({ id, source, target })),
  };
}
