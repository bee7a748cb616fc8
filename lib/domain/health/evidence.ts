/**
 * How sure a share is. Of three requests one failed: that may be 33 %, or bad luck. The lower end of Wilson's score
 * interval says how large the share is at least, with 99 % confidence:
 *
 *   1 of 3        at least  4.0 %        1 of 1,000      at least 0.012 %
 *   2 of 6        at least  6.8 %        10 of 10,000    at least 0.045 %
 *   150 of 1,500  at least  8.2 %        1,000 of 10⁶    at least 0.092 %
 *
 * @see https://en.wikipedia.org/wiki/Binomial_proportion_confidence_interval#Wilson_score_interval
 */

/** Standard deviations of a normal distribution that hold 99 % of it. */
const Z = 2.5758;

/** The lower end of the interval for `count` of `total`, in percent. Counts need not be whole. */
export function leastPercent(count: number, total: number): number {
  if (total <= 0 || count <= 0) return 0;
  const share = Math.min(1, count / total);
  const centre = share + Z ** 2 / (2 * total);
  const spread = Z * Math.sqrt((share * (1 - share)) / total + Z ** 2 / (4 * total ** 2));
  return Math.max(0, (100 * (centre - spread)) / (1 + Z ** 2 / total));
}

/** A threshold counts when the share reaches it and is certainly half of it: from some 15 bad responses on, always. */
export function reaches(threshold: number, count: number, total: number): boolean {
  return (100 * count) / total >= threshold && leastPercent(count, total) >= threshold / 2;
}
