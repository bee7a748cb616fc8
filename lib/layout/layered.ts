/** A layered drawing, left to right, of any items: the nodes of a box, or the boxes of the mesh. */
import { type Across, columnsAcross } from "./across.ts";
import { alignColumns } from "./align.ts";
import { backwardEdges } from "./feedback.ts";
import { buildLayers, type LayeredEdge, type Layers } from "./layers.ts";
import { orderColumns } from "./order.ts";
import { foldTallRanks, packRanks, rankByLongestPath } from "./rank.ts";

export type LayeredItem = {
  readonly width: number;
  readonly above: number;
  readonly below: number;
  /** Stands on the left or right border, where edges enter and leave. */
  readonly border?: "left" | "right";
  /** y it had before; items are ordered by it to begin with. */
  readonly seed?: number;
};

export type LayeredOptions = {
  /** Between columns, between items, between lanes. */
  readonly columnGap: number;
  readonly itemGap: number;
  readonly laneGap: number;
  /** Between the border and the first or last column. */
  readonly borderGap: number;
  /** Columns that would be taller are folded; with `pack`, lower ones are filled up with what follows. */
  readonly maxHeight: number;
  readonly pack?: boolean;
};

/** A stretch of an edge that runs level through a column, in the direction of the edge. */
export type Lane = { readonly x0: number; readonly x1: number; readonly y: number };

/** How an edge runs: out to `departX` on its source's level, along its lanes, from `arriveX` on its target's level. */
export type LayeredPath = {
  readonly isBackward: boolean;
  readonly lanes: readonly Lane[];
  readonly departX: number;
  readonly arriveX: number;
};

export type Layered = {
  /** Left edge and reference y of each item. */
  readonly x: number[];
  readonly y: number[];
  readonly edges: readonly LayeredPath[];
  readonly width: number;
  readonly height: number;
};

/** Places items and finds lanes for edges. The drawing's top left corner is 0, 0. */
export function layoutLayered(
  items: readonly LayeredItem[],
  edges: readonly LayeredEdge[],
  options: LayeredOptions,
): Layered {
  const inner: number[] = [];
  for (const [index, item] of items.entries()) if (item.border === undefined) inner.push(index);
  const innerIndex = new Map(inner.map((item, index) => [item, index]));
  const isInner = (edge: LayeredEdge) => innerIndex.has(edge.source) && innerIndex.has(edge.target);
  const innerEdges = edges.filter(isInner).map((edge) => ({
    source: innerIndex.get(edge.source)!,
    target: innerIndex.get(edge.target)!,
    weight: edge.weight,
  }));
  const innerBackward = backwardEdges(inner.length, innerEdges);
  const forward = innerEdges.map((edge, index) =>
    innerBackward[index] ? { source: edge.target, target: edge.source, weight: edge.weight } : edge,
  );
  const flat = rankByLongestPath(inner.length, forward);
  const seeds = inner.map((item) => items[item]!.seed);
  const reading = readingOrder(flat, forward, seeds);
  const heights = inner.map((item) => items[item]!.above + items[item]!.below + options.itemGap);
  const folded = (options.pack === true ? packRanks : foldTallRanks)(flat, heights, reading, options.maxHeight);
  const last = folded.reduce((most, rank) => Math.max(most, rank), -1) + 2;
  const rank = items.map((item, index) =>
    item.border === "left" ? 0 : item.border === "right" ? last : folded[innerIndex.get(index)!]! + 1,
  );

  const backward = edges.map((edge) => rank[edge.target]! <= rank[edge.source]!);
  const layers = buildLayers(rank, last + 1, edges, backward);
  startOrder(layers.columns, layers.right, reading, inner, layers.itemCount, items);
  orderColumns(layers);
  const size = (vertex: number) => items[vertex];
  const y = alignColumns(layers, (a, b) => {
    const upper = size(a);
    const lower = size(b);
    const isFull =
      upper !== undefined && lower !== undefined && upper.border === undefined && lower.border === undefined;
    const isTurn = layers.turns.has(a) || layers.turns.has(b);
    const gap = isFull ? options.itemGap : isTurn ? options.laneGap / 2 : options.laneGap;
    return (upper?.below ?? 0) + (lower?.above ?? 0) + gap;
  });

  let top = Number.POSITIVE_INFINITY;
  let bottom = 0;
  for (let vertex = 0; vertex < y.length; vertex++) top = Math.min(top, y[vertex]! - (size(vertex)?.above ?? 0));
  for (let vertex = 0; vertex < y.length; vertex++) {
    y[vertex] = Math.round(y[vertex]! - top);
    bottom = Math.max(bottom, y[vertex]! + (size(vertex)?.below ?? 0));
  }

  const widthOf = (vertex: number) => size(vertex)?.width ?? 0;
  const across = columnsAcross(layers, widthOf, (column) =>
    column === 1 || column === last ? options.borderGap : options.columnGap,
  );
  return {
    x: across.left.slice(0, items.length),
    y: y.slice(0, items.length),
    edges: edges.map((edge, index) => followEdge(edge, index, layers, y, across)),
    width: across.width,
    height: bottom,
  };
}

