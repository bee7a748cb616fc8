/**
 * How many bad responses make something degraded or failing. The defaults are those people know from Kiali, so that
 * colours keep their meaning: any 5xx or gRPC error degrades, 10 % fail; 4xx are tolerated up to 10 % and 20 %.
 */
import type { ResponseClass } from "#lib/domain/telemetry/responseCode.ts";
import { type Health, type HealthReason, worseHealth } from "./health.ts";

export type Tolerance = {
  readonly protocol: "http" | "grpc";
  readonly classes: readonly ResponseClass[];
  /** In words, for the sentence that explains a colour. */
  readonly what: string;
  /** Degraded from this share on, in percent; 0 means "any at all". */
  readonly degradedFromPercent: number;
  /** Failing from this share on, in percent. */
  readonly failingFromPercent: number;
};

export const DEFAULT_TOLERANCES: readonly Tolerance[] = [
  { protocol: "http", classes: ["serverError"], what: "5xx", degradedFromPercent: 0, failingFromPercent: 10 },
  { protocol: "http", classes: ["clientError"], what: "4xx", degradedFromPercent: 10, failingFromPercent: 20 },
  { protocol: "http", classes: ["noResponse"], what: "no response", degradedFromPercent: 0, failingFromPercent: 10 },
  {
    protocol: "grpc",
    classes: ["serverError", "clientError"],
    what: "gRPC errors",
    degradedFromPercent: 0,
    failingFromPercent: 10,
  },
  { protocol: "grpc", classes: ["noResponse"], what: "no response", degradedFromPercent: 0, failingFromPercent: 10 },
];

/** Requests a second by class. */
export type ResponseRates = Partial<Record<ResponseClass, number>>;

export type Judgement = { readonly health: Health; readonly reasons: readonly HealthReason[] };

export const UNKNOWN_HEALTH: Judgement = { health: "unknown", reasons: [] };

/** Judges responses of one protocol; "unknown" when there were no requests. */
export function judgeResponses(
  protocol: "http" | "grpc",
  rates: ResponseRates,
  direction: "inbound" | "outbound" | "edge",
  tolerances: readonly Tolerance[] = DEFAULT_TOLERANCES,
): Judgement {
  const total = Object.values(rates).reduce((sum, rate) => sum + rate, 0);
  if (total <= 0) return UNKNOWN_HEALTH;
  let health: Health = "healthy";
  const reasons: HealthReason[] = [];
  for (const tolerance of tolerances) {
    if (tolerance.protocol !== protocol) continue;
    const matching = tolerance.classes.reduce((sum, name) => sum + (rates[name] ?? 0), 0);
    const percent = (100 * matching) / total;
    const verdict = judgeShare(percent, tolerance);
    if (verdict === "healthy") continue;
    health = worseHealth(health, verdict);
    reasons.push({
      kind: "responses",
      health: verdict,
      protocol,
      what: tolerance.what,
      percent,
      degradedFromPercent: tolerance.degradedFromPercent,
      failingFromPercent: tolerance.failingFromPercent,
      direction,
    });
  }
  return { health, reasons: worstFirst(reasons) };
}

function judgeShare(percent: number, tolerance: Tolerance): Health {
  if (percent <= 0) return "healthy";
  if (percent >= tolerance.failingFromPercent) return "failing";
  return percent >= tolerance.degradedFromPercent ? "degraded" : "healthy";
}

/**
 * Judges replicas: none wanted is "not ready", none available "failing", some missing "degraded".
 *
 *   desired 3 available 3 → healthy     desired 3 available 1 → degraded
 *   desired 3 available 0 → failing     desired 0             → notReady
 */
export function judgeReplicas(replicas: { readonly desired: number; readonly available: number }): Judgement {
  const health = replicaHealth(replicas);
  return { health, reasons: health === "healthy" ? [] : [{ kind: "replicas", health, ...replicas }] };
}

function replicaHealth({ desired, available }: { desired: number; available: number }): Health {
  if (desired <= 0) return "notReady";
  if (available <= 0) return "failing";
  return available < desired ? "degraded" : "healthy";
}

/** The worst of several judgements, with all their reasons. */
export function combineJudgements(judgements: readonly Judgement[]): Judgement {
  return {
    health: judgements.reduce<Health>((worst, { health }) => worseHealth(worst, health), "unknown"),
    reasons: worstFirst(judgements.flatMap(({ reasons }) => reasons)),
  };
}

function worstFirst(reasons: readonly HealthReason[]): HealthReason[] {
  return [...reasons].sort((left, right) =>
    left.health === right.health ? 0 : worseHealth(left.health, right.health) === left.health ? -1 : 1,
  );
}
