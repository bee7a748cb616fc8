/** From the graph to what the layout needs of it: which boxes there are, and how much room each drawing takes. */
import type { Graph, GraphNode } from "#lib/domain/graph/graph.ts";
import { type Group, type Grouping, groupGraph } from "#lib/domain/graph/group.ts";
import type { LayoutBox, LayoutInput, LayoutNode } from "./layout.ts";
import { lineEms, wrapLabel } from "./nodeLabel.ts";

/** Sizes of the drawn parts, shared with the canvas. */
export const NODE = {
  /** Of the room, at least; long names take more. */
  width: 88,
  /** Glyph centre to the top of the node's room: the largest glyph, its ring and a badge. */
  above: 24,
  /** Glyph centre to the first line of the name. */
  nameTop: 22,
  lineHeight: 14,
  chipHeight: 17,
  reach: 20,
} as const;

/** Size of a name as it is drawn from afar, and how much of it may reach into the gaps at both sides of its room. */
const FAR_NAME = { size: 21, overhang: 11 } as const;
const NEAR_NAME_SIZE = 12;

/** How far a name reaches left and right of its glyph, at most, when it is written `scale` times as large as at zoom 1. */
export function nameReach(roomWidth: number, scale: number): number {
  return Math.max(
    NODE.reach,
    (roomWidth / 2 + FAR_NAME.overhang) * Math.min(1, (scale * NEAR_NAME_SIZE) / FAR_NAME.size),
  );
}

/** A folded namespace: a card. */
export const CARD = { width: 208, height: 76 } as const;

/** The version chip's text; undefined where the name already ends with it. */
export function versionChip(node: Pick<GraphNode, "label" | "version">): string | undefined {
  const { version } = node;
  if (version === undefined || version === "" || version === "unknown" || version === "latest") return undefined;
  return node.label.endsWith(`-${version}`) ? undefined : version;
}

/** Room of one node. It depends on names only, never on traffic, so a refresh moves nothing. */
function layoutNodeOf(node: GraphNode, box: string): LayoutNode {
  if (node.type === "box")
    return {
      id: node.id,
      box,
      width: CARD.width,
      above: CARD.height / 2,
      below: CARD.height / 2,
      reach: CARD.width / 2,
    };
  const lines = wrapLabel(node.label);
  const chip = versionChip(node) === undefined ? 0 : NODE.chipHeight;
  const below = NODE.nameTop + lines.length * NODE.lineHeight + chip;
  const name = Math.max(...lines.map(lineEms)) * FAR_NAME.size - 2 * FAR_NAME.overhang;
  const width = Math.max(NODE.width, Math.ceil(name));
  return { id: node.id, box, width, above: NODE.above, below, reach: NODE.reach };
}

/** Space inside boxes, by level. */
const PADDING = {
  cluster: { side: 24, top: 50, bottom: 24 },
  namespace: { side: 22, top: 46, bottom: 14 },
  app: { side: 6, top: 22, bottom: 8 },
} as const;

/** A box of many nodes is mostly seen from afar: so much higher is its title for each node beyond a few. */
const FAR_TITLE = { nodes: 16, perNode: 1.2, most: { cluster: 24, namespace: 60, app: 0 } } as const;

/** Space at the sides of a namespace's only node, where the box would be too narrow for its name. */
const LONELY_SIDE = 34;

function layoutBoxOf({ id, level, parent = "", nodes }: Group, kind: LayoutBox["kind"]): LayoutBox {
  const { side: usual, top, bottom } = PADDING[level];
  const side = level === "namespace" && nodes.length === 1 ? LONELY_SIDE : usual;
  const more = Math.min(FAR_TITLE.most[level], Math.max(0, nodes.length - FAR_TITLE.nodes) * FAR_TITLE.perNode);
  return { id, parent, kind, padding: { side, top: top + Math.round(more), bottom } };
}

/** The whole graph as layout input. Where no namespaces are drawn, open or folded, nodes stand in layers together. */
export function graphLayoutInput(graph: Graph, grouping: Grouping = groupGraph(graph)): LayoutInput {
  const groups = [...grouping.groups.values()];
  const isNested = groups.some(({ level }) => level === "namespace") || graph.nodes.some(({ type }) => type === "box");
  return {
    nodes: graph.nodes.map((node) => layoutNodeOf(node, grouping.groupOf.get(node.id) ?? "")),
    boxes: groups.map((group) => layoutBoxOf(group, group.level === "cluster" && isNested ? "yard" : "room")),
    edges: graph.edges.map(({ id, source, target }) => ({ id, source, target })),
    kind: isNested || groups.some(({ level }) => level === "cluster") ? "yard" : "room",
  };
}
