/**
 * Yards side by side, each with its units: the clusters of a mesh with their namespaces.
 *
 *   ┌ yard ─────────────┐      Inside, units stand as they would alone. Edges from yard to yard pass between units
 *   │ ┌unit┐   ┌unit┐───┼──▶   like all others; the border of a yard is no wall, but its title is kept clear.
 *   └───────────────────┘
 */
import type { Bundle } from "./bundles.ts";
import type { LayoutBox, PlacedBox, Route } from "./layout.ts";
import { routeSwinging } from "./outerGrid.ts";
import { packUnits, routeAround, weighted } from "./outerPacked.ts";
import { edgeLength, type Packing, packBoxes, pictureCost } from "./pack.ts";
import { sampleRoute, shiftRoute } from "./route.ts";
import type { Outer, Unit } from "./units.ts";

const YARD_GAP = 40;
/** Shapes tried for a yard, as shares of the wanted aspect. Arranging many units takes its time. */
const SHAPES = { few: [1, 0.5, 0.6, 0.7, 0.8, 0.9, 1.1, 1.25, 1.4, 1.6, 1.85, 2.1], many: [1, 0.5, 2] } as const;
/** Room a yard's title takes of its upper border. */
const TITLE_WIDTH = 260;

/** One yard, laid out alone, or a unit beside the yards. */
type Plot = {
  readonly yard: LayoutBox | undefined;
  readonly units: readonly number[];
  readonly outer: Outer;
  /** From the plot's corner to the origin of what is inside. */
  readonly inset: { readonly x: number; readonly y: number };
  readonly width: number;
  readonly height: number;
};

/** Lays out the units of one yard. */
export type ArrangeUnits = (units: readonly Unit[], bundles: readonly Bundle[], aspect: number) => Outer;

/** Places yards with their units. Without `arrangeMany` units are packed, and the edges of all find their way together. */
export function arrangeYards(
  yards: readonly LayoutBox[],
  units: readonly Unit[],
  bundles: readonly Bundle[],
  aspect: number,
  arrangeMany: ArrangeUnits | undefined,
): Outer & { readonly boxes: readonly PlacedBox[] } {
  const groups = groupUnits(yards, units);
  const shapes = arrangeMany === undefined ? SHAPES.few : SHAPES.many;
  const { plots, packing, origin } = bestDrawing(groups, units, bundles, aspect, shapes, arrangeMany ?? arrangeFew);
  const routes = new Map<string, Route>();
  const boxes: PlacedBox[] = [];
  for (const [index, plot] of plots.entries()) {
    const spot = packing.spots[index]!;
    if (plot.yard !== undefined) boxes.push({ ...plot.yard, ...spot, width: plot.width, height: plot.height });
    for (const [id, route] of plot.outer.routes)
      routes.set(id, shiftRoute(route, spot.x + plot.inset.x, spot.y + plot.inset.y));
  }
  const titles = boxes.map(({ x, y, width, padding }) => ({
    left: x,
    top: y,
    right: x + Math.min(width, TITLE_WIDTH),
    bottom: y + padding.top / 2,
  }));
  const isAbroad = ({ source, target }: Bundle) => units[source]!.yard !== units[target]!.yard;
  const found =
    arrangeMany === undefined
      ? routeAround(units, origin, bundles, titles)
      : routeSwinging(units, origin, bundles.filter(isAbroad));
  for (const [id, route] of found) routes.set(id, route);
  return { origin, routes, boxes };
}

function arrangeFew(units: readonly Unit[], bundles: readonly Bundle[], aspect: number): Outer {
  return { origin: packUnits(units, bundles, aspect), routes: new Map() };
}

type PlotUnits = Pick<Plot, "yard" | "units">;

function groupUnits(yards: readonly LayoutBox[], units: readonly Unit[]): readonly PlotUnits[] {
  const indexes = [...units.keys()];
  return [
    // Of two yards that call each other, the larger comes first.
    ...yards
      .map((yard) => ({ yard, units: indexes.filter((unit) => units[unit]!.yard === yard.id) }))
      .sort((a, b) => b.units.length - a.units.length),
    ...indexes.filter((unit) => units[unit]!.yard === "").map((unit) => ({ yard: undefined, units: [unit] })),
  ].filter((plot) => plot.units.length > 0);
}

