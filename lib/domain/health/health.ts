/** Health of anything on the map, and the sentence that explains it. */

/** From best to worst, with "unknown" (no traffic, no replicas to judge) outside the order. */
export const HEALTH_ORDER = ["unknown", "healthy", "notReady", "degraded", "failing"] as const;
export type Health = (typeof HEALTH_ORDER)[number];

export type HealthReason =
  | {
      readonly kind: "responses";
      readonly health: Health;
      readonly protocol: "http" | "grpc";
      /** What was counted: "5xx", "4xx", "no response", "gRPC status". */
      readonly what: string;
      readonly percent: number;
      readonly degradedFromPercent: number;
      readonly failingFromPercent: number;
      readonly direction: "inbound" | "outbound" | "edge";
    }
  | { readonly kind: "replicas"; readonly health: Health; readonly desired: number; readonly available: number };

/** The worse of two: any finding beats "unknown". */
export function worseHealth(left: Health, right: Health): Health {
  return HEALTH_ORDER.indexOf(left) >= HEALTH_ORDER.indexOf(right) ? left : right;
}
