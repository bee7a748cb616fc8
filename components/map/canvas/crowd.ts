/**
 * Maps of very many edges. Those without trouble are drawn together, a few paths an area, and found by where they run:
 * an element each would be slow to move and would shout down what matters.
 */
import type { Graph, GraphEdge } from "#lib/domain/graph/graph.ts";
import type { Reach } from "#lib/domain/graph/reachable.ts";
import type { LayoutResult, Route } from "#lib/layout/layout.ts";
import { routePieces, sampleRoute } from "#lib/layout/route.ts";
import { arrowhead, isIdle, strokeWidth } from "./edgeLook.ts";

/** From so many edges on. */
const CROWD = 400;
/** Edges are drawn together by area: a browser looks at every path that touches what it draws. */
const AREA = { width: 900, height: 700 } as const;
/** Pieces in one path: a browser smooths paths of many pieces by a slower way. */
const TOGETHER = 5;
const CELL = 48;
const SAMPLE = 16;

export function isCrowd(graph: Graph): boolean {
  return graph.edges.length > CROWD;
}

/** Without trouble, so that in a crowd it steps back. */
export function isQuiet(edge: GraphEdge): boolean {
  return edge.health === "healthy" || edge.health === "unknown";
}

/** The edges of a node, or an edge, with their ends: in a crowd nearly everything is up- or downstream of everything. */
export function closeTo(graph: Graph, id: string): Reach {
  const own = graph.edges.filter((edge) => edge.id === id || edge.source === id || edge.target === id);
  const nodes = new Set(own.flatMap((edge) => [edge.source, edge.target]));
  if (graph.nodes.some((node) => node.id === id)) nodes.add(id);
  return { nodes, edges: new Set(own.map((edge) => edge.id)) };
}

/** Quiet edges of one area and kind. */
export type QuietPath = {
  readonly key: string;
  /** plain, tcp, idle, or head: the arrowheads of all. */
  readonly kind: string;
  readonly width: number;
  readonly d: string;
};

/** Draws quiet edges together. Widths are halved: only trouble has weight in a crowd. */
export function quietPaths(edges: readonly GraphEdge[], routes: ReadonlyMap<string, Route>): readonly QuietPath[] {
  const paths = new Map<string, { kind: string; width: number; d: string[] }>();
  const add = (kind: string, width: number, d: string, points: Route) => {
    const key = `${kind} ${width} ${areasOf(points)}`;
    const path = paths.get(key);
    if (path === undefined || path.d.length >= TOGETHER) {
      if (path !== undefined) paths.set(`${key} ${paths.size}`, path);
      paths.set(key, { kind, width, d: [d] });
    } else path.d.push(d);
  };
  for (const edge of edges) {
    const route = routes.get(edge.id);
    if (route === undefined) continue;
    const kind = isIdle(edge) ? "idle" : edge.protocol === "tcp" ? "tcp" : "plain";
    const width = Math.max(1, Math.round(strokeWidth(edge) / 2));
    for (const piece of routePieces(route)) {
      add(kind, width, piece, piece.match(/-?[\d.]+/g)?.map(Number) ?? []);
    }
    add("head", 0, arrowhead(route, 7), route.slice(-2));
  }
  return [...paths].map(([key, { kind, width, d }]) => ({ key, kind, width, d: d.join("") }));
}

/** First and last area that something touches across and down: together only what covers the same, or a path would cover everything. */
function areasOf(points: Route): string {
  const xs = points.filter((_, index) => index % 2 === 0).map((x) => Math.floor(x / AREA.width));
  const ys = points.filter((_, index) => index % 2 === 1).map((y) => Math.floor(y / AREA.height));
  return [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)].join(" ");
}

/** Finds the edge that runs nearest to a point of the map. */
export class EdgeFinder {
  readonly #layout: LayoutResult;
  #cells: Map<number, { readonly x: number; readonly y: number; readonly id: string }[]> | undefined;

  constructor(layout: LayoutResult) {
    this.#layout = layout;
  }

  /** Id of the edge within `reach` map pixels; undefined where none runs. */
  at(x: number, y: number, reach: number): string | undefined {
    const cells = (this.#cells ??= this.#sample());
    const within = Math.min(reach, CELL) + SAMPLE / 2;
    let best: string | undefined;
    let least = within;
    for (let cellX = Math.floor((x - within) / CELL); cellX <= Math.floor((x + within) / CELL); cellX++)
      for (let cellY = Math.floor((y - within) / CELL); cellY <= Math.floor((y + within) / CELL); cellY++)
        for (const point of cells.get(cellKey(cellX, cellY)) ?? []) {
          const distance = Math.hypot(point.x - x, point.y - y);
          if (distance < least) [least, best] = [distance, point.id];
        }
    return best;
  }

  #sample() {
    const cells = new Map<number, { x: number; y: number; id: string }[]>();
    for (const { id, route } of this.#layout.edges) {
      const points = sampleRoute(route, SAMPLE);
      for (let at = 0; at + 1 < points.length; at += 2) {
        const point = { x: points[at]!, y: points[at + 1]!, id };
        const key = cellKey(Math.floor(point.x / CELL), Math.floor(point.y / CELL));
        const cell = cells.get(key);
        if (cell === undefined) cells.set(key, [point]);
        else cell.push(point);
      }
    }
    return cells;
  }
}

function cellKey(x: number, y: number): number {
  return x * 100_003 + y;
}
