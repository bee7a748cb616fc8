/** What a node looks like and is called, worked out of the graph: plain values, so that unchanged nodes are not drawn again. */

import { HEALTH_WORDS, nodeName, nodeTypeWord } from "#components/map/words.ts";
import type { GraphNode, NodeFlag, TrafficTotals } from "#lib/domain/graph/graph.ts";
import { formatBytesRate, formatRate } from "#lib/format/quantity.ts";
import type { BadgeIcon } from "./icons.ts";

/** Half the glyph's side, by traffic: below 1, below 100, and from 100 requests a second. */
export const GLYPH_HALF = [12, 14, 17] as const;
/** TCP counts as one request per so many bytes: a rough exchange, only for size. */
const BYTES_PER_REQUEST = 2_000;

/** Requests a second of a side, all protocols, for size and density only. */
export function trafficWeight(totals: TrafficTotals): number {
  return totals.httpPerSecond + totals.grpcPerSecond + totals.tcpBytesPerSecond / BYTES_PER_REQUEST;
}

/** The glyph's size step, 0 to 2. */
export function sizeStep(node: Pick<GraphNode, "inbound" | "outbound">): 0 | 1 | 2 {
  const weight = Math.max(trafficWeight(node.inbound), trafficWeight(node.outbound));
  return weight < 1 ? 0 : weight < 100 ? 1 : 2;
}

/** Badges by rank: what explains trouble comes before what is merely configured. */
const BADGES: readonly (readonly [NodeFlag, BadgeIcon])[] = [
  ["outOfMesh", "noProxy"],
  ["dead", "dead"],
  ["hasFaultInjection", "fault"],
  ["hasTrafficSplit", "split"],
  ["hasMirroring", "mirror"],
  ["hasCircuitBreaker", "circuitBreaker"],
  ["hasVirtualService", "routing"],
  ["hasHttpRoute", "routing"],
];

/** The two badges that matter most; the rest is in the inspector. */
export function nodeBadges(flags: readonly NodeFlag[]): readonly BadgeIcon[] {
  const badges = BADGES.filter(([flag]) => flags.includes(flag)).map(([, badge]) => badge);
  return [...new Set(badges)].slice(0, 2);
}

/** "12.4 rps", "3.20 kB/s", both, or undefined when nothing flows. */
export function formatTotals(totals: TrafficTotals): string | undefined {
  const requests = totals.httpPerSecond + totals.grpcPerSecond;
  const parts = [
    ...(requests > 0 ? [formatRate(requests)] : []),
    ...(totals.tcpBytesPerSecond > 0 ? [formatBytesRate(totals.tcpBytesPerSecond)] : []),
  ];
  return parts.length === 0 ? undefined : parts.join(" and ");
}

/** "workload reviews-v3, bookinfo, failing, 12.4 rps in, 3.10 rps out"; with `cluster`, "…, bookinfo in primary, …". */
export function describeNode(node: GraphNode, cluster?: string): string {
  const inbound = formatTotals(node.inbound);
  const outbound = formatTotals(node.outbound);
  const parts = [
    // As it is written on the map: what is seen must be part of what is read out.
    `${nodeTypeWord(node).toLowerCase()} ${nodeName(node)}`,
    [node.type === "box" ? "" : node.namespace, node.label === cluster ? "" : (cluster ?? "")]
      .filter((part) => part !== "")
      .join(" in "),
    HEALTH_WORDS[node.health].toLowerCase(),
    inbound === undefined ? "" : `${inbound} in`,
    outbound === undefined ? "" : `${outbound} out`,
  ];
  return parts.filter((part) => part !== "").join(", ");
}
