/** Horizontal coordinates: straight columns for nodes of one width, a skyline for boxes of very different widths. */
import type { Layers } from "./layers.ts";

/** Where an edge changes its level between two vertices that follow each other. */
export type Bend = { readonly x0: number; readonly x1: number };

export type Across = {
  /** Left edge of each vertex. */
  readonly left: number[];
  readonly bend: (from: number, to: number) => Bend;
  readonly width: number;
};

/** Aligns each column; narrower items stand in the middle. `gapBefore` is the space between a column and the one before it. */
export function columnsAcross(
  layers: Layers,
  widthOf: (vertex: number) => number,
  gapBefore: (column: number) => number,
): Across {
  const spans: { left: number; right: number }[] = [];
  let x = 0;
  for (const [index, column] of layers.columns.entries()) {
    const width = column.reduce((most, vertex) => Math.max(most, widthOf(vertex)), 0);
    if (index > 0) x += gapBefore(index);
    spans.push({ left: x, right: x + width });
    x += width;
  }
  const spanOf = (vertex: number) => spans[layers.rank[vertex]!]!;
  return {
    left: layers.rank.map((_, vertex) => {
      const { left, right } = spanOf(vertex);
      return left + (right - left - widthOf(vertex)) / 2;
    }),
    bend: (from, to) => ({ x0: spanOf(from).right, x1: spanOf(to).left }),
    width: x,
  };
}

export type Extent = { readonly width: number; readonly above: number; readonly below: number };

/**
 * Pushes everything as far left as what stands at the same height allows, so that a wide box does not keep others away:
 *
 *     ┌──── wide ─────┐          Column by column, first the boxes, then the bends of the edges to the next column:
 *     └───────────────┘          each stands right of everything before it that it overlaps in height.
 *     ┌ a ┐──╮ ┌─ b ──┐
 *     └───┘  ╰►└──────┘
 */
export function skylineAcross(
  layers: Layers,
  y: readonly number[],
  extentOf: (vertex: number) => Extent | undefined,
  room: { readonly beside: number; readonly bend: number; readonly between: number },
): Across {
  const left = new Array<number>(y.length).fill(0);
  const bends = new Map<number, Bend>();
  const skyline = new Skyline();
  let width = 0;
  // Strands dock anywhere along an item's side, and a turn leads on to all its ends: a bend keeps all of that free.
  const reachOf = (from: number, to: number) => {
    const ends = [from, to];
    if (layers.turns.has(from)) ends.push(...layers.right[from]!.map((link) => link.to));
    if (layers.turns.has(to)) ends.push(...layers.left[to]!.map((link) => link.to));
    const top = Math.min(...ends.map((end) => y[end]! - (extentOf(end)?.above ?? 0)));
    return { top, bottom: Math.max(...ends.map((end) => y[end]! + (extentOf(end)?.below ?? 0))) };
  };
  for (const column of layers.columns) {
    const raised: [top: number, bottom: number, x: number][] = [];
    for (const vertex of column) {
      const extent = extentOf(vertex);
      if (extent === undefined) continue;
      const top = y[vertex]! - extent.above - room.between;
      const bottom = y[vertex]! + extent.below + room.between;
      const before = skyline.highest(top, bottom);
      left[vertex] = before === 0 ? 0 : before + room.beside;
      const right = left[vertex]! + extent.width;
      width = Math.max(width, right);
      raised.push([top, bottom, right + room.beside]);
    }
    for (const [top, bottom, x] of raised) skyline.raise(top, bottom, x);
    raised.length = 0;
    for (const vertex of column) {
      for (const link of layers.right[vertex]!) {
        const { top, bottom } = reachOf(vertex, link.to);
        const isLevel = extentOf(vertex) === undefined && extentOf(link.to) === undefined && bottom - top < 1;
        const x0 = skyline.highest(top - 4, bottom + 4);
        const x1 = x0 + (isLevel ? 0 : room.bend);
        bends.set(vertex * y.length + link.to, { x0, x1 });
        raised.push([top - 4, bottom + 4, x1]);
      }
    }
    for (const [top, bottom, x] of raised) skyline.raise(top, bottom, x);
  }
  return { left, bend: (from, to) => bends.get(from * y.length + to)!, width };
}

/** How far right the drawing reaches at each height. */
class Skyline {
  /** Steps by height: from `top` down to the next step, everything up to `x` is taken. */
  #steps: { top: number; x: number }[] = [{ top: Number.NEGATIVE_INFINITY, x: 0 }];

  highest(top: number, bottom: number): number {
    let most = 0;
    for (let index = this.#stepAt(top); index < this.#steps.length && this.#steps[index]!.top < bottom; index++)
      most = Math.max(most, this.#steps[index]!.x);
    return most;
  }

  raise(top: number, bottom: number, x: number): void {
    const first = this.#stepAt(top);
    const next: { top: number; x: number }[] = this.#steps.slice(0, first);
    const put = (from: number, value: number) => {
      if (next.at(-1)?.x !== value || next.length === 0) next.push({ top: from, x: value });
    };
    let index = first;
    let below = this.#steps[first]!.x;
    if (this.#steps[first]!.top < top) put(this.#steps[first]!.top, below);
    for (; index < this.#steps.length && this.#steps[index]!.top < bottom; index++) {
      below = this.#steps[index]!.x;
      put(Math.max(top, this.#steps[index]!.top), Math.max(below, x));
    }
    if (this.#steps[index]?.top !== bottom) put(bottom, below);
    next.push(...this.#steps.slice(index));
    this.#steps = next;
  }

  #stepAt(y: number): number {
    let low = 0;
    let high = this.#steps.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#steps[middle]!.top <= y) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
