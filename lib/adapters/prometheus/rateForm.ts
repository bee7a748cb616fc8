/** The ways to ask for the rate of a counter over a window, which differ by server and by what it has recorded. */
import { type RecordedWindows, recordedName } from "./recordedNames.ts";
import { type Matcher, selector } from "./selector.ts";

/**
 * - rate: what PromQL has for it.
 * - increase: MetricsQL's rate() divides by the time since a young series' first sample, so that 60 requests in the
 *   only minute of a new pod are 1/s in a window of five minutes, where PromQL says 0.2/s. Its increase() counts alike.
 *   https://docs.victoriametrics.com/metricsql/#increase
 * - recorded: rates that recording rules have computed, up to a moment; their mean where the window holds several.
 */
export type RateForm = { readonly kind: "rate" } | { readonly kind: "increase" } | RecordedForm;
export type RecordedForm = {
  readonly kind: "recorded";
  readonly windows: RecordedWindows;
  /** A whole second. */
  readonly atSeconds: number;
};

/**
 *     rate(metric{matchers}[300s])
 *     increase(metric{matchers}[300s]) / 300
 *     meshscope_edge:metric:rate5m{matchers}
 *     sum_over_time((meshscope_edge:metric:rate5m{matchers} offset -70s)[969s:300s]) / 3
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
      // An edge younger than the window has fewer samples: its mean divides by all windows all the same.
      return count === 1 ? recorded : `sum_over_time(${subquery(recorded, form)}) / ${count}`;
    }
  }
}

/**
 * A series at the ends of the windows. Subqueries step on multiples of their step since 1970; the offset moves those
 * to where the windows end. Versions differ in whether a step at the very start counts, so none lies there.
 *
 *     at 970, 3 × 300 s        0    300    600    900 970
 *     [969s:300s]           1 |------x------x------x---|     three steps, each of which reads 70 s later
 */
export function subquery(series: string, { windows: { stepSeconds, count }, atSeconds }: RecordedForm): string {
  const past = atSeconds % stepSeconds;
  // Prometheus before 3 knows no offset of nothing.
  const moved = past === 0 ? series : `${series} offset -${past}s`;
  return `(${moved})[${stepSeconds * count + past - 1}s:${stepSeconds}s]`;
}