type Drawing = { readonly plots: readonly Plot[]; readonly packing: Packing; readonly origin: Outer["origin"] };

/** Yards beside each other had better be tall, and those below each other wide: the shape of the best picture wins. */
function bestDrawing(
  groups: readonly PlotUnits[],
  units: readonly Unit[],
  bundles: readonly Bundle[],
  aspect: number,
  shapes: readonly number[],
  arrangeUnits: ArrangeUnits,
): Drawing {
  const plotOf = new Map(groups.flatMap((group, index) => group.units.map((unit) => [unit, index] as const)));
  const between = bundles
    .map((bundle) => ({
      ...weighted(bundle),
      source: plotOf.get(bundle.source)!,
      target: plotOf.get(bundle.target)!,
    }))
    .filter(({ source, target }) => source !== target);
  let best: Drawing | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const share of shapes) {
    const plots = groups.map((group) => layoutPlot(group, units, bundles, share * aspect, arrangeUnits));
    const packing = packBoxes(plots, between, { gap: YARD_GAP, aspect });
    const origin = originsOf(plots, packing);
    const cost = pictureCost(packing, aspect, meanLength(units, bundles, origin));
    if (cost < least) [least, best] = [cost, { plots, packing, origin }];
  }
  return best!;
}

function originsOf(plots: readonly Plot[], packing: Packing): Outer["origin"] {
  const origin: { x: number; y: number }[] = [];
  for (const [index, { units, outer, inset }] of plots.entries())
    for (const [position, unit] of units.entries()) {
      const at = outer.origin[position]!;
      const spot = packing.spots[index]!;
      origin[unit] = { x: at.x + spot.x + inset.x, y: at.y + spot.y + inset.y };
    }
  return origin;
}

function meanLength(units: readonly Unit[], bundles: readonly Bundle[], origin: Outer["origin"]): number {
  let [length, weight] = [0, 0];
  const sizes = units.map(({ item }) => ({ width: item.width, height: item.above + item.below }));
  for (const bundle of bundles) {
    const { source, target, weight: own } = weighted(bundle);
    length += own * edgeLength(origin[source]!, sizes[source]!, origin[target]!, sizes[target]!, YARD_GAP);
    weight += own;
  }
  return weight > 0 ? length / weight : 0;
}

function layoutPlot(
  group: PlotUnits,
  units: readonly Unit[],
  bundles: readonly Bundle[],
  aspect: number,
  arrangeUnits: ArrangeUnits,
): Plot {
  const own = group.units.map((unit) => units[unit]!);
  const { yard } = group;
  if (yard === undefined) {
    const { width, above, below } = own[0]!.item;
    const outer = { origin: [{ x: 0, y: above }], routes: new Map() };
    return { ...group, outer, inset: { x: 0, y: 0 }, width, height: above + below };
  }
  const index = new Map(group.units.map((unit, position) => [unit, position]));
  const inner = bundles.flatMap((bundle) => {
    const [source, target] = [index.get(bundle.source), index.get(bundle.target)];
    return source === undefined || target === undefined ? [] : [{ ...bundle, source, target }];
  });
  const outer = arrangeUnits(own, inner, aspect);
  const xs: number[] = [];
  const ys: number[] = [];
  for (const [position, { item }] of own.entries()) {
    const { x, y } = outer.origin[position]!;
    xs.push(x, x + item.width);
    ys.push(y - item.above, y + item.below);
  }
  for (const route of outer.routes.values())
    for (const [at, value] of sampleRoute(route, 20).entries()) (at % 2 === 0 ? xs : ys).push(value);
  const [left, top] = [least(xs), least(ys)];
  const { side, top: above, bottom } = yard.padding;
  return {
    ...group,
    outer,
    inset: { x: side - left, y: above - top },
    width: -least(xs.map((x) => -x)) - left + 2 * side,
    height: -least(ys.map((y) => -y)) - top + above + bottom,
  };
}

function least(values: readonly number[]): number {
  return values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
}
