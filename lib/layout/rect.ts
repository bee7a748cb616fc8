/** Rectangles of map pixels. */
import type { PlacedBox, PlacedNode } from "./layout.ts";

export type Rect = { readonly left: number; readonly top: number; readonly right: number; readonly bottom: number };

/** The room a node takes. */
export function nodeRect(node: Omit<PlacedNode, "id" | "box" | "reach">): Rect {
  return {
    left: node.x - node.width / 2,
    right: node.x + node.width / 2,
    top: node.y - node.above,
    bottom: node.y + node.below,
  };
}

export function boxRect(box: Pick<PlacedBox, "x" | "y" | "width" | "height">): Rect {
  return { left: box.x, top: box.y, right: box.x + box.width, bottom: box.y + box.height };
}

/** Whether two come nearer than `gap`. */
export function overlap(a: Rect, b: Rect, gap: number): boolean {
  return a.left < b.right + gap && b.left < a.right + gap && a.top < b.bottom + gap && b.top < a.bottom + gap;
}

export function contains(outer: Rect, inner: Rect): boolean {
  return (
    inner.left >= outer.left && inner.right <= outer.right && inner.top >= outer.top && inner.bottom <= outer.bottom
  );
}

/** The smallest that holds all of a list that is not empty. */
export function hull(rects: readonly Rect[]): Rect {
  return rects.reduce((a, b) => ({
    left: Math.min(a.left, b.left),
    top: Math.min(a.top, b.top),
    right: Math.max(a.right, b.right),
    bottom: Math.max(a.bottom, b.bottom),
  }));
}
