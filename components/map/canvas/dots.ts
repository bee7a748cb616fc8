/** Traffic as moving dots: how many, how fast, which are errors. Pure; TrafficDots.tsx paints them. */
import type { GraphEdge } from "#lib/domain/graph/graph.ts";
import type { Route } from "#lib/layout/layout.ts";
import { sampleRoute } from "#lib/layout/route.ts";

/** Map pixels a second: the same everywhere, so that only density speaks of rate. */
export const DOT_SPEED = 56;
const SAMPLE = 5;
/** Distance between dots: far apart at a trickle, close at 1,000 requests a second. */
const SPACING = { sparse: 170, dense: 18 } as const;

export type DotStream = {
  /** Points along the edge every few pixels: x0, y0, x1, y1… */
  readonly points: Float32Array;
  readonly length: number;
  readonly spacing: number;
  /** 0–1. */
  readonly errorShare: number;
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
};

/** The dots of an edge; undefined when nothing flows. */
export function dotStream(edge: GraphEdge, route: Route): DotStream | undefined {
  const rate =
    edge.protocol === "tcp" ? (edge.sentBytesPerSecond + edge.receivedBytesPerSecond) / 2000 : edge.requestsPerSecond;
  if (rate <= 0) return undefined;
  const points = sampleRoute(route, SAMPLE);
  const share = Math.min(1, Math.log10(1 + rate) / 3);
  let [left, top, right, bottom] = [points[0]!, points[1]!, points[0]!, points[1]!];
  for (let at = 2; at < points.length; at += 2) {
    left = Math.min(left, points[at]!);
    right = Math.max(right, points[at]!);
    top = Math.min(top, points[at + 1]!);
    bottom = Math.max(bottom, points[at + 1]!);
  }
  return {
    points,
    length: (points.length / 2 - 1) * SAMPLE,
    spacing: SPACING.sparse * (SPACING.dense / SPACING.sparse) ** share,
    errorShare: edge.protocol === "tcp" ? 0 : edge.errorPercent / 100,
    left,
    top,
    right,
    bottom,
  };
}

/**
 * Calls `visit` with the place of every dot at a time (seconds). Dot number n leaves the source at n × spacing / speed and keeps being
 * an error or not on its way. `thin` > 1 shows only every so many-th dot.
 */
export function visitDots(
  stream: DotStream,
  seconds: number,
  thin: number,
  visit: (x: number, y: number, isError: boolean) => void,
): void {
  const spacing = stream.spacing * thin;
  const travelled = (seconds * DOT_SPEED) / spacing;
  const newest = Math.floor(travelled);
  const last = stream.points.length / 2 - 1;
  for (let number = newest; ; number--) {
    const distance = (travelled - number) * spacing;
    if (distance > stream.length) return;
    const at = Math.min(last - 1, Math.floor((distance / stream.length) * last));
    const part = (distance / stream.length) * last - at;
    const { points } = stream;
    const x = points[at * 2]! + (points[at * 2 + 2]! - points[at * 2]!) * part;
    const y = points[at * 2 + 1]! + (points[at * 2 + 3]! - points[at * 2 + 1]!) * part;
    visit(x, y, isErrorDot(number, stream.errorShare));
  }
}

/** Spreads errors evenly over the dots by the golden ratio: at 10 % about every tenth is one, never ten in a row. */
function isErrorDot(number: number, share: number): boolean {
  return share > 0 && (number * 0.618033988749895) % 1 < share;
}
