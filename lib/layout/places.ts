/** Where everything stands while a layout settles: what is taken, and the free place nearest to a wish. */
import { NODE_GAP } from "./idleRows.ts";
import type { LayoutBox, LayoutNode, PlacedBox, PlacedNode } from "./layout.ts";
import { boxRect, contains, nodeRect, overlap, type Rect } from "./rect.ts";

export const COLUMN_STEP = 88;
/** Between boxes that stand beside each other. */
export const BOX_GAP = 40;
/** Room around everything. */
const EDGE = 24;

export type Point = { readonly x: number; readonly y: number };

/** What is placed as a whole: a node, or a box whose reference point is the middle of its upper border. */
export type Block = Pick<LayoutNode, "width" | "above" | "below">;

type Standing = { readonly rect: Rect; readonly isBox: boolean };

export class Places {
  readonly nodes = new Map<string, PlacedNode>();
  readonly boxes = new Map<string, PlacedBox>();
  readonly #layoutBoxes: ReadonlyMap<string, LayoutBox>;

  constructor(boxes: readonly LayoutBox[]) {
    this.#layoutBoxes = new Map(boxes.map((box) => [box.id, box]));
  }

  /**
   * What stands directly in a box ("" for the map), without one box and its nodes. Nodes whose box has no place yet
   * stand for themselves.
   */
  within(box: string, except?: string): readonly Standing[] {
    const found: Standing[] = [];
    for (const node of this.nodes.values()) {
      const isDirect =
        node.box === box || (!this.boxes.has(node.box) && this.#layoutBoxes.get(node.box)?.parent === box);
      if (isDirect && (except === undefined || node.box !== except)) found.push({ rect: nodeRect(node), isBox: false });
    }
    for (const other of this.boxes.values())
      if (other.parent === box && other.id !== except) found.push({ rect: boxRect(other), isBox: true });
    return found;
  }

  /** Whether a rectangle lies inside a box and keeps its distance from all that stands there, without one box and its nodes. */
  isFree(rect: Rect, box: string, except?: string): boolean {
    const around = this.boxes.get(box);
    if (around === undefined ? box !== "" : !contains(boxRect(around), rect)) return false;
    return !collides(rect, this.within(box, except), around?.kind === "room", false);
  }

  /** Tells whether a box and those around it would overlap others if they grew to hold a rectangle. */
  growth(id: string): (rect: Rect) => boolean {
    const box = this.boxes.get(id);
    if (box === undefined) return () => false;
    const siblings = this.within(box.parent, id);
    const isParentTight = this.growth(box.parent);
    return (rect) => {
      const grown = grownBy(box, rect);
      if (grown === box) return false;
      return collides(boxRect(grown), siblings, false, true) || isParentTight(boxRect(grown));
    };
  }

  /** Moves a box with everything inside. */
  shift(id: string, down: number): void {
    const box = this.boxes.get(id);
    if (box === undefined) return;
    this.boxes.set(id, { ...box, y: box.y + down });
    for (const node of this.nodes.values()) if (node.box === id) this.nodes.set(node.id, { ...node, y: node.y + down });
    for (const inner of this.boxes.values()) if (inner.parent === id) this.shift(inner.id, down);
  }

  /**
   * Finds and makes room for a block in a box, which grows and is made where it is missing. Gives the block's reference
   * point. Nothing that stands moves; what a grown box now overlaps is for pushApart.
   */
  place(block: Block, box: string, wish: Point | undefined): Point {
    const container = box === "" ? undefined : this.#layoutBoxes.get(box);
    if (container === undefined) return this.#nearestFree(block, box, wish);
    const existing = this.boxes.get(box);
    if (existing === undefined) {
      const { side, top, bottom } = container.padding;
      const width = block.width + 2 * side;
      const height = block.above + block.below + top + bottom;
      const at = this.place({ width, above: 0, below: height }, container.parent, wish);
      this.boxes.set(box, { ...container, x: at.x - width / 2, y: at.y, width, height });
      return { x: at.x, y: at.y + top + block.above };
    }
    const at = existing.kind === "yard" ? this.#nearestFree(block, box, wish) : this.#cellInRoom(block, existing, wish);
    this.grow(box, nodeRect({ ...block, ...at }));
    return at;
  }

  /** Widens a box, and the boxes around it, to the right and downwards so that it holds a rectangle. */
  grow(id: string, rect: Rect): void {
    const box = this.boxes.get(id);
    if (box === undefined) return;
    const grown = grownBy(box, rect);
    if (grown === box) return;
    this.boxes.set(id, grown);
    this.grow(grown.parent, boxRect(grown));
  }

  /** Tries every cell of a room's grid and one row and column around it; growing costs, growing into another box costs most. */
  #cellInRoom(block: Block, room: PlacedBox, wish: Point | undefined): Point {
    const others = this.within(room.id);
    const { left, top } = insideOf(room);
    const inner = [...this.nodes.values()].filter((node) => node.box === room.id);
    const middle = wish ?? { x: room.x, y: room.y + room.height };
    const columns = new Set(inner.map((node) => node.x));
    const rows = new Set(inner.map((node) => node.y));
    const [right, bottom] = [furthest(others, "right", left), furthest(others, "bottom", top)];
    columns.add(left + block.width / 2).add(right + COLUMN_STEP + block.width / 2);
    rows
      .add(Math.max(middle.y, top + block.above))
      .add(top + block.above)
      .add(bottom + NODE_GAP + block.above);
    for (const { rect, isBox } of others)
      if (isBox) {
        columns.add(rect.right + NODE_GAP + block.width / 2);
        rows.add(rect.bottom + NODE_GAP + block.above);
      }
    const growsIntoOthers = this.growth(room.id);
    let best: Point = { x: left + block.width / 2, y: bottom + NODE_GAP + block.above };
    let lowest = Number.POSITIVE_INFINITY;
    for (const x of [...columns].sort((a, b) => a - b)) {
      for (const y of [...rows].sort((a, b) => a - b)) {
        const rect = nodeRect({ ...block, x, y });
        if (rect.top < top || rect.left < room.x) continue;
        if (collides(rect, others, true, false)) continue;
        const grown = grownBy(room, rect);
        const growth = grown.width - room.width + grown.height - room.height;
        const isTight = growth > 0 && growsIntoOthers(rect);
        const cost = Math.abs(x - middle.x) + Math.abs(y - middle.y) + growth + (isTight ? 10_000 : 0);
        if (cost < lowest) [lowest, best] = [cost, { x, y }];
      }
    }
    return best;
  }

