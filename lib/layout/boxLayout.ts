/** The inside of a room: its nodes and small rooms, the edges between them, and where edges to elsewhere cross its border. */
import { NODE_GAP, placeIdle } from "./idleRows.ts";
import { type Lane, type LayeredItem, layoutLayered } from "./layered.ts";
import type { LayoutBox, LayoutEdge, LayoutNode, Route } from "./layout.ts";
import { RoutePen, selfLoop, shiftRoute } from "./route.ts";

const COLUMN_GAP = 28;
const LANE_GAP = 9;
/** Columns of up to this height are never folded. */
const SMALL_HEIGHT = 560;
/** Width to height a room tends to. */
const ASPECT = 1.3;

/** Where a node's edges to elsewhere pass the border, relative to the room, and the lanes they take inside. */
export type Gate = { readonly y: number; readonly lanes: readonly Lane[] };

type Point = { readonly x: number; readonly y: number };

/** Everything relative to the room's top left corner. */
export type BoxInside = {
  readonly width: number;
  readonly height: number;
  /** Reference points of all nodes, those of small rooms included. */
  readonly at: ReadonlyMap<string, Point>;
  /** Small rooms. */
  readonly rooms: readonly {
    readonly box: LayoutBox;
    readonly x: number;
    readonly y: number;
    readonly inside: BoxInside;
  }[];
  readonly routes: ReadonlyMap<string, Route>;
  readonly entries: ReadonlyMap<string, Gate>;
  readonly exits: ReadonlyMap<string, Gate>;
};

export type RoomContent = {
  readonly padding: LayoutBox["padding"];
  /** All nodes, those of small rooms included. */
  readonly nodes: readonly LayoutNode[];
  /** Rooms in this one; each node's `box` says which it is in. */
  readonly rooms: readonly LayoutBox[];
  /** Edges between these nodes. */
  readonly edges: readonly LayoutEdge[];
  /** Nodes with edges from and to elsewhere. */
  readonly entering: ReadonlySet<string>;
  readonly leaving: ReadonlySet<string>;
};

/** A node, or a small room with what is inside. */
type Item = {
  readonly nodes: readonly LayoutNode[];
  readonly room?: { readonly box: LayoutBox; readonly inside: BoxInside };
};

