/** A whole new arrangement: boxes from the inside out, then the boxes themselves, then the edges between them. */
import { type BoxInside, type Gate, layoutBox } from "./boxLayout.ts";
import { type Lane, type Layered, type LayeredItem, layoutLayered } from "./layered.ts";
import type { LayoutEdge, LayoutInput, LayoutNode, LayoutResult, PlacedBox, PlacedNode, Route } from "./layout.ts";
import { RoutePen, selfLoop } from "./route.ts";

/** Width in which a bundle changes its level. */
const BEND = 60;
const BOX_GAP = 40;
const LANE_GAP = { widest: 30, narrowest: 6 } as const;
const MARGIN = 24;
/** Width to height of the whole: a screen beside an inspector. */
const ASPECT = 1.6;
/** Up to so many units several drawings are tried, and edges are few enough to run between boxes of uneven width. */
const FEW = 30;
/** What a drawing may lose in aspect to spare edges that lead back. */
const BACKWARD_COST = 2;
const GOOD_ENOUGH = 0.25;
/** How far from a box its edges have come together, and how tightly. */
const BUNDLE = { distance: 44, tightness: 0.15, spread: 14 } as const;

/** A namespace box or a node outside all boxes: what the outer drawing consists of. */
type Unit = {
  readonly id: string;
  readonly box: string;
  readonly nodes: readonly LayoutNode[];
  readonly inside?: BoxInside;
  readonly item: LayeredItem;
};

/** Places everything anew; `previous` only seeds the order, so that the picture keeps its rough shape. */
export function arrange(input: LayoutInput, previous?: LayoutResult): LayoutResult {
  const nodes = [...input.nodes].sort((a, b) => compare(a.id, b.id));
  const unitOf = new Map(nodes.map((node) => [node.id, unitId(node)]));
  const edges = input.edges
    .filter((edge) => unitOf.has(edge.source) && unitOf.has(edge.target))
    .sort((a, b) => compare(a.id, b.id));
  const units = buildUnits(nodes, edges, unitOf, previous);
  const index = new Map(units.map((unit, position) => [unit.id, position]));
  const bundles = buildBundles(edges, units, unitOf, index);

  const linked = new Set(bundles.flatMap((bundle) => [bundle.source, bundle.target]));
  const busy = [...units.keys()].filter((unit) => linked.has(unit));
  const idle = [...units.keys()].filter((unit) => !linked.has(unit));
  const outer = layoutUnits(units, bundles, busy);
  const origin = new Map<number, { x: number; y: number }>();
  for (const [position, unit] of busy.entries())
    origin.set(unit, { x: outer.x[position]! + MARGIN, y: outer.y[position]! + MARGIN });
  placeIdleUnits(units, idle, busy.length > 0 ? outer.width : 0, busy.length > 0 ? outer.height + BOX_GAP : 0, origin);

  const placed: PlacedNode[] = [];
  const boxes: PlacedBox[] = [];
  for (const [position, unit] of units.entries()) {
    const { x, y } = origin.get(position)!;
    if (unit.inside === undefined) {
      const node = unit.nodes[0]!;
      placed.push({ ...node, x: x + node.width / 2, y });
      continue;
    }
    boxes.push({ id: unit.box, x, y, width: unit.inside.width, height: unit.inside.height });
    for (const node of unit.nodes) {
      const at = unit.inside.at.get(node.id)!;
      placed.push({ ...node, x: at.x + x, y: at.y + y });
    }
  }
  const at = new Map(placed.map((node) => [node.id, node]));
  const routes = routeBundles(bundles, units, outer, origin, at);
  const routed = edges.map((edge) => {
    const unit = units[index.get(unitOf.get(edge.source)!)!]!;
    const inside = unit.inside?.routes.get(edge.id);
    const { x, y } = origin.get(index.get(unit.id)!)!;
    const node = at.get(edge.source)!;
    const route =
      routes.get(edge.id) ?? (inside === undefined ? selfLoop(node.x, node.y, node.reach) : shiftRoute(inside, x, y));
    return { id: edge.id, source: edge.source, target: edge.target, route };
  });
  return { nodes: placed, boxes, edges: routed, departed: [], ...extent(placed, boxes) };
}

export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Size of the drawing with its margin. */
export function extent(
  nodes: readonly PlacedNode[],
  boxes: readonly PlacedBox[],
): { readonly width: number; readonly height: number } {
  let width = 0;
  let height = 0;
  for (const node of nodes) {
    width = Math.max(width, node.x + node.width / 2);
    height = Math.max(height, node.y + node.below);
  }
  for (const box of boxes) {
    width = Math.max(width, box.x + box.width);
    height = Math.max(height, box.y + box.height);
  }
  return { width: width + MARGIN, height: height + MARGIN };
}

function unitId(node: LayoutNode): string {
  return node.box === "" ? `node ${node.id}` : `box ${node.box}`;
}

