/**
 * Is a difference larger than chance? Each function gives the probability that two readings of one unchanged world
 * differ at least as much (two-sided); benjaminiHochberg says which of many such probabilities are small enough.
 *
 * Counts and shares use the likelihood ratio (G) of "two rates" against "one", with each count moved half a request
 * towards what one rate would give (Yates), since counts are whole: for 0 against 9 requests it gives 0.3 %, the exact
 * test 0.4 %.
 */

/** Events in `seconds`, as independent calls would come (Poisson). */
export type Counted = { readonly events: number; readonly seconds: number };
/** So many of so many requests. */
export type Share = { readonly of: number; readonly among: number };
/** A mean or percentile of so many durations. */
export type Duration = { readonly milliseconds: number; readonly requests: number };

/** Two rates: G over the two counts, expected in proportion to their time. */
export function rateChance(before: Counted, after: Counted): number {
  const perSecond = (before.events + after.events) / (before.seconds + after.seconds);
  const expected = perSecond * before.seconds;
  const shift = towards(before.events, expected);
  return tail(deviance(before.events + shift, expected) + deviance(after.events - shift, perSecond * after.seconds));
}

/** Two shares: G over the table of successes and failures. */
export function shareChance(before: Share, after: Share): number {
  const among = before.among + after.among;
  if (before.among <= 0 || after.among <= 0) return 1;
  const share = (before.of + after.of) / among;
  const shift = towards(before.of, share * before.among);
  const side = (part: number, whole: number) =>
    deviance(part, share * whole) + deviance(whole - part, (1 - share) * whole);
  return tail(side(before.of + shift, before.among) + side(after.of - shift, after.among));
}

/**
 * Two durations: the logarithm of their ratio against the spread it has by chance, spread × √(1/n + 1/m). A reading has no single
 * durations, so the spread of a duration is assumed: see DURATION_SPREAD in diff.ts.
 */
export function durationChance(before: Duration, after: Duration, spread: number): number {
  if (before.milliseconds <= 0 || after.milliseconds <= 0) return 1;
  if (before.requests <= 0 || after.requests <= 0) return 1;
  const ratio = Math.log(after.milliseconds / before.milliseconds);
  const chance = spread * Math.sqrt(1 / before.requests + 1 / after.requests);
  return tail((ratio / chance) ** 2);
}

/**
 * Which of many tests to believe, so that of those believed at most `falseShare` are chance; where nothing changed at
 * all, that is also the probability of believing any. It holds for edges that carry the same calls, which rise and
 * fall together.
 * @see Benjamini, Yekutieli: The control of the false discovery rate in multiple testing under dependency (2001)
 */
export function benjaminiHochberg(chances: readonly number[], falseShare: number): readonly boolean[] {
  const ordered = [...chances].sort((left, right) => left - right);
  const last = ordered.findLastIndex((chance, rank) => chance <= (falseShare * (rank + 1)) / chances.length);
  const limit = ordered[last] ?? -1;
  return chances.map((chance) => chance <= limit);
}

/** Twice the term of G: observed × ln(observed / expected). */
function deviance(observed: number, expected: number): number {
  return observed <= 0 || expected <= 0 ? 0 : 2 * observed * Math.log(observed / expected);
}

/** Half an event towards the expectation, never beyond it. */
function towards(observed: number, expected: number): number {
  const distance = expected - observed;
  return Math.sign(distance) * Math.min(0.5, Math.abs(distance));
}

/** P(χ² with one degree of freedom ≥ statistic) = erfc(√(statistic / 2)). */
function tail(statistic: number): number {
  return statistic <= 0 ? 1 : erfc(Math.sqrt(statistic / 2));
}

/** Relative error below 1.2e-7 for x ≥ 0, also far out. @see Press et al.: Numerical Recipes, erfcc */
function erfc(x: number): number {
  const t = 1 / (1 + x / 2);
  const series = [
    -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587, -0.82215223,
    0.17087277,
  ].reduceRight((sum, coefficient) => sum * t + coefficient, 0);
  return t * Math.exp(-x * x + series);
}