/** Lays out a room. `seed` is the y a node had before: those with one keep their order. */
export function layoutBox(content: RoomContent, seed: (id: string) => number | undefined): BoxInside {
  const { nodes, edges, entering, leaving, padding } = content;
  const linked = new Set<string>();
  for (const edge of edges) if (edge.source !== edge.target) linked.add(edge.source).add(edge.target);
  const roomIds = new Set(content.rooms.map(({ id }) => id));
  const isIdle = ({ id, box }: LayoutNode) =>
    !linked.has(id) && !entering.has(id) && !leaving.has(id) && !roomIds.has(box);
  const idle = nodes.filter(isIdle);
  const items: Item[] = [
    ...nodes.filter((node) => !roomIds.has(node.box) && !isIdle(node)).map((node) => ({ nodes: [node] })),
    ...content.rooms.map((box) => smallRoom(box, content, seed)),
  ];
  const itemOf = new Map(items.flatMap((item, index) => item.nodes.map((node) => [node.id, index] as const)));
  const sizes = items.map((item) => layeredItem(item, seed));
  const between = edges.filter((edge) => itemOf.get(edge.source) !== itemOf.get(edge.target));
  const gateY = (id: string, side: "entries" | "exits") => items[itemOf.get(id)!]!.room?.inside[side].get(id)?.y ?? 0;
  const layeredEdges = [
    ...between.map((edge) => ({
      source: itemOf.get(edge.source)!,
      target: itemOf.get(edge.target)!,
      weight: 2,
      sourceOffset: gateY(edge.source, "exits"),
      targetOffset: gateY(edge.target, "entries"),
    })),
    ...[...entering].map((id, position) => ({
      source: items.length + position,
      target: itemOf.get(id)!,
      weight: 1,
      targetOffset: gateY(id, "entries"),
    })),
    ...[...leaving].map((id, position) => ({
      source: itemOf.get(id)!,
      target: items.length + entering.size + position,
      weight: 1,
      sourceOffset: gateY(id, "exits"),
    })),
  ];
  const area = sizes.reduce((sum, item) => sum + (item.width + COLUMN_GAP) * (item.above + item.below + NODE_GAP), 0);
  const layered = layoutLayered(
    [
      ...sizes,
      ...[...entering].map(() => ({ width: 0, above: 0, below: 0, border: "left" as const })),
      ...[...leaving].map(() => ({ width: 0, above: 0, below: 0, border: "right" as const })),
    ],
    layeredEdges,
    {
      columnGap: COLUMN_GAP,
      itemGap: NODE_GAP,
      laneGap: LANE_GAP,
      borderGap: padding.side,
      maxHeight: Math.max(SMALL_HEIGHT, 1.15 * Math.sqrt(area / ASPECT)),
    },
  );

  const isEmpty = items.length === 0;
  const origins = items.map((_, index) => ({ x: layered.x[index]!, y: layered.y[index]! + padding.top }));
  const at = new Map<string, Point>();
  for (const [index, { nodes: own, room }] of items.entries()) {
    const { x, y } = origins[index]!;
    for (const node of own) {
      const inner = room?.inside.at.get(node.id);
      at.set(node.id, inner === undefined ? { x: x + node.width / 2, y } : { x: x + inner.x, y: y + inner.y });
    }
  }
  const grid = placeIdle(idle, padding.side, isEmpty ? 0 : layered.width, isEmpty ? 0 : layered.height + NODE_GAP);
  for (const [id, point] of grid.at) at.set(id, { x: point.x, y: point.y + padding.top });

  const down = (lanes: readonly Lane[]) => lanes.map((lane) => ({ ...lane, y: lane.y + padding.top }));
  const reach = new Map(nodes.map((node) => [node.id, node.reach]));
  /** The lanes from a node to the border of its small room, or from the border to the node; none outside small rooms. */
  const innerLanes = (id: string, side: "entries" | "exits"): readonly Lane[] => {
    const index = itemOf.get(id)!;
    const inside = items[index]!.room?.inside;
    const gate = inside?.[side].get(id);
    if (inside === undefined || gate === undefined) return [];
    const { x, y } = origins[index]!;
    const lanes = gate.lanes.map((lane) => ({ x0: lane.x0 + x, x1: lane.x1 + x, y: lane.y + y }));
    const border = x + (side === "exits" ? inside.width : 0);
    const crossing = { x0: border, x1: border, y: gate.y + y };
    return side === "exits" ? [...lanes, crossing] : [crossing, ...lanes];
  };
  const routes = new Map<string, Route>();
  for (const [index, item] of items.entries())
    for (const [id, route] of item.room?.inside.routes ?? [])
      routes.set(id, shiftRoute(route, origins[index]!.x, origins[index]!.y));
  for (const [position, edge] of between.entries()) {
    const source = at.get(edge.source)!;
    const target = at.get(edge.target)!;
    const path = layered.edges[position]!;
    const pen = new RoutePen(source.x + reach.get(edge.source)!, source.y);
    for (const lane of innerLanes(edge.source, "exits")) pen.to(lane.x0, lane.y).to(lane.x1, lane.y);
    const arriving = innerLanes(edge.target, "entries");
    const end = { x: target.x - reach.get(edge.target)!, y: target.y };
    const lanes = down(path.lanes);
    if (path.isBackward) {
      pen.turn(lanes[0]!.x0, lanes[0]!.y, 1);
      for (const lane of lanes) pen.to(lane.x0, lane.y).to(lane.x1, lane.y);
      pen.turn(arriving[0]?.x0 ?? end.x, arriving[0]?.y ?? end.y, -1);
    } else for (const lane of lanes) pen.to(lane.x0, lane.y).to(lane.x1, lane.y);
    for (const lane of arriving) pen.to(lane.x0, lane.y).to(lane.x1, lane.y);
    routes.set(edge.id, pen.to(end.x, end.y).finish());
  }
  for (const edge of edges) {
    if (edge.source !== edge.target) continue;
    const point = at.get(edge.source)!;
    routes.set(edge.id, selfLoop(point.x, point.y, reach.get(edge.source)!));
  }
  const gates = (ids: ReadonlySet<string>, side: "entries" | "exits", first: number): Map<string, Gate> =>
    new Map(
      [...ids].map((id, position) => {
        const lanes = down(layered.edges[between.length + first + position]!.lanes);
        const inner = innerLanes(id, side);
        return [
          id,
          {
            y: layered.y[items.length + first + position]! + padding.top,
            lanes: side === "exits" ? [...inner, ...lanes] : [...lanes, ...inner],
          },
        ];
      }),
    );
  return {
    width: Math.max(isEmpty ? 0 : layered.width, grid.width),
    height: grid.bottom + padding.top + padding.bottom,
    at,
    rooms: items.flatMap(({ room }, index) => (room === undefined ? [] : { ...room, ...origins[index]! })),
    routes,
    entries: gates(entering, "entries", 0),
    exits: gates(leaving, "exits", entering.size),
  };
}

function smallRoom(box: LayoutBox, content: RoomContent, seed: (id: string) => number | undefined): Item {
  const nodes = content.nodes.filter((node) => node.box === box.id);
  const own = new Set(nodes.map(({ id }) => id));
  const isWithin = (edge: LayoutEdge) => own.has(edge.source) && own.has(edge.target);
  const crossing = content.edges.filter((edge) => !isWithin(edge));
  const ends = (side: "source" | "target", elsewhere: ReadonlySet<string>) => {
    const linked = new Set(crossing.map((edge) => edge[side]));
    return new Set([...own].filter((id) => linked.has(id) || elsewhere.has(id)));
  };
  const inside = layoutBox(
    {
      padding: box.padding,
      nodes,
      rooms: [],
      edges: content.edges.filter(isWithin),
      entering: ends("target", content.entering),
      leaving: ends("source", content.leaving),
    },
    seed,
  );
  return { nodes, room: { box, inside } };
}

function layeredItem({ nodes, room }: Item, seed: (id: string) => number | undefined): LayeredItem {
  const seeds = nodes.flatMap((node) => seed(node.id) ?? []);
  const before = seeds.length === 0 ? {} : { seed: seeds.reduce((sum, y) => sum + y, 0) / seeds.length };
  if (room !== undefined) return { width: room.inside.width, above: 0, below: room.inside.height, ...before };
  const { width, above, below } = nodes[0]!;
  return { width, above, below, ...before };
}
