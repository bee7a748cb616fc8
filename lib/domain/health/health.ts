/** Health of anything on the map, and what explains it. */

/** From best to worst, with "unknown" (no traffic, no replicas to judge) outside the order. */
export const HEALTH_ORDER = ["unknown", "healthy", "notReady", "degraded", "failing"] as const;
export type Health = (typeof HEALTH_ORDER)[number];

export type Direction = "inbound" | "outbound";

/**
 * Where the thresholds of a judgement come from. `entry` counts the entries of the setting from 1. fallback: an entry or
 * annotation applies, but says nothing of this protocol and direction.
 */
export type ToleranceOrigin =
  | { readonly kind: "default" | "fallback" | "annotation" }
  | { readonly kind: "setting"; readonly entry: number };

export type ResponsesReason = {
  readonly kind: "responses";
  readonly health: Health;
  readonly protocol: "http" | "grpc";
  readonly direction: Direction | "edge";
  /** The codes that were counted, as the tolerance writes them: "5XX", "-". */
  readonly code: string;
  /** Share of all requests of that protocol and direction. */
  readonly percent: number;
  /** Requests in the window that ended so, and all of them; rates times the window, so not always whole. */
  readonly count: number;
  readonly total: number;
  /** 0: from the first on. */
  readonly degradedFromPercent: number;
  readonly failingFromPercent: number;
  readonly origin: ToleranceOrigin;
  /** The share would be failing; the window holds too few requests to be sure. */
  readonly isTooFew: boolean;
};

/** `of`: the member of a folded namespace that the reason is about. */
export type HealthReason = { readonly of?: string } & (
  | ResponsesReason
  | {
      readonly kind: "replicas";
      readonly health: Health;
      readonly desired: number;
      readonly available: number;
      /** Pods there are, ready or not; absent where the controller does not say. */
      readonly current?: number;
    }
  /** Proxies that acknowledged all they were sent, of those that should have. */
  | { readonly kind: "proxies"; readonly health: Health; readonly synced: number; readonly total: number }
  /** An annotation with tolerances that cannot be read, and so does not count. Says nothing about health itself. */
  | { readonly kind: "annotation"; readonly health: "unknown"; readonly problem: string }
);

export type Judgement = { readonly health: Health; readonly reasons: readonly HealthReason[] };

export const UNKNOWN_HEALTH: Judgement = { health: "unknown", reasons: [] };

const RANK: Readonly<Record<Health, number>> = { unknown: 0, healthy: 1, notReady: 2, degraded: 3, failing: 4 };

/** The worse of two: any finding beats "unknown". */
export function worseHealth(left: Health, right: Health): Health {
  return RANK[left] >= RANK[right] ? left : right;
}

/** The worst of several judgements, with all their reasons, worst first. */
export function combineJudgements(judgements: readonly Judgement[]): Judgement {
  const [only] = judgements;
  if (judgements.length <= 1) return only ?? UNKNOWN_HEALTH;
  const health = judgements.reduce<Health>((worst, judgement) => worseHealth(worst, judgement.health), "unknown");
  const reasons = judgements.flatMap((judgement) => judgement.reasons);
  return { health, reasons: reasons.sort((left, right) => RANK[right.health] - RANK[left.health]) };
}