function buildUnits(
  nodes: readonly LayoutNode[],
  edges: readonly LayoutEdge[],
  unitOf: ReadonlyMap<string, string>,
  previous: LayoutResult | undefined,
): Unit[] {
  const before = new Map(previous?.nodes.map((node) => [node.id, node]));
  const boxBefore = new Map(previous?.boxes.map((box) => [box.id, box]));
  const members = new Map<string, LayoutNode[]>();
  for (const node of nodes) {
    const id = unitOf.get(node.id)!;
    const list = members.get(id);
    if (list === undefined) members.set(id, [node]);
    else list.push(node);
  }
  const inside = new Map<string, LayoutEdge[]>();
  const entering = new Set<string>();
  const leaving = new Set<string>();
  for (const edge of edges) {
    const unit = unitOf.get(edge.source)!;
    if (unit === unitOf.get(edge.target)) {
      const list = inside.get(unit);
      if (list === undefined) inside.set(unit, [edge]);
      else list.push(edge);
    } else {
      leaving.add(edge.source);
      entering.add(edge.target);
    }
  }
  return [...members].map(([id, list]) => {
    const first = list[0]!;
    if (first.box === "") {
      const seed = before.get(first.id)?.y;
      const item = { width: first.width, above: first.above, below: first.below };
      return { id, box: "", nodes: list, item: seed === undefined ? item : { ...item, seed } };
    }
    const ids = list.map((node) => node.id);
    const box = layoutBox(
      list,
      inside.get(id) ?? [],
      new Set(ids.filter((node) => entering.has(node))),
      new Set(ids.filter((node) => leaving.has(node))),
      (node) => before.get(node)?.y,
    );
    const seed = boxBefore.get(first.box)?.y ?? meanY(list, before);
    const item = { width: box.width, above: 0, below: box.height };
    return { id, box: first.box, nodes: list, inside: box, item: seed === undefined ? item : { ...item, seed } };
  });
}

function meanY(nodes: readonly LayoutNode[], before: ReadonlyMap<string, PlacedNode>): number | undefined {
  const known = nodes.flatMap((node) => before.get(node.id)?.y ?? []);
  return known.length === 0 ? undefined : known.reduce((sum, y) => sum + y, 0) / known.length;
}

/** All edges from one unit to another. Docks are relative to the units' reference points. */
type Bundle = {
  readonly source: number;
  readonly target: number;
  readonly strands: readonly { readonly edge: LayoutEdge; readonly exit: Gate; readonly entry: Gate }[];
};

function buildBundles(
  edges: readonly LayoutEdge[],
  units: readonly Unit[],
  unitOf: ReadonlyMap<string, string>,
  index: ReadonlyMap<string, number>,
): Bundle[] {
  const open: Gate = { y: 0, lanes: [] };
  const bundles = new Map<number, { source: number; target: number; strands: Bundle["strands"][number][] }>();
  for (const edge of edges) {
    const source = index.get(unitOf.get(edge.source)!)!;
    const target = index.get(unitOf.get(edge.target)!)!;
    if (source === target) continue;
    const key = source * units.length + target;
    let bundle = bundles.get(key);
    if (bundle === undefined) bundles.set(key, (bundle = { source, target, strands: [] }));
    const exit = units[source]!.inside?.exits.get(edge.source) ?? open;
    const entry = units[target]!.inside?.entries.get(edge.target) ?? open;
    bundle.strands.push({ edge, exit, entry });
  }
  return [...bundles.values()];
}

function meanGate(bundle: Bundle, end: "exit" | "entry"): number {
  return bundle.strands.reduce((sum, strand) => sum + strand[end].y, 0) / bundle.strands.length;
}

/** The outer drawing, with columns folded at the height that brings it nearest to the wanted aspect. */
function layoutUnits(units: readonly Unit[], bundles: readonly Bundle[], busy: readonly number[]): Layered {
  const place = new Map(busy.map((unit, position) => [unit, position]));
  const items = busy.map((unit) => units[unit]!.item);
  const edges = bundles.map((bundle) => ({
    source: place.get(bundle.source)!,
    target: place.get(bundle.target)!,
    weight: Math.min(10, bundle.strands.length),
    sourceOffset: meanGate(bundle, "exit"),
    targetOffset: meanGate(bundle, "entry"),
  }));
  const area = items.reduce(
    (sum, item) => sum + (item.width + BEND + 2 * BUNDLE.distance) * (item.above + item.below + BOX_GAP),
    0,
  );
  const tallest = items.reduce((most, item) => Math.max(most, item.above + item.below), 0);
  const skyline = { beside: BUNDLE.distance, bend: BEND, between: BOX_GAP / 2 - 1 };
  const draw = (share: number, pack: boolean) =>
    layoutLayered(items, edges, {
      columnGap: BEND + 2 * BUNDLE.distance,
      itemGap: BOX_GAP,
      // Lanes move together as they become many.
      laneGap: Math.max(LANE_GAP.narrowest, Math.min(LANE_GAP.widest, 240 / Math.sqrt(1 + bundles.length * 2))),
      borderGap: 0,
      maxHeight: Math.max(tallest + BOX_GAP, share * Math.sqrt(area / ASPECT)),
      pack,
      ...(items.length > FEW ? {} : { skyline }),
    });
  let best = draw(1, false);
  const others: [number, boolean][] =
    items.length > 60
      ? [[0.9, true]]
      : [
          [0.7, false],
          [1.5, false],
          [0.6, true],
          [0.9, true],
        ];
  for (const [share, pack] of others) {
    if (cost(best) < GOOD_ENOUGH) break;
    const drawing = draw(share, pack);
    if (cost(drawing) < cost(best) - 0.02) best = drawing;
  }
  return best;
}

