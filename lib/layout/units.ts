/** What a yard consists of: rooms, laid out inside, and nodes beside them. */
import { type BoxInside, layoutBox } from "./boxLayout.ts";
import type { LayeredItem } from "./layered.ts";
import type { LayoutBox, LayoutEdge, LayoutInput, LayoutNode, LayoutResult, PlacedNode, Route } from "./layout.ts";

/** A room or a single node. */
export type Unit = {
  readonly id: string;
  /** Id of the yard it stands in, "" for the whole. */
  readonly yard: string;
  /** Absent for a single node, and for the room without a border. */
  readonly box?: LayoutBox;
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

/** By node id: the outermost room it is in, or itself where it stands in a yard. In a whole without yards, one room for all. */
export function unitsOfNodes(input: Pick<LayoutInput, "nodes" | "boxes" | "kind">): ReadonlyMap<string, UnitKey> {
  const boxes = new Map(input.boxes.map((box) => [box.id, box]));
  return new Map(
    input.nodes.map((node): readonly [string, UnitKey] => {
      if (input.kind === "room") return [node.id, { unit: "room", room: "", yard: "" }];
      let room: LayoutBox | undefined;
      let box = boxes.get(node.box);
      while (box?.kind === "room") [room, box] = [box, boxes.get(box.parent)];
      const yard = box?.id ?? "";
      if (room === undefined) return [node.id, { unit: `node ${node.id}`, room: undefined, yard }];
      return [node.id, { unit: `box ${room.id}`, room: room.id, yard }];
    }),
  );
}

/** `room` is "" for the room without a border. */
export type UnitKey = { readonly unit: string; readonly room: string | undefined; readonly yard: string };

/** Gathers nodes into units and lays out the inside of each room. Their order is that of box ids, whether folded to a node or not. */
export function buildUnits(
  input: Pick<LayoutInput, "nodes" | "boxes" | "edges">,
  unitOf: ReadonlyMap<string, UnitKey>,
  previous: LayoutResult | undefined,
): Unit[] {
  const { nodes, edges } = input;
  const before = new Map(previous?.nodes.map((node) => [node.id, node]));
  const boxBefore = new Map(previous?.boxes.map((box) => [box.id, box]));
  const boxes = new Map(input.boxes.map((box) => [box.id, box]));
  const members = new Map<string, LayoutNode[]>();
  for (const node of nodes) {
    const { unit } = unitOf.get(node.id)!;
    const list = members.get(unit);
    if (list === undefined) members.set(unit, [node]);
    else list.push(node);
  }
  const within = new Map<string, LayoutEdge[]>();
  const entering = new Set<string>();
  const leaving = new Set<string>();
  for (const edge of edges) {
    const { unit } = unitOf.get(edge.source)!;
    if (unit === unitOf.get(edge.target)!.unit) {
      const list = within.get(unit);
      if (list === undefined) within.set(unit, [edge]);
      else list.push(edge);
    } else {
      leaving.add(edge.source);
      entering.add(edge.target);
    }
  }
  const nameOf = (node: LayoutNode) => unitOf.get(node.id)!.room ?? node.id;
  const byName = [...members].sort(([, a], [, b]) => compare(nameOf(a[0]!), nameOf(b[0]!)));
  return byName.map(([id, list]) => {
    const first = list[0]!;
    const { room, yard } = unitOf.get(first.id)!;
    if (room === undefined) {
      const seed = before.get(first.id)?.y;
      const item = { width: first.width, above: first.above, below: first.below };
      return { id, yard, nodes: list, item: seed === undefined ? item : { ...item, seed } };
    }
    const box = boxes.get(room);
    const ids = list.map((node) => node.id);
    const inner = new Set(list.map((node) => node.box).filter((of) => of !== room));
    const inside = layoutBox(
      {
        padding: box?.padding ?? NO_PADDING,
        nodes: list,
        rooms: [...inner].sort().flatMap((of) => boxes.get(of) ?? []),
        edges: within.get(id) ?? [],
        entering: new Set(ids.filter((node) => entering.has(node))),
        leaving: new Set(ids.filter((node) => leaving.has(node))),
      },
      (node) => before.get(node)?.y,
    );
    const seed = boxBefore.get(room)?.y ?? meanY(list, before);
    const item = { width: inside.width, above: 0, below: inside.height };
    return {
      id,
      yard,
      ...(box === undefined ? {} : { box }),
      nodes: list,
      inside,
      item: seed === undefined ? item : { ...item, seed },
    };
  });
}

const NO_PADDING = { side: 0, top: 0, bottom: 0 } as const;

function meanY(nodes: readonly LayoutNode[], before: ReadonlyMap<string, PlacedNode>): number | undefined {
  const known = nodes.flatMap((node) => before.get(node.id)?.y ?? []);
  return known.length === 0 ? undefined : known.reduce((sum, y) => sum + y, 0) / known.length;
}

export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
