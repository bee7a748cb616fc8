/**
 * How long requests take: a log-logistic distribution (a few slow requests, as services have them), of which a share may
 * be held up by a fixed delay. Its cumulative distribution is exact and cheap, so histogram buckets need no sampling.
 */
export type ResponseTime = {
  readonly meanMilliseconds: number;
  /** 2.2 spreads widely, 6 hardly at all. */
  readonly steepness: number;
  /** Share (0–1) of requests held up, and by how much: injected delays of this call or of calls further down. */
  readonly delayedShare: number;
  readonly delayMilliseconds: number;
};

/** Istio's histogram bounds for request durations, milliseconds (Envoy's defaults). */
export const DURATION_BOUNDS: readonly number[] = [
  0.5,
  1,
  5,
  10,
  25,
  50,
  100,
  250,
  500,
  1000,
  2500,
  5000,
  10_000,
  30_000,
  60_000,
  300_000,
  600_000,
  1_800_000,
  3_600_000,
  Number.POSITIVE_INFINITY,
];

/** The mean with delays, milliseconds. */
export function meanOf(time: ResponseTime): number {
  return time.meanMilliseconds + time.delayedShare * time.delayMilliseconds;
}

/** Share (0–1) of requests that took no longer. */
export function shareWithin(time: ResponseTime, milliseconds: number): number {
  if (milliseconds === Number.POSITIVE_INFINITY) return 1;
  const prompt = undelayedShareWithin(time, milliseconds);
  if (time.delayedShare === 0) return prompt;
  const delayed = undelayedShareWithin(time, milliseconds - time.delayMilliseconds);
  return (1 - time.delayedShare) * prompt + time.delayedShare * delayed;
}

function undelayedShareWithin(time: ResponseTime, milliseconds: number): number {
  if (milliseconds <= 0) return 0;
  // Mean of a log-logistic = median × x / sin x with x = π / steepness.
  const x = Math.PI / time.steepness;
  const median = (time.meanMilliseconds * Math.sin(x)) / x;
  return 1 / (1 + (milliseconds / median) ** -time.steepness);
}

const bucketsOf = new WeakMap<ResponseTime, Float64Array>();

/** Cumulative shares for DURATION_BOUNDS. */
export function bucketShares(time: ResponseTime): Float64Array {
  let shares = bucketsOf.get(time);
  if (shares === undefined) {
    shares = Float64Array.from(DURATION_BOUNDS, (bound) => shareWithin(time, bound));
    bucketsOf.set(time, shares);
  }
  return shares;
}