/** Prefers drawings of the wanted aspect, but not at the price of many edges that lead back. */
function cost({ width, height, edges }: Layered): number {
  const backward = edges.filter((edge) => edge.isBackward).length / Math.max(1, edges.length);
  return Math.abs(Math.log(width / Math.max(height, 1) / ASPECT)) + BACKWARD_COST * backward;
}

/** Units without an edge to another stand in rows under the drawing. */
function placeIdleUnits(
  units: readonly Unit[],
  idle: readonly number[],
  width: number,
  top: number,
  origin: Map<number, { x: number; y: number }>,
): void {
  const area = idle.reduce((sum, unit) => {
    const { item } = units[unit]!;
    return sum + (item.width + BOX_GAP) * (item.above + item.below + BOX_GAP);
  }, 0);
  const room = Math.max(width, Math.sqrt(area * ASPECT));
  let x = 0;
  let y = top;
  let rowHeight = 0;
  for (const unit of [...idle].sort((a, b) => units[b]!.item.below - units[a]!.item.below)) {
    const { item } = units[unit]!;
    if (x > 0 && x + item.width > room) {
      x = 0;
      y += rowHeight + BOX_GAP;
      rowHeight = 0;
    }
    origin.set(unit, { x: x + MARGIN, y: y + item.above + MARGIN });
    x += item.width + BOX_GAP;
    rowHeight = Math.max(rowHeight, item.above + item.below);
  }
}

function routeBundles(
  bundles: readonly Bundle[],
  units: readonly Unit[],
  outer: Layered,
  origin: ReadonlyMap<number, { x: number; y: number }>,
  at: ReadonlyMap<string, PlacedNode>,
): Map<string, Route> {
  const routes = new Map<string, Route>();
  const corner = { x: MARGIN, y: MARGIN };
  for (const [index, bundle] of bundles.entries()) {
    const from = origin.get(bundle.source)!;
    const to = origin.get(bundle.target)!;
    const path = outer.edges[index]!;
    const { lanes } = path;
    const exitMean = meanGate(bundle, "exit") + from.y;
    const entryMean = meanGate(bundle, "entry") + to.y;
    const alone = bundle.strands.length === 1;
    for (const { edge, exit, entry } of bundle.strands) {
      const source = at.get(edge.source)!;
      const target = at.get(edge.target)!;
      const pen = new RoutePen(source.x + source.reach, source.y);
      follow(pen, exit.lanes, from, 0);
      const right = from.x + units[bundle.source]!.item.width;
      const exitY = exit.y + from.y;
      const entryY = entry.y + to.y;
      const drift = squeeze((exitY - exitMean + (entryY - entryMean)) / 2);
      const departY = exitMean + squeeze(exitY - exitMean);
      if (units[bundle.source]!.inside !== undefined) pen.to(right, exitY);
      if (!alone) pen.to(right + BUNDLE.distance, departY);
      const departX = path.departX + MARGIN;
      if (right + (alone ? 0 : BUNDLE.distance) < departX) pen.to(departX, departY);
      if (path.isBackward) {
        pen.turn(lanes[0]!.x0 + MARGIN, lanes[0]!.y + MARGIN + drift, 1);
        follow(pen, lanes, corner, drift);
        pen.turn(path.arriveX + MARGIN, entryY, -1).to(to.x, entryY);
      } else {
        follow(pen, lanes, corner, drift);
        const arriveY = entryMean + squeeze(entryY - entryMean);
        pen.to(path.arriveX + MARGIN, arriveY);
        if (!alone) pen.to(to.x - BUNDLE.distance, arriveY);
        if (units[bundle.target]!.inside !== undefined) pen.to(to.x, entryY);
      }
      follow(pen, entry.lanes, to, 0);
      pen.to(target.x - target.reach, target.y);
      routes.set(edge.id, pen.finish());
    }
  }
  return routes;
}

/** Where in its bundle a strand runs, from how far off the middle it docks. */
function squeeze(offset: number): number {
  return Math.max(-BUNDLE.spread, Math.min(BUNDLE.spread, offset * BUNDLE.tightness));
}

function follow(pen: RoutePen, lanes: readonly Lane[], by: { x: number; y: number }, drift: number): void {
  for (const lane of lanes) pen.to(lane.x0 + by.x, lane.y + by.y + drift).to(lane.x1 + by.x, lane.y + by.y + drift);
}

function shiftRoute(route: Route, dx: number, dy: number): Route {
  return route.map((value, position) => value + (position % 2 === 0 ? dx : dy));
}
