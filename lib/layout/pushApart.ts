/** Boxes that grew push what they now overlap down: first inside each yard, then the yards themselves. */
import type { LayoutBox, LayoutResult } from "./layout.ts";
import { BOX_GAP, type Places } from "./places.ts";
import { boxRect, nodeRect, overlap, type Rect } from "./rect.ts";
import { compare } from "./units.ts";

/** Between a box and a node beside it. */
const NODE_DISTANCE = 14;

export function pushApart(places: Places, boxes: readonly LayoutBox[], previous: LayoutResult): void {
  const before = new Map(previous.boxes.map((box) => [box.id, box]));
  const hasGrown = (id: string) => {
    const [now, old] = [places.boxes.get(id), before.get(id)];
    return now?.width !== old?.width || now?.height !== old?.height;
  };
  const yards = boxes.filter(({ kind }) => kind === "yard").map(({ id }) => id);
  for (const yard of [...yards, ""]) pushApartIn(yard, places, hasGrown);
}

type Standing = { readonly id: string; readonly isBox: boolean; readonly rect: Rect };

function pushApartIn(yard: string, places: Places, hasGrown: (id: string) => boolean): void {
  const standing = (): Standing[] => [
    ...[...places.boxes.values()]
      .filter(({ parent }) => parent === yard)
      .map((box) => ({ id: box.id, isBox: true, rect: boxRect(box) })),
    ...[...places.nodes.values()]
      .filter(({ box }) => box === yard)
      .map((node) => ({ id: node.id, isBox: false, rect: nodeRect(node) })),
  ];
  const queue = standing().filter(({ id, isBox }) => isBox && hasGrown(id));
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const now = standing();
    const pushing = now.find(({ id }) => id === next?.id)!;
    for (const other of now.sort((a, b) => a.rect.top - b.rect.top || compare(a.id, b.id))) {
      const gap = pushing.isBox && other.isBox ? BOX_GAP : NODE_DISTANCE;
      if (other.id === pushing.id || !overlap(pushing.rect, other.rect, gap - 2)) continue;
      moveDown(other, pushing.rect.bottom + BOX_GAP - other.rect.top, places);
      queue.push(other);
    }
  }
  for (const { rect } of standing()) places.grow(yard, rect);
}

function moveDown({ id, isBox }: Standing, by: number, places: Places): void {
  if (isBox) places.shift(id, by);
  else {
    const node = places.nodes.get(id)!;
    places.nodes.set(id, { ...node, y: node.y + by });
  }
}
