/** Draws a layout as a bare SVG: what layout tests look at and keep as snapshots. */
import type { LayoutResult } from "#lib/layout/layout.ts";
import { routePath } from "#lib/layout/route.ts";

/** One element a line, in a stable order, whole pixels. */
export function layoutToSvg(layout: LayoutResult): string {
  const r = Math.round;
  const lines = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${r(layout.width)} ${r(layout.height)}" font-size="11" text-anchor="middle">`,
    ...layout.boxes.map(
      (box) =>
        `<rect data-box="${escape(box.id)}" x="${r(box.x)}" y="${r(box.y)}" width="${r(box.width)}" height="${r(box.height)}" rx="8" fill="#f3f3f3" stroke="#ccc"/>`,
    ),
    ...layout.edges.map(
      (edge) => `<path data-edge="${escape(edge.id)}" d="${routePath(edge.route.map(r))}" fill="none" stroke="#888"/>`,
    ),
    ...layout.nodes.map(
      (node) =>
        `<g data-node="${escape(node.id)}" transform="translate(${r(node.x)} ${r(node.y)})"><rect x="-14" y="-14" width="28" height="28" rx="7" fill="#fff" stroke="#333"/><text y="34">${escape(node.id.slice(node.id.lastIndexOf("/") + 1))}</text></g>`,
    ),
    "</svg>",
  ];
  return lines.join("\n");
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
