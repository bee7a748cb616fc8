/** The inside of one namespace box: its nodes, the edges between them, and where edges to elsewhere cross its border. */

import { type Lane, layoutLayered } from "./layered.ts";
import { BOX_PADDING, type LayoutEdge, type LayoutNode, type Route, titleRoom } from "./layout.ts";
import { RoutePen, selfLoop } from "./route.ts";

const NODE_GAP = 14;
const COLUMN_GAP = 36;
const LANE_GAP = 9;
/** Columns of up to this height are never folded. */
const SMALL_HEIGHT = 560;
/** Width to height a box tends to. */
const ASPECT = 1.3;

/** Where a node's edges to elsewhere pass the border, relative to the box, and the lanes they take inside. */
export type Gate = { readonly y: number; readonly lanes: readonly Lane[] };

export type BoxInside = {
  readonly width: number;
  readonly height: number;
  /** Reference points, relative to the box's top left corner. */
  readonly at: ReadonlyMap<string, { readonly x: number; readonly y: number }>;
  readonly routes: ReadonlyMap<string, Route>;
  readonly entries: ReadonlyMap<string, Gate>;
  readonly exits: ReadonlyMap<string, Gate>;
};

/**
 * Lays out the nodes of a box. `entering` and `leaving` name the nodes with edges from and to elsewhere;
 * `seed` is the y a node had before.
 */
export function layoutBox(
  nodes: readonly LayoutNode[],
  edges: readonly LayoutEdge[],
  entering: ReadonlySet<string>,
  leaving: ReadonlySet<string>,
  seed: (id: string) => number | undefined,
): BoxInside {
  const top = titleRoom(nodes.length);
  const linked = new Set<string>();
  for (const edge of edges) if (edge.source !== edge.target) linked.add(edge.source).add(edge.target);
  const idle = nodes.filter((node) => !linked.has(node.id) && !entering.has(node.id) && !leaving.has(node.id));
  const busy = nodes.filter((node) => !idle.includes(node));
  const index = new Map(busy.map((node, position) => [node.id, position]));

  const items = [
    ...busy.map((node) => {
      const before = seed(node.id);
      return {
        width: node.width,
        above: node.above,
        below: node.below,
        ...(before === undefined ? {} : { seed: before }),
      };
    }),
    ...[...entering].map(() => ({ width: 0, above: 0, below: 0, border: "left" as const })),
    ...[...leaving].map(() => ({ width: 0, above: 0, below: 0, border: "right" as const })),
  ];
  const inner = edges.filter((edge) => edge.source !== edge.target);
  const layeredEdges = [
    ...inner.map((edge) => ({ source: index.get(edge.source)!, target: index.get(edge.target)!, weight: 2 })),
    ...[...entering].map((id, position) => ({ source: busy.length + position, target: index.get(id)!, weight: 1 })),
    ...[...leaving].map((id, position) => ({
      source: index.get(id)!,
      target: busy.length + entering.size + position,
      weight: 1,
    })),
  ];
  const area = busy.reduce((sum, node) => sum + (node.width + COLUMN_GAP) * (node.above + node.below + NODE_GAP), 0);
  const layered = layoutLayered(items, layeredEdges, {
    columnGap: COLUMN_GAP,
    itemGap: NODE_GAP,
    laneGap: LANE_GAP,
    borderGap: BOX_PADDING.side,
    maxHeight: Math.max(SMALL_HEIGHT, 1.15 * Math.sqrt(area / ASPECT)),
  });

  const at = new Map<string, { x: number; y: number }>();
  for (const [position, node] of busy.entries())
    at.set(node.id, { x: layered.x[position]! + node.width / 2, y: layered.y[position]! + top });
  const grid = placeIdle(idle, busy.length > 0 ? layered.width : 0, busy.length > 0 ? layered.height + NODE_GAP : 0);
  for (const [id, point] of grid.at) at.set(id, { x: point.x, y: point.y + top });

  const down = (lanes: readonly Lane[]) => lanes.map((lane) => ({ ...lane, y: lane.y + top }));
  const reach = new Map(nodes.map((node) => [node.id, node.reach]));
  const routes = new Map<string, Route>();
  for (const [position, edge] of inner.entries()) {
    const source = at.get(edge.source)!;
    const target = at.get(edge.target)!;
    const path = layered.edges[position]!;
    const lanes = down(path.lanes);
    const pen = new RoutePen(source.x + reach.get(edge.source)!, source.y);
    const end = { x: target.x - reach.get(edge.target)!, y: target.y };
    if (path.isBackward) {
      pen.turn(lanes[0]!.x0, lanes[0]!.y, 1);
      for (const lane of lanes) pen.to(lane.x0, lane.y).to(lane.x1, lane.y);
      pen.turn(end.x, end.y, -1);
    } else {
      for (const lane of lanes) pen.to(lane.x0, lane.y).to(lane.x1, lane.y);
      pen.to(end.x, end.y);
    }
    routes.set(edge.id, pen.finish());
  }
  for (const edge of edges) {
    const point = at.get(edge.source)!;
    if (edge.source === edge.target) routes.set(edge.id, selfLoop(point.x, point.y, reach.get(edge.source)!));
  }
  const gates = (ids: ReadonlySet<string>, first: number): Map<string, Gate> =>
    new Map(
      [...ids].map((id, position) => [
        id,
        {
          y: layered.y[first + position]! + top,
          lanes: down(layered.edges[inner.length + first - busy.length + position]!.lanes),
        },
      ]),
    );
  return {
    width: Math.max(busy.length > 0 ? layered.width : 0, grid.width),
    height: grid.bottom + top + BOX_PADDING.bottom,
    at,
    routes,
    entries: gates(entering, busy.length),
    exits: gates(leaving, busy.length + entering.size),
  };
}

/** Nodes without any edge stand in rows under the others. */
function placeIdle(
  nodes: readonly LayoutNode[],
  width: number,
  top: number,
): { at: Map<string, { x: number; y: number }>; width: number; bottom: number } {
  const at = new Map<string, { x: number; y: number }>();
  const cell = nodes.reduce((most, node) => Math.max(most, node.width), 0) + NODE_GAP;
  const room = width - 2 * BOX_PADDING.side + NODE_GAP;
  const perRow = Math.max(Math.floor(room / Math.max(cell, 1)), Math.ceil(Math.sqrt(nodes.length)), 1);
  let rowTop = top;
  let bottom = Math.max(0, top - (top > 0 ? NODE_GAP : 0));
  for (let first = 0; first < nodes.length; first += perRow) {
    const row = nodes.slice(first, first + perRow);
    const above = row.reduce((most, node) => Math.max(most, node.above), 0);
    const below = row.reduce((most, node) => Math.max(most, node.below), 0);
    for (const [column, node] of row.entries())
      at.set(node.id, { x: BOX_PADDING.side + column * cell + (cell - NODE_GAP) / 2, y: rowTop + above });
    bottom = rowTop + above + below;
    rowTop = bottom + NODE_GAP;
  }
  const columns = Math.min(perRow, nodes.length);
  return { at, width: columns > 0 ? 2 * BOX_PADDING.side + columns * cell - NODE_GAP : 0, bottom };
}
