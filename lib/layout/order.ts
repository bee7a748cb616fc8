/** The order of vertices within each column, so that few edges cross. */
import type { Layers, Link } from "./layers.ts";

const SWEEPS = 10;
/** Sweeps without improvement before giving up. */
const PATIENCE = 2;
const UNPULLED = -1;

/** Reorders `layers.columns` in place by barycentre sweeps to and fro and keeps the best order seen. */
export function orderColumns(layers: Layers): void {
  const { columns } = layers;
  const position = new Float64Array(layers.rank.length);
  const wanted = new Float64Array(layers.rank.length);
  for (const column of columns) for (const [index, vertex] of column.entries()) position[vertex] = index;
  let best = columns.map((column) => [...column]);
  let fewest = countCrossings(layers, position);
  let stale = 0;
  for (let sweep = 0; sweep < SWEEPS && fewest > 0 && stale < PATIENCE; sweep++) {
    const rightwards = sweep % 2 === 0;
    for (let step = 0; step < columns.length; step++) {
      const column = columns[rightwards ? step : columns.length - 1 - step]!;
      sortByBarycentre(column, rightwards ? layers.left : layers.right, position, wanted);
    }
    const crossings = countCrossings(layers, position);
    stale += 1;
    if (crossings < fewest) {
      fewest = crossings;
      best = columns.map((column) => [...column]);
      stale = 0;
    }
  }
  for (const [index, column] of best.entries()) columns[index] = column;
}

/** Sorts a column by the mean position of each vertex's neighbours; vertices without neighbours stay where they are. */
function sortByBarycentre(
  column: number[],
  links: readonly Link[][],
  position: Float64Array,
  wanted: Float64Array,
): void {
  const movable: number[] = [];
  for (const vertex of column) {
    let sum = 0;
    let weights = 0;
    for (const link of links[vertex]!) {
      sum += link.weight * position[link.to]!;
      weights += link.weight;
    }
    if (weights > 0) movable.push(vertex);
    wanted[vertex] = weights > 0 ? sum / weights : UNPULLED;
  }
  movable.sort((a, b) => wanted[a]! - wanted[b]! || position[a]! - position[b]!);
  let next = 0;
  for (const [index, vertex] of column.entries()) if (wanted[vertex]! !== UNPULLED) column[index] = movable[next++]!;
  for (const [index, vertex] of column.entries()) position[vertex] = index;
}

/** Crossings between all neighbouring columns, unweighted, with an accumulator tree: O(links × log column). */
export function countCrossings(layers: Layers, position: Float64Array): number {
  let crossings = 0;
  for (const [index, column] of layers.columns.entries()) {
    const size = layers.columns[index + 1]?.length ?? 0;
    if (size === 0) continue;
    const tree = new Int32Array(size + 1);
    let seen = 0;
    for (const vertex of column) {
      for (const link of layers.right[vertex]!) {
        const end = position[link.to]!;
        let notBelow = 0;
        for (let at = end + 1; at > 0; at -= at & -at) notBelow += tree[at]!;
        crossings += seen - notBelow;
      }
      for (const link of layers.right[vertex]!) {
        for (let at = position[link.to]! + 1; at <= size; at += at & -at) tree[at]! += 1;
        seen += 1;
      }
    }
  }
  return crossings;
}
