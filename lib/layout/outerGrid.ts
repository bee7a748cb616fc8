/** Many units that nearly all call each other: a calm grid in the order of calls, edges straight from one to the other. */
import { type Bundle, follow } from "./bundles.ts";
import type { Route } from "./layout.ts";
import { callersFirst } from "./pack.ts";
import { RoutePen } from "./route.ts";
import { dockOf, type Outer, type Unit } from "./units.ts";

const GAP = { across: 72, down: 28 } as const;
/** How far an edge swings out of the side of a unit: a share of its length between bounds. */
const SWING = { share: 0.4, least: 36, most: 110 } as const;

/**
 * Columns from the first callers to the last called. The number of units alone decides who stands where, so a folded
 * namespace that unfolds pushes others aside without changing their order.
 */
export function arrangeInGrid(units: readonly Unit[], bundles: readonly Bundle[], aspect: number): Outer {
  const order = callersFirst(
    units.length,
    bundles.map(({ source, target }) => ({ source, target, weight: 1 })),
  );
  const heightOf = (unit: number) => units[unit]!.item.above + units[unit]!.item.below;
  const middle = [...order].sort((a, b) => heightOf(a) - heightOf(b))[order.length >> 1] ?? 0;
  const cell = { width: units[middle]!.item.width + GAP.across, height: heightOf(middle) + GAP.down };
  const sizeOf = (rows: number) => Math.max((Math.ceil(units.length / rows) * cell.width) / aspect, rows * cell.height);
  const perColumn = [...units.keys()].map((index) => index + 1).reduce((a, b) => (sizeOf(b) < sizeOf(a) ? b : a), 1);

  const origin: { x: number; y: number }[] = [];
  let left = 0;
  for (let first = 0; first < order.length; first += perColumn) {
    const column = order.slice(first, first + perColumn);
    const width = Math.max(...column.map((unit) => units[unit]!.item.width));
    let top = 0;
    for (const unit of column) {
      const { item } = units[unit]!;
      origin[unit] = { x: left + (width - item.width) / 2, y: top + item.above };
      top += heightOf(unit) + GAP.down;
    }
    left += width + GAP.across;
  }

  return { origin, routes: routeSwinging(units, origin, bundles) };
}

/** Leads bundles straight from unit to unit, swinging out of the one and into the other. */
export function routeSwinging(
  units: readonly Unit[],
  origin: Outer["origin"],
  bundles: readonly Bundle[],
): Map<string, Route> {
  const routes = new Map<string, Route>();
  for (const { source, target, strands } of bundles) {
    const [from, to] = [origin[source]!, origin[target]!];
    const [start, end] = [units[source]!, units[target]!];
    for (const { edge, exit, entry } of strands) {
      const out = dockOf(start, from, edge.source);
      const into = dockOf(end, to, edge.target);
      const pen = new RoutePen(out.x + out.reach, out.y);
      follow(pen, exit.lanes, from, 0);
      if (start.inside !== undefined) pen.to(from.x + start.item.width, from.y + exit.y);
      const entryX = end.inside === undefined ? into.x - into.reach : to.x;
      const length = Math.hypot(entryX - from.x - start.item.width, to.y + entry.y - from.y - exit.y);
      pen.swing(entryX, to.y + entry.y, Math.min(SWING.most, Math.max(SWING.least, SWING.share * length)));
      follow(pen, entry.lanes, to, 0);
      pen.to(into.x - into.reach, into.y);
      routes.set(edge.id, pen.finish());
    }
  }
  return routes;
}
