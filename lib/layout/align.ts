/** Vertical coordinates: every vertex as near to its neighbours as the order and the sizes in its column allow. */
import type { Layers, Link } from "./layers.ts";

const PASSES = 8;

/** y of every vertex. `separation(a, b)` is the least distance between vertices that follow each other in a column. */
export function alignColumns(layers: Layers, separation: (above: number, below: number) => number): number[] {
  const y = new Array<number>(layers.rank.length).fill(0);
  for (const column of layers.columns) {
    let at = 0;
    for (const [index, vertex] of column.entries()) {
      if (index > 0) at += separation(column[index - 1]!, vertex);
      y[vertex] = at;
    }
    for (const vertex of column) y[vertex]! -= at / 2;
  }
  const both = layers.left.map((links, vertex) => [...links, ...layers.right[vertex]!]);
  for (let pass = 0; pass < PASSES; pass++) {
    const rightwards = pass % 2 === 0;
    const links = pass >= PASSES - 3 ? both : rightwards ? layers.left : layers.right;
    for (let step = 0; step < layers.columns.length; step++)
      settleColumn(layers.columns[rightwards ? step : layers.columns.length - 1 - step]!, links, y, separation);
  }
  return y;
}

/**
 * Least squares under "keeps the order and the separations": subtracting the summed separations turns it into isotonic regression,
 * solved exactly by pooling neighbours that would collide and giving each pool its mean.
 */
function settleColumn(
  column: readonly number[],
  links: readonly (readonly Link[])[],
  y: number[],
  separation: (above: number, below: number) => number,
): void {
  const pools: { mean: number; weight: number; size: number }[] = [];
  const offsets: number[] = [];
  let offset = 0;
  for (const [index, vertex] of column.entries()) {
    if (index > 0) offset += separation(column[index - 1]!, vertex);
    offsets.push(offset);
    let weight = 0;
    let sum = 0;
    for (const link of links[vertex]!) {
      weight += link.weight;
      sum += link.weight * (y[link.to]! - link.shift);
    }
    // A vertex nobody pulls stays about where it is.
    const wanted = weight > 0 ? sum / weight : y[vertex]!;
    let pool = { mean: wanted - offset, weight: Math.max(weight, 0.01), size: 1 };
    for (let previous = pools.at(-1); previous !== undefined && previous.mean >= pool.mean; previous = pools.at(-1)) {
      pools.pop();
      const together = previous.weight + pool.weight;
      pool = {
        mean: (previous.mean * previous.weight + pool.mean * pool.weight) / together,
        weight: together,
        size: previous.size + pool.size,
      };
    }
    pools.push(pool);
  }
  let next = 0;
  for (const pool of pools)
    for (let taken = 0; taken < pool.size; taken++, next++) y[column[next]!] = pool.mean + offsets[next]!;
}
