/** What a Prometheus would have scraped: every series at every scrape. */
export type HistorySample = {
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
  /** NaN is the stale marker: what a scrape writes once for a series it no longer finds (by remote write only). */
  readonly value: number;
};

export type History = {
  /** Scrape instants in unix seconds, ascending. */
  readonly times: readonly number[];
  /** All samples of one instant, in any order. A label set appears at most once an instant. */
  readonly samplesAt: (atSeconds: number) => Iterable<HistorySample> | AsyncIterable<HistorySample>;
};

/** Scrape instants every `everySeconds` up to and including `toSeconds`, covering at least `spanSeconds`. */
export function scrapeTimes(toSeconds: number, spanSeconds: number, everySeconds: number): number[] {
  const count = Math.ceil(spanSeconds / everySeconds) + 1;
  return Array.from({ length: count }, (_, index) => toSeconds - (count - 1 - index) * everySeconds);
}
