/**
 * Small rooms inside a room, after a small change: the box around the versions of an app.
 *
 *   v1 alone, unboxed      v2 appears: v1 stays, v2 finds a place beside it, the box is drawn around both
 *
 * Only where no such box is free of others are its nodes moved, together, to where there is room.
 */
import { NODE_GAP } from "./idleRows.ts";
import type { LayoutBox, LayoutNode, PlacedBox, PlacedNode } from "./layout.ts";
import type { Places, Point } from "./places.ts";
import { boxRect, hull, nodeRect, overlap, type Rect } from "./rect.ts";

export type SmallRoomPast = {
  readonly old: PlacedBox | undefined;
  /** Places that nodes have or had. */
  readonly known: ReadonlyMap<string, PlacedNode>;
  readonly wishOf: (node: LayoutNode) => Point | undefined;
};

/** Places the missing members of a small room, and the room around all of them. */
export function placeSmallRoom(
  places: Places,
  box: LayoutBox,
  members: readonly LayoutNode[],
  past: SmallRoomPast,
): void {
  if (members.length === 0) return;
  const steady = members.flatMap((node) => places.nodes.get(node.id) ?? []);
  if (steady.length > 0) {
    const found = joinMembers(places, box, members, steady, past);
    if (found !== undefined) {
      for (const node of found.nodes) places.nodes.set(node.id, node);
      putBox(places, box, found.frame);
      places.grow(box.parent, found.frame);
      return;
    }
  }
  stack(places, box, members, past.wishOf);
}

/** Keeps the members that have a place and finds one for each of the others; undefined where the box would cover others. */
function joinMembers(
  places: Places,
  box: LayoutBox,
  members: readonly LayoutNode[],
  steady: readonly PlacedNode[],
  past: SmallRoomPast,
): { readonly nodes: readonly PlacedNode[]; readonly frame: Rect } | undefined {
  const nodes = [...steady];
  const frameOf = (list: readonly PlacedNode[]) => {
    const around = frame(list.map(nodeRect), box);
    return past.old === undefined ? around : hull([around, boxRect(past.old)]);
  };
  for (const node of members) {
    if (places.nodes.has(node.id)) continue;
    const spot = bestSpot(node, nodes, frameOf, places, box, past);
    if (spot === undefined) return undefined;
    nodes.push({ ...node, ...spot });
  }
  const around = frameOf(nodes);
  return isOpen(places, around, box) ? { nodes, frame: around } : undefined;
}

/** The place beside the members that lets the box grow least; where the node was before, if it can be there again. */
function bestSpot(
  node: LayoutNode,
  members: readonly PlacedNode[],
  frameOf: (list: readonly PlacedNode[]) => Rect,
  places: Places,
  box: LayoutBox,
  past: SmallRoomPast,
): Point | undefined {
  const taken = members.map(nodeRect);
  const around = hull(taken);
  const now = frameOf(members);
  const growsIntoOthers = places.growth(box.parent);
  const columns = [
    ...new Set(members.map(({ x }) => x)),
    around.right + NODE_GAP + node.width / 2,
    around.left - NODE_GAP - node.width / 2,
  ];
  const rows = [
    ...new Set(members.map(({ y }) => y)),
    around.bottom + NODE_GAP + node.above,
    around.top - NODE_GAP - node.below,
  ];
  const home = past.known.get(node.id);
  const spots = columns.flatMap((x) => rows.map((y) => ({ x, y, isHome: false })));
  if (home !== undefined) spots.unshift({ x: home.x, y: home.y, isHome: true });
  let best: Point | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const { x, y, isHome } of spots) {
    const rect = nodeRect({ ...node, x, y });
    if (taken.some((other) => overlap(rect, other, NODE_GAP - 2))) continue;
    const grown = frameOf([...members, { ...node, x, y }]);
    if (!isOpen(places, grown, box)) continue;
    if (isHome) return { x, y };
    const growth =
      grown.right - grown.left - (now.right - now.left) + grown.bottom - grown.top - (now.bottom - now.top);
    const cost = growth + (growsIntoOthers(grown) ? 10_000 : 0);
    if (cost < least) [least, best] = [cost, { x, y }];
  }
  return best;
}

function frame(rects: readonly Rect[], { padding }: LayoutBox): Rect {
  const { left, top, right, bottom } = hull(rects);
  return {
    left: left - padding.side,
    top: top - padding.top,
    right: right + padding.side,
    bottom: bottom + padding.bottom,
  };
}

/** Whether a frame covers nothing else of its room, whose left and upper border it must not cross: rooms grow to the other sides. */
function isOpen(places: Places, rect: Rect, box: LayoutBox): boolean {
  const around = places.boxes.get(box.parent);
  if (around === undefined) return false;
  if (rect.left < around.x || rect.top < around.y + around.padding.top / 2) return false;
  return places.within(box.parent, box.id).every((other) => !overlap(rect, other.rect, 0));
}

/** All members below one another, in a place large enough. */
function stack(
  places: Places,
  box: LayoutBox,
  members: readonly LayoutNode[],
  wishOf: (node: LayoutNode) => Point | undefined,
): void {
  const { side, top, bottom } = box.padding;
  const widest = members.reduce((most, node) => Math.max(most, node.width), 0);
  const tall = members.reduce((sum, node) => sum + node.above + node.below + NODE_GAP, -NODE_GAP);
  const size = { width: widest + 2 * side, above: 0, below: tall + top + bottom };
  const wish = members.map((node) => places.nodes.get(node.id) ?? wishOf(node)).find((point) => point !== undefined);
  for (const node of members) places.nodes.delete(node.id);
  const at = places.place(size, box.parent, wish);
  let y = at.y + top;
  for (const node of members) {
    places.nodes.set(node.id, { ...node, x: at.x, y: y + node.above });
    y += node.above + node.below + NODE_GAP;
  }
  const left = at.x - size.width / 2;
  putBox(places, box, { left, top: at.y, right: left + size.width, bottom: at.y + size.below });
}

function putBox(places: Places, box: LayoutBox, { left, top, right, bottom }: Rect): void {
  places.boxes.set(box.id, { ...box, x: left, y: top, width: right - left, height: bottom - top });
}
