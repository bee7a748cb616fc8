/** Nodes without any edge stand in rows under the others. */
import type { LayoutNode } from "./layout.ts";

/** Between nodes that stand side by side or below one another. */
export const NODE_GAP = 14;

type Point = { readonly x: number; readonly y: number };

/**
 * Rows of a room whose other nodes take `width` and end at `top`. Gives the nodes' reference points, the width the room
 * needs (0 for no nodes) and where the rows end.
 */
export function placeIdle(
  nodes: readonly LayoutNode[],
  side: number,
  width: number,
  top: number,
): { at: Map<string, Point>; width: number; bottom: number } {
  const at = new Map<string, Point>();
  const cell = nodes.reduce((most, node) => Math.max(most, node.width), 0) + NODE_GAP;
  const room = width - 2 * side + NODE_GAP;
  const perRow = Math.max(Math.floor(room / Math.max(cell, 1)), Math.ceil(Math.sqrt(nodes.length)), 1);
  let rowTop = top;
  let bottom = Math.max(0, top - (top > 0 ? NODE_GAP : 0));
  for (let first = 0; first < nodes.length; first += perRow) {
    const row = nodes.slice(first, first + perRow);
    const above = row.reduce((most, node) => Math.max(most, node.above), 0);
    const below = row.reduce((most, node) => Math.max(most, node.below), 0);
    for (const [column, node] of row.entries())
      at.set(node.id, { x: side + column * cell + (cell - NODE_GAP) / 2, y: rowTop + above });
    bottom = rowTop + above + below;
    rowTop = bottom + NODE_GAP;
  }
  const columns = Math.min(perRow, nodes.length);
  return { at, width: columns > 0 ? 2 * side + columns * cell - NODE_GAP : 0, bottom };
}
