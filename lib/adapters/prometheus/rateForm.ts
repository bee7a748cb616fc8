/** The ways to ask for the rate of a counter over a window, which differ by server and by what it has recorded. */
import { type RecordedWindows, recordedName } from "./recordedNames.ts";
import { type Matcher, selector } from "./selector.ts";

/**
 * - rate: what PromQL has for it.
 * - increase: MetricsQL's rate() divides by the time since a young series' first sample, so that 60 requests in the
 *   only minute of a new pod are 1/s in a window of five minutes, where PromQL says 0.2/s. Its increase() counts alike.
 *   https://docs.victoriametrics.com/metricsql/#increase
 * - recorded: rates that recording rules have computed, their mean where the window holds several.
 */
export type RateForm =
  | { readonly kind: "rate" }
  | { readonly kind: "increase" }
  | { readonly kind: "recorded"; readonly windows: RecordedWindows };

/**
 *     rate(metric{matchers}[300s])
 *     increase(metric{matchers}[300s]) / 300
 *     meshscope_edge:metric:rate5m{matchers}
 *     sum_over_time(meshscope_edge:metric:rate5m{matchers}[899s:300s]) / 3
 */
export function rateExpression(
  metric: string,
  matchers: readonly Matcher[],
  windowSeconds: number,
  form: RateForm,
): string {
  switch (form.kind) {
    case "rate":
      return `rate(${selector(metric, matchers)}[${windowSeconds}s])`;
    case "increase":
      return `increase(${selector(metric, matchers)}[${windowSeconds}s]) / ${windowSeconds}`;
    case "recorded": {
      const { recordedSeconds, count } = form.windows;
      const recorded = selector(recordedName(metric, recordedSeconds), matchers);
      // Windows without a call have no sample: their mean divides by all windows, not by those with a sample.
      return count === 1 ? recorded : `sum_over_time(${recorded}${subquery(form.windows)}) / ${count}`;
    }
  }
}

/**
 * The ends of `count` windows up to an aligned moment. A subquery steps on multiples of its step; whether it takes the
 * one at its very start differs by version (Prometheus 3 leaves it out), so its start lies a second after that.
 *
 *     end 900, 3 × 300 s      [899s:300s]      0 |--x--|--x--|--x 900      x at 300, 600, 900
 */
export function subquery({ stepSeconds, count }: RecordedWindows): string {
  return `[${stepSeconds * count - 1}s:${stepSeconds}s]`;
}
