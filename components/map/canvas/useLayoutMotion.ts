/** When a layout moves what was already there, it glides; what is new fades in. A refresh without a new layout moves nothing. */
import { type RefObject, useLayoutEffect, useRef } from "react";
import type { LayoutResult } from "#lib/layout/layout.ts";

const GLIDE = { duration: 150, easing: "ease-out" } as const;
/** A rearranged big map is shown at once: animating thousands of elements would stutter. */
const MOST_MOVED = 400;

export function useLayoutMotion(layer: RefObject<HTMLElement | null>, layout: LayoutResult | undefined): void {
  const last = useRef<LayoutResult>(undefined);
  useLayoutEffect(() => {
    const before = last.current;
    last.current = layout;
    if (before === undefined || layout === undefined || before === layout || layer.current === null) return;
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    const old = new Map(before.nodes.map((node) => [node.id, node]));
    const oldRoutes = new Map(before.edges.map((edge) => [edge.id, edge.route]));
    const moved = layout.nodes.filter((node) => {
      const place = old.get(node.id);
      return place === undefined || place.x !== node.x || place.y !== node.y;
    });
    if (moved.length > MOST_MOVED) return;
    const elements = new Map<string, SVGElement>();
    for (const element of layer.current.querySelectorAll<SVGElement>(".map-node, .map-edge"))
      elements.set(element.dataset.select ?? "", element);
    for (const node of moved) {
      const place = old.get(node.id);
      elements
        .get(node.id)
        ?.animate(
          place === undefined
            ? { opacity: [0, 1] }
            : { transform: [`translate(${place.x}px,${place.y}px)`, `translate(${node.x}px,${node.y}px)`] },
          GLIDE,
        );
    }
    for (const edge of layout.edges)
      if (oldRoutes.get(edge.id) !== edge.route) elements.get(edge.id)?.animate({ opacity: [0, 1] }, GLIDE);
  }, [layer, layout]);
}
