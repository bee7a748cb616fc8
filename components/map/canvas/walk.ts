/** Moving over the map with keys: the nearest node in a direction, and the edges of a node one after the other. */
import type { GraphEdge } from "#lib/domain/graph/graph.ts";
import type { PlacedNode } from "#lib/layout/layout.ts";

export type Direction = "left" | "right" | "up" | "down";

/** Sideways distance counts this much more than distance along the direction. */
const SIDEWAYS = 2;

/** The node one would look to first in a direction; undefined at the rim of the map. */
export function nearestInDirection(
  nodes: readonly PlacedNode[],
  from: PlacedNode,
  direction: Direction,
): PlacedNode | undefined {
  const sign = direction === "left" || direction === "up" ? -1 : 1;
  const isLevel = direction === "left" || direction === "right";
  let best: PlacedNode | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const node of nodes) {
    const along = sign * (isLevel ? node.x - from.x : node.y - from.y);
    const aside = Math.abs(isLevel ? node.y - from.y : node.x - from.x);
    if (along <= 1 || aside > along * 4) continue;
    const distance = along + SIDEWAYS * aside;
    if (distance < least) {
      least = distance;
      best = node;
    }
  }
  return best;
}

/** The edge after (1) or before (-1) `current` among a node's edges: outgoing first, each group from top to bottom. */
export function stepThroughEdges(
  edges: readonly GraphEdge[],
  places: ReadonlyMap<string, PlacedNode>,
  node: string,
  current: string | undefined,
  step: 1 | -1,
): GraphEdge | undefined {
  const height = (id: string) => places.get(id)?.y ?? 0;
  const outgoing = edges.filter((edge) => edge.source === node);
  const incoming = edges.filter((edge) => edge.target === node && edge.source !== node);
  const ring = [
    ...outgoing.sort((a, b) => height(a.target) - height(b.target)),
    ...incoming.sort((a, b) => height(a.source) - height(b.source)),
  ];
  const at = ring.findIndex((edge) => edge.id === current);
  if (at < 0) return step === 1 ? ring[0] : ring.at(-1);
  return ring[(at + step + ring.length) % ring.length];
}
