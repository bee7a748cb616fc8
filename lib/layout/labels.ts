/** Where edge labels go: along their edge, clear of nodes, titles and each other; the important ones first. */
import { nameReach } from "./graphLayoutInput.ts";
import type { LayoutResult } from "./layout.ts";
import { sampleRoute } from "./route.ts";

export type LabelWish = {
  readonly edge: string;
  /** Widths of the wordings it may have, fullest first: the first that fits is taken. */
  readonly widths: readonly number[];
  readonly height: number;
  /** Greater is placed earlier: errors, then rate. */
  readonly importance: number;
};

/** A label's centre, and which of its wordings fits there. */
export type PlacedLabel = { readonly edge: string; readonly x: number; readonly y: number; readonly wording: number };

/** Shares of the edge's length, best first. The middle of a bundle belongs to many, so both ends follow soon. */
const CANDIDATES = [0.5, 0.4, 0.6, 0.72, 0.28, 0.82, 0.18] as const;
const CELL = 64;
const GAP = 3;
const SAMPLE = 8;

type Rect = { readonly left: number; readonly top: number; readonly right: number; readonly bottom: number };

/** Rectangles by grid cell: whether one is free costs only a look at its neighbourhood. */
class Occupied {
  readonly #cells = new Map<number, Rect[]>();

  add(rect: Rect): void {
    for (const key of cellsOf(rect)) {
      const cell = this.#cells.get(key);
      if (cell === undefined) this.#cells.set(key, [rect]);
      else cell.push(rect);
    }
  }

  isFree(rect: Rect): boolean {
    for (const key of cellsOf(rect))
      for (const other of this.#cells.get(key) ?? [])
        if (
          rect.left < other.right + GAP &&
          other.left < rect.right + GAP &&
          rect.top < other.bottom + GAP &&
          other.top < rect.bottom + GAP
        )
          return false;
    return true;
  }
}

function* cellsOf(rect: Rect): Generator<number> {
  for (let x = Math.floor((rect.left - GAP) / CELL); x <= Math.floor((rect.right + GAP) / CELL); x++)
    for (let y = Math.floor((rect.top - GAP) / CELL); y <= Math.floor((rect.bottom + GAP) / CELL); y++)
      yield x * 100_003 + y;
}

/** Of the highest title; a box with less room above what is inside has a lower one. */
const TITLE_HEIGHT = 38;

/**
 * Places as many labels as fit, in order of importance; the rest are left out. A label that was shown keeps its place
 * (`previous`) when that is still free, so that figures change and plates stay. `scale`: how much larger than at zoom 1
 * names are written.
 */
export function placeLabels(
  layout: Pick<LayoutResult, "nodes" | "boxes" | "edges" | "width">,
  wishes: readonly LabelWish[],
  previous: readonly PlacedLabel[] = [],
  scale = 1,
): PlacedLabel[] {
  const occupied = new Occupied();
  for (const node of layout.nodes) {
    if (node.reach >= node.width / 2) {
      // A card is full of writing.
      const half = node.width / 2;
      occupied.add({
        left: node.x - half,
        right: node.x + half,
        top: node.y - node.above,
        bottom: node.y + node.below,
      });
      continue;
    }
    occupied.add({ left: node.x - 20, right: node.x + 20, top: node.y - 20, bottom: node.y + 20 });
    const half = nameReach(node.width, scale);
    const bottom = node.y + 20 + (node.below - 20) * scale;
    occupied.add({ left: node.x - half, right: node.x + half, top: node.y + 16, bottom });
  }
  for (const box of layout.boxes) {
    const bottom = box.y + Math.min(box.padding.top, TITLE_HEIGHT);
    occupied.add({ left: box.x, right: box.x + box.width, top: box.y, bottom });
  }
  const routes = new Map(layout.edges.map((edge) => [edge.id, edge.route]));
  const before = new Map(previous.map((label) => [label.edge, label]));
  const placed: PlacedLabel[] = [];
  const order = [...wishes].sort((a, b) => b.importance - a.importance || (a.edge < b.edge ? -1 : 1));
  for (const wish of order) {
    const route = routes.get(wish.edge);
    if (route === undefined) continue;
    const samples = sampleRoute(route, SAMPLE);
    const last = samples.length / 2 - 1;
    const points = CANDIDATES.map((share) => {
      const at = Math.round(share * last) * 2;
      return { x: Math.round(samples[at]!), y: Math.round(samples[at + 1]!) };
    });
    const old = before.get(wish.edge);
    const inside = (x: number, width: number) => Math.max(width / 2, Math.min(x, layout.width - width / 2));
    // Only while the edge still passes there: otherwise the layout has changed.
    const kept = old && points.find(({ x, y }) => y === old.y && inside(x, wish.widths[old.wording] ?? 0) === old.x);
    if (kept !== undefined) points.unshift(kept);
    const label = firstFit(wish, points, occupied, inside);
    if (label !== undefined) placed.push(label);
  }
  return placed;
}

/** Takes the fullest wording that is free anywhere along the edge, moved `inside` where it would stick out of the drawing. */
function firstFit(
  wish: LabelWish,
  points: readonly { readonly x: number; readonly y: number }[],
  occupied: Occupied,
  inside: (x: number, width: number) => number,
): PlacedLabel | undefined {
  for (const [wording, width] of wish.widths.entries()) {
    for (const point of points) {
      const [x, y] = [inside(point.x, width), point.y];
      const rect = {
        left: x - width / 2,
        right: x + width / 2,
        top: y - wish.height / 2,
        bottom: y + wish.height / 2,
      };
      if (!occupied.isFree(rect)) continue;
      occupied.add(rect);
      return { edge: wish.edge, x, y, wording };
    }
  }
  return undefined;
}
