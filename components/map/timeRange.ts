/** Which stretch of time the strip shows, and where a moment lies on it. Unix seconds. */
import type { SeriesRange } from "#components/shell/useSeries.ts";
import { alignRange } from "#components/shell/useSeries.ts";

const SPAN_SECONDS = 3600;
const POINTS = 240;

/**
 * The last hour; or, when the chosen moment is older, an hour with it in the middle.
 *
 *   now ────────────────────●      at 20 min ago ───●──────────────      at yesterday ───────●───────
 */
export function stripRange(nowSeconds: number, atSeconds: number | undefined): SeriesRange {
  const recent = atSeconds === undefined || atSeconds > nowSeconds - SPAN_SECONDS;
  return alignRange(recent ? nowSeconds : atSeconds + SPAN_SECONDS / 2, SPAN_SECONDS, POINTS);
}

/** 0 at the left end, 1 at the right. */
export function shareOfRange(range: SeriesRange, seconds: number): number {
  const share = (seconds - range.startSeconds) / (range.endSeconds - range.startSeconds);
  return Math.min(1, Math.max(0, share));
}

/** The moment at a share of the strip, on a step; undefined at the right end of the present, which is "now". */
export function momentAt(range: SeriesRange, share: number, nowSeconds: number): number | undefined {
  const seconds = range.startSeconds + Math.min(1, Math.max(0, share)) * (range.endSeconds - range.startSeconds);
  return snapToNow(Math.round(seconds / range.stepSeconds) * range.stepSeconds, range, nowSeconds);
}

/** The moment so many steps away from another (undefined is now). */
export function moveMoment(
  range: SeriesRange,
  atSeconds: number | undefined,
  steps: number,
  nowSeconds: number,
): number | undefined {
  const from = atSeconds ?? range.endSeconds;
  return snapToNow(from + steps * range.stepSeconds, range, nowSeconds);
}

function snapToNow(seconds: number, range: SeriesRange, nowSeconds: number): number | undefined {
  return seconds > nowSeconds - range.stepSeconds ? undefined : seconds;
}
