/** Columns: how far right each item stands, and how columns are folded or packed to a given height. */
import type { WeightedEdge } from "./feedback.ts";

/**
 * Columns from 0, such that every edge (no cycles, no loops) leads at least one to the right. Longest path from the sources;
 * then items pulled by more weight on their right than on their left move towards it, which shortens edges as network simplex would.
 */
export function rankByLongestPath(count: number, edges: readonly WeightedEdge[]): number[] {
  const after: WeightedEdge[][] = Array.from({ length: count }, () => []);
  const before: WeightedEdge[][] = Array.from({ length: count }, () => []);
  const waiting = new Int32Array(count);
  for (const edge of edges) {
    after[edge.source]!.push(edge);
    before[edge.target]!.push(edge);
    waiting[edge.target]! += 1;
  }
  const rank = new Array<number>(count).fill(0);
  const order: number[] = [];
  for (let vertex = 0; vertex < count; vertex++) if (waiting[vertex] === 0) order.push(vertex);
  for (let next = 0; next < order.length; next++) {
    const vertex = order[next]!;
    for (const { target } of after[vertex]!) {
      rank[target] = Math.max(rank[target]!, rank[vertex]! + 1);
      waiting[target]! -= 1;
      if (waiting[target] === 0) order.push(target);
    }
  }
  const total = (list: readonly WeightedEdge[]) => list.reduce((sum, edge) => sum + edge.weight, 0);
  for (const vertex of order.toReversed()) {
    const right = after[vertex]!;
    if (right.length > 0 && total(right) > total(before[vertex]!))
      rank[vertex] = right.reduce((least, edge) => Math.min(least, rank[edge.target]! - 1), Number.POSITIVE_INFINITY);
  }
  const least = rank.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  return rank.map((value) => value - (count > 0 ? least : 0));
}

/** Splits columns taller than `maxHeight` into several side by side, keeping the given reading order within. */
export function foldTallRanks(
  rank: readonly number[],
  heights: readonly number[],
  readingOrder: readonly number[],
  maxHeight: number,
): number[] {
  const columns: number[][] = [];
  for (const vertex of readingOrder) (columns[rank[vertex]!] ??= []).push(vertex);
  const folded = new Array<number>(rank.length).fill(0);
  let next = 0;
  for (const column of columns) {
    if (column === undefined) continue;
    const height = column.reduce((sum, vertex) => sum + heights[vertex]!, 0);
    const parts = Math.max(1, Math.ceil(height / maxHeight));
    let filled = 0;
    for (const vertex of column) {
      const part = Math.min(parts - 1, Math.floor(((filled + heights[vertex]! / 2) / height) * parts));
      folded[vertex] = next + part;
      filled += heights[vertex]!;
    }
    next += parts;
  }
  return dense(folded);
}

/**
 * Fills columns up to `maxHeight` in the order of ranks, so that a dense graph of many ranks becomes few columns. Edges between
 * items that end up in one column then lead back into it.
 */
export function packRanks(
  rank: readonly number[],
  heights: readonly number[],
  readingOrder: readonly number[],
  maxHeight: number,
): number[] {
  const packed = new Array<number>(rank.length).fill(0);
  let column = 0;
  let filled = 0;
  for (const vertex of [...readingOrder].sort((a, b) => rank[a]! - rank[b]!)) {
    if (filled > 0 && filled + heights[vertex]! > maxHeight) {
      column += 1;
      filled = 0;
    }
    packed[vertex] = column;
    filled += heights[vertex]!;
  }
  return packed;
}

/** Closes gaps in the numbering: an uneven fold may leave a column empty. */
function dense(rank: readonly number[]): number[] {
  const used = [...new Set(rank)].sort((a, b) => a - b);
  const number = new Map(used.map((value, index) => [value, index]));
  return rank.map((value) => number.get(value)!);
}
