/** Edges from one unit to another run together. Here: which they are, and how they leave and enter. */
import type { Gate } from "./boxLayout.ts";
import type { Lane } from "./layered.ts";
import type { LayoutEdge } from "./layout.ts";
import type { RoutePen } from "./route.ts";
import type { Unit, UnitKey } from "./units.ts";

/** How far from a box its edges have come together, and how tightly. */
export const BUNDLE = { distance: 44, tightness: 0.15, spread: 14 } as const;

/** All edges from one unit to another. Docks are relative to the units' reference points. */
export type Bundle = {
  readonly source: number;
  readonly target: number;
  readonly strands: readonly { readonly edge: LayoutEdge; readonly exit: Gate; readonly entry: Gate }[];
};

export function buildBundles(
  edges: readonly LayoutEdge[],
  units: readonly Unit[],
  unitOf: ReadonlyMap<string, UnitKey>,
  index: ReadonlyMap<string, number>,
): Bundle[] {
  const open: Gate = { y: 0, lanes: [] };
  const bundles = new Map<number, { source: number; target: number; strands: Bundle["strands"][number][] }>();
  for (const edge of edges) {
    const source = index.get(unitOf.get(edge.source)!.unit)!;
    const target = index.get(unitOf.get(edge.target)!.unit)!;
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

export function meanGate(bundle: Bundle, end: "exit" | "entry"): number {
  return bundle.strands.reduce((sum, strand) => sum + strand[end].y, 0) / bundle.strands.length;
}

/** Where in its bundle a strand runs, from how far off the middle it docks. */
export function squeeze(offset: number): number {
  return Math.max(-BUNDLE.spread, Math.min(BUNDLE.spread, offset * BUNDLE.tightness));
}

export function follow(pen: RoutePen, lanes: readonly Lane[], by: { x: number; y: number }, drift: number): void {
  for (const lane of lanes) pen.to(lane.x0 + by.x, lane.y + by.y + drift).to(lane.x1 + by.x, lane.y + by.y + drift);
}
