/** Health by responses: the share of bad ones against tolerances, where the window holds enough of them to tell. */
import { reaches } from "./evidence.ts";
import { combineJudgements, type Health, type Judgement, type ResponsesReason, UNKNOWN_HEALTH } from "./health.ts";
import type { CompiledTolerance } from "./rateRules.ts";

/** Requests a second that ended in a code; several may have the same. */
export type CodeRate = { readonly code: string; readonly perSecond: number };

export type Judged = Pick<ResponsesReason, "protocol" | "direction"> & { readonly windowSeconds: number };

const HEALTHY: Judgement = { health: "healthy", reasons: [] };

/** Judges the responses of one protocol on one side, by the worst tolerance; "unknown" when there were no requests. */
export function judgeResponses(
  responses: readonly CodeRate[],
  tolerances: readonly CompiledTolerance[],
  { protocol, direction, windowSeconds }: Judged,
): Judgement {
  let total = 0;
  for (const { perSecond } of responses) total += perSecond * windowSeconds;
  if (!(total > 0)) return UNKNOWN_HEALTH;
  const judgements: Judgement[] = [];
  for (const tolerance of tolerances) {
    let count = 0;
    for (const { code, perSecond } of responses) if (tolerance.matches(code)) count += perSecond * windowSeconds;
    const health = healthOf(count, total, tolerance);
    if (health === "healthy") continue;
    const percent = (100 * count) / total;
    const reason: ResponsesReason = {
      kind: "responses",
      health,
      protocol,
      direction,
      code: tolerance.code,
      percent,
      count,
      total,
      degradedFromPercent: tolerance.degraded,
      failingFromPercent: tolerance.failure,
      origin: tolerance.origin,
      isTooFew: health === "degraded" && percent >= tolerance.failure,
    };
    judgements.push({ health, reasons: [reason] });
  }
  return judgements.length === 0 ? HEALTHY : combineJudgements(judgements);
}

function healthOf(count: number, total: number, { degraded, failure }: CompiledTolerance): Health {
  if (count <= 0) return "healthy";
  if (reaches(failure, count, total)) return "failing";
  return reaches(degraded, count, total) ? "degraded" : "healthy";
}