/** The level stretches of an edge, from the bends between them. */
function followEdge(
  edge: LayeredEdge,
  index: number,
  layers: Layers,
  y: readonly number[],
  { bend }: Across,
): LayeredPath {
  const chain = layers.lanes[index]!;
  const turning = layers.turning.get(index);
  if (turning === undefined) {
    const path = [edge.source, ...chain, edge.target];
    const bends = path.slice(1).map((vertex, step) => bend(path[step]!, vertex));
    const lanes = chain.map((vertex, step) => ({ x0: bends[step]!.x1, x1: bends[step + 1]!.x0, y: y[vertex]! }));
    return { isBackward: false, lanes, departX: bends[0]!.x0, arriveX: bends.at(-1)!.x1 };
  }
  const [after, before] = turning;
  const departX = Math.max(bend(edge.source, after).x0, bend(chain[0]!, after).x0);
  const arriveX = Math.min(bend(before, edge.target).x1, bend(before, chain.at(-1)!).x1);
  const bends = chain.slice(1).map((vertex, step) => bend(vertex, chain[step]!));
  const lanes = chain.map((vertex, step) => ({
    x0: step === 0 ? departX : bends[step - 1]!.x0,
    x1: step === chain.length - 1 ? arriveX : bends[step]!.x1,
    y: y[vertex]!,
  }));
  return { isBackward: true, lanes, departX, arriveX };
}

/** The order in which a reader meets the items: by their place before where known, else depth first from the sources. */
function readingOrder(
  rank: readonly number[],
  edges: readonly { source: number; target: number }[],
  seeds: readonly (number | undefined)[],
): number[] {
  const after: number[][] = rank.map(() => []);
  for (const edge of edges) after[edge.source]!.push(edge.target);
  const order: number[] = [];
  const met = new Uint8Array(rank.length);
  const roots = [...rank.keys()].sort((a, b) => rank[a]! - rank[b]! || a - b);
  for (const root of roots) {
    const stack = [root];
    while (stack.length > 0) {
      const vertex = stack.pop()!;
      if (met[vertex] === 1) continue;
      met[vertex] = 1;
      order.push(vertex);
      for (const target of after[vertex]!.toReversed()) if (met[target] === 0) stack.push(target);
    }
  }
  if (seeds.every((seed) => seed === undefined)) return order;
  const value = new Map<number, number>();
  let previous = Number.NEGATIVE_INFINITY;
  for (const vertex of order) {
    previous = seeds[vertex] ?? previous;
    value.set(vertex, previous);
  }
  return order
    .map((vertex, index) => ({ vertex, index }))
    .sort((a, b) => value.get(a.vertex)! - value.get(b.vertex)! || a.index - b.index)
    .map((entry) => entry.vertex);
}

/** Begins each column in reading order; lanes take the place of the item they lead to. */
function startOrder(
  columns: number[][],
  right: readonly (readonly { readonly to: number }[])[],
  reading: readonly number[],
  inner: readonly number[],
  itemCount: number,
  items: readonly LayeredItem[],
): void {
  const value = new Float64Array(right.length);
  for (const [index, vertex] of reading.entries()) value[inner[vertex]!] = index;
  for (let column = columns.length - 1; column >= 0; column--) {
    for (const vertex of columns[column]!) {
      if (vertex < itemCount && items[vertex]!.border === undefined) continue;
      const ends = right[vertex]!;
      value[vertex] = ends.length === 0 ? reading.length : Math.min(...ends.map((end) => value[end.to]!));
    }
    columns[column]!.sort((a, b) => value[a]! - value[b]! || a - b);
  }
}