  /** The free place on the map or in a yard nearest to the wish, searched in growing squares around it. */
  #nearestFree(block: Block, yard: string, wish: Point | undefined): Point {
    const around = this.boxes.get(yard);
    const others = this.within(yard);
    const inside =
      around === undefined
        ? { left: EDGE, top: EDGE, right: Number.POSITIVE_INFINITY, bottom: Number.POSITIVE_INFINITY }
        : insideOf(around);
    const rightmost = Math.max(inside.right, inside.left + block.width);
    const isBox = block.above === 0;
    const lowest = { x: Math.ceil(inside.left + block.width / 2), y: Math.ceil(inside.top + block.above) };
    const below = { x: lowest.x, y: furthest(others, "bottom", inside.top) + BOX_GAP + block.above };
    const from = wish === undefined ? below : { x: Math.max(lowest.x, wish.x), y: Math.max(lowest.y, wish.y) };
    const step = 40;
    for (let ring = 0; ring < 400; ring++) {
      for (let across = -ring; across <= ring; across++) {
        for (const down of Math.abs(across) === ring ? span(-ring, ring) : [-ring, ring]) {
          const x = Math.round(from.x + across * step);
          const y = Math.round(from.y + down * step);
          const rect = nodeRect({ ...block, x, y });
          if (x < lowest.x || y < lowest.y || rect.right > rightmost) continue;
          if (!collides(rect, others, false, isBox)) return { x, y };
        }
      }
    }
    return below;
  }
}

function collides(rect: Rect, others: readonly Standing[], isRoom: boolean, isBox: boolean): boolean {
  return others.some((other) => overlap(rect, other.rect, gapBetween(isRoom, isBox, other.isBox) - 2));
}

/** What is between the paddings of a box. */
function insideOf({ x, y, width, height, padding }: PlacedBox): Rect {
  return {
    left: x + padding.side,
    top: y + padding.top,
    right: x + width - padding.side,
    bottom: y + height - padding.bottom,
  };
}

/** Boxes in a yard keep a lane between them; anything else only keeps apart. */
function gapBetween(isRoom: boolean, isBox: boolean, isOtherBox: boolean): number {
  return !isRoom && isBox && isOtherBox ? BOX_GAP : NODE_GAP;
}

function grownBy(box: PlacedBox, rect: Rect): PlacedBox {
  const width = Math.max(box.width, rect.right + box.padding.side - box.x);
  const height = Math.max(box.height, rect.bottom + box.padding.bottom - box.y);
  return width === box.width && height === box.height ? box : { ...box, width, height };
}

function furthest(others: readonly Standing[], side: "right" | "bottom", least: number): number {
  return others.reduce((most, { rect }) => Math.max(most, rect[side]), least);
}

function span(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
