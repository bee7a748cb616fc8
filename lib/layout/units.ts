/** What the outer drawing consists of: namespace boxes, laid out inside, and nodes outside all boxes. */
import { type BoxInside, layoutBox } from "./boxLayout.ts";
import type { LayeredItem } from "./layered.ts";
import type { LayoutEdge, LayoutNode, LayoutResult, PlacedNode, Route } from "./layout.ts";

/** A namespace box or a node outside all boxes. `item` is its room around its reference point. */
export type Unit = {
  readonly id: string;
  readonly box: string;
  readonly nodes: readonly LayoutNode[];
  readonly inside?: BoxInside;
  /** Its room around its reference point. */
  readonly item: LayeredItem;
};

/** Where units stand (left edge and reference y) and how the edges between them run. */
export type Outer = {
  readonly origin: readonly { readonly x: number; readonly y: number }[];
  readonly routes: ReadonlyMap<string, Route>;
};

/** Room between units where no edge needs more. */
export const UNIT_GAP = 40;

/** Where a node of a placed unit stands, and how far from there its edges dock. */
export function dockOf(
  unit: Unit,
  origin: { readonly x: number; readonly y: number },
  id: string,
): { readonly x: number; readonly y: number; readonly reach: number } {
  const node = unit.nodes.find((candidate) => candidate.id === id)!;
  const inside = unit.inside?.at.get(id);
  if (inside === undefined) return { x: origin.x + node.width / 2, y: origin.y, reach: node.reach };
  return { x: origin.x + inside.x, y: origin.y + inside.y, reach: node.reach };
}

export function unitId(node: LayoutNode): string {
  return node.box === "" ? `node ${node.id}` : `box ${node.box}`;
}

/** Groups nodes into units and lays out the inside of each box. Their order is that of box ids, whether folded to a node or not. */
export function buildUnits(
  nodes: readonly LayoutNode[],
  edges: readonly LayoutEdge[],
  unitOf: ReadonlyMap<string, string>,
  previous: LayoutResult | undefined,
): Unit[] {
  const before = new Map(previous?.nodes.map((node) => [node.id, node]));
  const boxBefore = new Map(previous?.boxes.map((box) => [box.id, box]));
  const members = new Map<string, LayoutNode[]>();
  for (const node of nodes) {
    const id = unitOf.get(node.id)!;
    const list = members.get(id);
    if (list === undefined) members.set(id, [node]);
    else list.push(node);
  }
  const inside = new Map<string, LayoutEdge[]>();
  const entering = new Set<string>();
  const leaving = new Set<string>();
  for (const edge of edges) {
    const unit = unitOf.get(edge.source)!;
    if (unit === unitOf.get(edge.target)) {
      const list = inside.get(unit);
      if (list === undefined) inside.set(unit, [edge]);
      else list.push(edge);
    } else {
      leaving.add(edge.source);
      entering.add(edge.target);
    }
  }
  const byId = [...members].sort(([, a], [, b]) => compare(a[0]!.box || a[0]!.id, b[0]!.box || b[0]!.id));
  return byId.map(([id, list]) => {
    const first = list[0]!;
    if (first.box === "") {
      const seed = before.get(first.id)?.y;
      const item = { width: first.width, above: first.above, below: first.below };
      return { id, box: "", nodes: list, item: seed === undefined ? item : { ...item, seed } };
    }
    const ids = list.map((node) => node.id);
    const box = layoutBox(
      list,
      inside.get(id) ?? [],
      new Set(ids.filter((node) => entering.has(node))),
      new Set(ids.filter((node) => leaving.has(node))),
      (node) => before.get(node)?.y,
    );
    const seed = boxBefore.get(first.box)?.y ?? meanY(list, before);
    const item = { width: box.width, above: 0, below: box.height };
    return { id, box: first.box, nodes: list, inside: box, item: seed === undefined ? item : { ...item, seed } };
  });
}

function meanY(nodes: readonly LayoutNode[], before: ReadonlyMap<string, PlacedNode>): number | undefined {
  const known = nodes.flatMap((node) => before.get(node.id)?.y ?? []);
  return known.length === 0 ? undefined : known.reduce((sum, y) => sum + y, 0) / known.length;
}

export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
