/** A handful of boxes: packed to the shape of the screen, edges in the gaps between them. */
import { type Bundle, follow, meanGate, squeeze } from "./bundles.ts";
import { findPassages, type Obstacle, type Turn } from "./channels.ts";
import type { WeightedEdge } from "./feedback.ts";
import type { Route } from "./layout.ts";
import { packBoxes } from "./pack.ts";
import { RoutePen } from "./route.ts";
import { dockOf, type Outer, type Unit } from "./units.ts";

/** Wide enough for a bundle of four edges. */
const GAP = 40;
/** Half the width in which an edge changes its level. */
const BEND = 22;

/** Packs units of any size and leads the edges around them. */
export function arrangePacked(units: readonly Unit[], bundles: readonly Bundle[], aspect: number): Outer {
  const origin = packUnits(units, bundles, aspect);
  return { origin, routes: routeAround(units, origin, bundles) };
}

/** Where packed units stand: left edge and reference y. */
export function packUnits(units: readonly Unit[], bundles: readonly Bundle[], aspect: number): Outer["origin"] {
  const sizes = units.map(({ item }) => ({ width: item.width, height: item.above + item.below }));
  const { spots } = packBoxes(sizes, bundles.map(weighted), { gap: GAP, aspect });
  return spots.map((spot, unit) => ({ x: spot.x, y: spot.y + units[unit]!.item.above }));
}

/** A bundle as a pull between two boxes: many strands pull harder than one, but not in proportion. */
export function weighted({ source, target, strands }: Bundle): WeightedEdge {
  return { source, target, weight: Math.sqrt(strands.length) };
}

/** Leads bundles through the gaps between units. `titles` is what they should keep off besides. */
export function routeAround(
  units: readonly Unit[],
  origin: Outer["origin"],
  bundles: readonly Bundle[],
  titles: readonly Obstacle[] = [],
): Map<string, Route> {
  const obstacles = units.map(({ item }, unit) => {
    const { x, y } = origin[unit]!;
    return { left: x, top: y - item.above, right: x + item.width, bottom: y + item.below };
  });
  const passages = bundles.map((bundle) => {
    const [from, to] = [origin[bundle.source]!, origin[bundle.target]!];
    return {
      from: { x: from.x + units[bundle.source]!.item.width, y: from.y + meanGate(bundle, "exit") },
      to: { x: to.x, y: to.y + meanGate(bundle, "entry") },
    };
  });
  const turns = findPassages([...obstacles, ...titles], passages, GAP);
  const routes = new Map<string, Route>();
  for (const [index, bundle] of bundles.entries()) {
    const [from, to] = [origin[bundle.source]!, origin[bundle.target]!];
    const { from: exitAt, to: entryAt } = passages[index]!;
    for (const { edge, exit, entry } of bundle.strands) {
      const source = dockOf(units[bundle.source]!, from, edge.source);
      const target = dockOf(units[bundle.target]!, to, edge.target);
      const pen = new RoutePen(source.x + source.reach, source.y);
      follow(pen, exit.lanes, from, 0);
      const [exitY, entryY] = [exit.y + from.y, entry.y + to.y];
      pen.to(exitAt.x, exitY);
      const drift = squeeze((exitY - exitAt.y + (entryY - entryAt.y)) / 2);
      pass(pen, { x: exitAt.x, y: exitY }, turns[index]!, drift, { x: entryAt.x, y: entryY });
      follow(pen, entry.lanes, to, 0);
      pen.to(target.x - target.reach, target.y);
      routes.set(edge.id, pen.finish());
    }
  }
  return routes;
}

type Point = { readonly x: number; readonly y: number };

/** Draws the way between two boxes. The first stretch is on the strand's own level, and so is the last. */
function pass(pen: RoutePen, from: Point, turns: readonly Turn[], drift: number, to: Point): void {
  let [y, before, isRight] = [from.y, from.x, true];
  for (const [index, turn] of turns.entries()) {
    const after = turns[index + 1]?.x ?? to.x;
    const level = index === turns.length - 1 ? to.y : turn.y + drift;
    const isStillRight = index === turns.length - 1 || after > turn.x;
    const sign = isRight ? 1 : -1;
    const room = Math.min(BEND, Math.abs(turn.x - before) / (index === 0 ? 1 : 2), Math.abs(after - turn.x) / 2);
    pen.to(turn.x - sign * room, y);
    if (isRight === isStillRight) pen.to(turn.x + sign * room, level);
    else pen.turn(turn.x - sign * room, level, sign);
    [y, before, isRight] = [level, turn.x, isStillRight];
  }
  pen.to(to.x, to.y);
}
