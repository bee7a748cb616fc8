/** Icons of the map as single paths around 0,0, about 13 px wide, to be stroked: one element a node is the quickest to draw. */
import type { GraphNode } from "#lib/domain/graph/graph.ts";
import type { Lock } from "#lib/domain/graph/lock.ts";
import { isWithheld } from "#lib/domain/graph/withheld.ts";

export type NodeIcon =
  | "workload"
  | "service"
  | "app"
  | "gateway"
  | "waypoint"
  | "external"
  | "database"
  | "operation"
  | "unknown"
  | "passthrough"
  | "blackhole"
  | "inaccessible";

export const NODE_ICONS: Readonly<Record<NodeIcon, string>> = {
  workload: "M0-6.4L5.6-3.2V3.2L0 6.4L-5.6 3.2V-3.2ZM-5.6-3.2L0 0L5.6-3.2M0 0V6.4",
  service:
    "M-2.4-1.2L2.3-3.6M-2.4 1.2L2.3 3.6M-4.4-2a2 2 0 1 0 .01 0M4.2-6.4a1.9 1.9 0 1 0 .01 0M4.2 2.6a1.9 1.9 0 1 0 .01 0",
  app: "M0-6L6-2.8L0 .4L-6-2.8ZM-6 .4L0 3.6L6 .4M-6 3.4L0 6.6L6 3.4",
  gateway: "M-6.2 0H2.4M-1-3.4L2.4 0L-1 3.4M.5-6.2H5.2V6.2H.5",
  waypoint: "M0 6.6C-3.6 2.8-4.8.7-4.8-1.5A4.8 4.8 0 0 1 4.8-1.5C4.8.7 3.6 2.8 0 6.6ZM0-3.1a1.6 1.6 0 1 0 .01 0",
  external: "M0-6.2a6.2 6.2 0 1 0 .01 0M-6.2 0H6.2M0-6.2C3.2-3 3.2 3 0 6.2C-3.2 3-3.2-3 0-6.2",
  database: "M-5-4.2A5 2 0 0 1 5-4.2A5 2 0 0 1-5-4.2V4.2A5 2 0 0 0 5 4.2V-4.2M-5 0A5 2 0 0 0 5 0",
  operation: "M-2-5.8H-4.6V5.8H-2M2-5.8H4.6V5.8H2M-1.4 0H1.4",
  unknown: "M-3-3A3 3 0 1 1 1.4-.6C.3 0 0 .6 0 1.8M0 5.2V5.3",
  passthrough: "M-6.4 0H6M2.8-3.2L6 0L2.8 3.2M-2-6V-2.6M-2 2.6V6",
  blackhole: "M0-6a6 6 0 1 0 .01 0M-4.2-4.2L4.2 4.2",
  inaccessible: "M-4.8-.8H4.8V5.8H-4.8ZM-2.9-.8V-3.4A2.9 2.9 0 0 1 2.9-3.4V-.8M0 1.6V3.4",
};

/**
 * The icon of a node: what it is, or, for workloads that only take TCP, the database they most likely are; a padlock for
 * what the viewer may not see.
 */
export function nodeIcon(node: Pick<GraphNode, "type" | "flags" | "namespace">): NodeIcon {
  if (isWithheld(node)) return "inaccessible";
  switch (node.type) {
    case "serviceEntry":
      return "external";
    case "box":
      return "app";
    case "workload":
    case "app":
      return node.flags.includes("database") ? "database" : node.type;
    default:
      return node.type;
  }
}

/** Health shapes around 0,0, about 10 px: the same as in the legend and the tables. */
export const HEALTH_SHAPES = {
  degraded: "M0-5.4L5.8 4.6H-5.8Z",
  failing: "M0-6L6 0L0 6L-6 0Z",
  notReady: "M0-4.4a4.4 4.4 0 1 0 .01 0",
} as const;

/** Padlocks of 9 px: open where nothing was mutual TLS, closed with a broken body where some was, closed where all was. */
export const LOCKS: Readonly<Record<Exclude<Lock, "unknown">, string>> = {
  none: "M-3.6-.6H3.6V4.4H-3.6ZM-1.9-.6V-2.6A2 2 0 0 1 2-3.2",
  partial: "M-.6-.6H-3.6V4.4H-.6M1.4-.6H3.6V4.4H1.4M-1.9-.6V-2.4A1.9 1.9 0 0 1 0-4.3M1.9-.6V-1.6",
  full: "M-3.6-.6H3.6V4.4H-3.6ZM-1.9-.6V-2.4A1.9 1.9 0 0 1 1.9-2.4V-.6",
};

export type BadgeIcon = "noProxy" | "dead" | "fault" | "split" | "routing" | "circuitBreaker" | "mirror";

/** Small marks in the corner of a glyph, within 7 px. */
export const BADGE_ICONS: Readonly<Record<BadgeIcon, string>> = {
  noProxy: "M-2.8-2.8L2.8 2.8M2.8-2.8L-2.8 2.8",
  dead: "M-3 0H3",
  fault: "M.8-3.6L-2 .5H2L-.8 3.6",
  split: "M-3.4 0H-.6L3-2.6M-.6 0L3 2.6",
  routing: "M-3 2.6V-.6H2.6M.6-2.8L2.8-.6L.6 1.6",
  circuitBreaker: "M-3.6 1H-1.4L1.8-2M1.6 1H3.6",
  mirror: "M0-3.4V3.4M-1.6-2L-3.4 0L-1.6 2M1.6-2L3.4 0L1.6 2",
};
