/** Horizontal coordinates: straight columns. */
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
