/** Units in columns, edges on lanes between them: for maps of many units. */
import { BUNDLE, type Bundle, follow, meanGate, squeeze } from "./bundles.ts";
import { type Layered, layoutLayered } from "./layered.ts";
import type { Route } from "./layout.ts";
import { RoutePen } from "./route.ts";
import { dockOf, type Outer, UNIT_GAP, type Unit } from "./units.ts";

/** Width in which a bundle changes its level. */
const BEND = 60;
const LANE_GAP = { widest: 30, narrowest: 6 } as const;
/** What a drawing may lose in aspect to spare edges that lead back. */
const BACKWARD_COST = 2;
const GOOD_ENOUGH = 0.25;

/** Places linked units in layers, the others in rows below. */
export function arrangeInLayers(units: readonly Unit[], bundles: readonly Bundle[], aspect: number): Outer {
  const linked = new Set(bundles.flatMap((bundle) => [bundle.source, bundle.target]));
  const busy = [...units.keys()].filter((unit) => linked.has(unit));
  const idle = [...units.keys()].filter((unit) => !linked.has(unit));
  const outer = layoutUnits(units, bundles, busy, aspect);
  const origin = new Map(busy.map((unit, position) => [unit, { x: outer.x[position]!, y: outer.y[position]! }]));
  const isEmpty = busy.length === 0;
  placeIdleUnits(units, idle, isEmpty ? 0 : outer.width, isEmpty ? 0 : outer.height + UNIT_GAP, origin, aspect);
  return { origin: units.map((_, unit) => origin.get(unit)!), routes: routeBundles(bundles, units, outer, origin) };
}

/** The layered drawing, with columns folded at the height that brings it nearest to the wanted aspect. */
function layoutUnits(
  units: readonly Unit[],
  bundles: readonly Bundle[],
  busy: readonly number[],
  aspect: number,
): Layered {
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
    (sum, item) => sum + (item.width + BEND + 2 * BUNDLE.distance) * (item.above + item.below + UNIT_GAP),
    0,
  );
  const tallest = items.reduce((most, item) => Math.max(most, item.above + item.below), 0);
  const draw = (share: number, pack: boolean) =>
    layoutLayered(items, edges, {
      columnGap: BEND + 2 * BUNDLE.distance,
      itemGap: UNIT_GAP,
      // Lanes move together as they become many.
      laneGap: Math.max(LANE_GAP.narrowest, Math.min(LANE_GAP.widest, 240 / Math.sqrt(1 + bundles.length * 2))),
      borderGap: 0,
      maxHeight: Math.max(tallest + UNIT_GAP, share * Math.sqrt(area / aspect)),
      pack,
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
    if (cost(best, aspect) < GOOD_ENOUGH) break;
    const drawing = draw(share, pack);
    if (cost(drawing, aspect) < cost(best, aspect) - 0.02) best = drawing;
  }
  return best;
}

/** Prefers drawings of the wanted aspect, but not at the price of many edges that lead back. */
function cost({ width, height, edges }: Layered, aspect: number): number {
  const backward = edges.filter((edge) => edge.isBackward).length / Math.max(1, edges.length);
  return Math.abs(Math.log(width / Math.max(height, 1) / aspect)) + BACKWARD_COST * backward;
}

/** Units without an edge to another stand in rows under the drawing. */
function placeIdleUnits(
  units: readonly Unit[],
  idle: readonly number[],
  width: number,
  top: number,
  origin: Map<number, { x: number; y: number }>,
  aspect: number,
): void {
  const area = idle.reduce((sum, unit) => {
    const { item } = units[unit]!;
    return sum + (item.width + UNIT_GAP) * (item.above + item.below + UNIT_GAP);
  }, 0);
  const room = Math.max(width, Math.sqrt(area * aspect));
  let x = 0;
  let y = top;
  let rowHeight = 0;
  for (const unit of [...idle].sort((a, b) => units[b]!.item.below - units[a]!.item.below)) {
    const { item } = units[unit]!;
    if (x > 0 && x + item.width > room) {
      x = 0;
      y += rowHeight + UNIT_GAP;
      rowHeight = 0;
    }
    origin.set(unit, { x, y: y + item.above });
    x += item.width + UNIT_GAP;
    rowHeight = Math.max(rowHeight, item.above + item.below);
  }
}

function routeBundles(
  bundles: readonly Bundle[],
  units: readonly Unit[],
  outer: Layered,
  origin: ReadonlyMap<number, { x: number; y: number }>,
): Map<string, Route> {
  const routes = new Map<string, Route>();
  const corner = { x: 0, y: 0 };
  for (const [index, bundle] of bundles.entries()) {
    const from = origin.get(bundle.source)!;
    const to = origin.get(bundle.target)!;
    const path = outer.edges[index]!;
    const { lanes } = path;
    const exitMean = meanGate(bundle, "exit") + from.y;
    const entryMean = meanGate(bundle, "entry") + to.y;
    const alone = bundle.strands.length === 1;
    for (const { edge, exit, entry } of bundle.strands) {
      const source = dockOf(units[bundle.source]!, from, edge.source);
      const target = dockOf(units[bundle.target]!, to, edge.target);
      const pen = new RoutePen(source.x + source.reach, source.y);
      follow(pen, exit.lanes, from, 0);
      const right = from.x + units[bundle.source]!.item.width;
      const exitY = exit.y + from.y;
      const entryY = entry.y + to.y;
      const drift = squeeze((exitY - exitMean + (entryY - entryMean)) / 2);
      const departY = exitMean + squeeze(exitY - exitMean);
      if (units[bundle.source]!.inside !== undefined) pen.to(right, exitY);
      if (!alone) pen.to(right + BUNDLE.distance, departY);
      const departX = path.departX;
      if (right + (alone ? 0 : BUNDLE.distance) < departX) pen.to(departX, departY);
      if (path.isBackward) {
        pen.turn(lanes[0]!.x0, lanes[0]!.y + drift, 1);
        follow(pen, lanes, corner, drift);
        pen.turn(path.arriveX, entryY, -1).to(to.x, entryY);
      } else {
        follow(pen, lanes, corner, drift);
        const arriveY = entryMean + squeeze(entryY - entryMean);
        pen.to(path.arriveX, arriveY);
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
