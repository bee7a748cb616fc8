/** Series of parts that share no call, as one. */
import type { TimeSeries } from "./timeSeries.ts";

type Points = Omit<TimeSeries, "warnings">;

/** Sums over time. Percentiles do not add up: one is known where one part alone has any. Steps must be the same. */
export function sumSeries(parts: readonly Points[]): Points {
  const times = parts[0]?.times ?? [];
  const valuesAt = (pick: (series: Points) => readonly (number | undefined)[], index: number) =>
    parts.map((series) => pick(series)[index]).filter((value) => value !== undefined);
  const sum = (pick: (series: Points) => readonly (number | undefined)[]) =>
    times.map((_, index) => {
      const values = valuesAt(pick, index);
      return values.length === 0 ? undefined : values.reduce((total, value) => total + value, 0);
    });
  return {
    times,
    requestsPerSecond: sum((series) => series.requestsPerSecond),
    errorsPerSecond: sum((series) => series.errorsPerSecond),
    tcpBytesPerSecond: sum((series) => series.tcpBytesPerSecond),
    p95Milliseconds: times.map((_, index) => {
      const values = valuesAt((series) => series.p95Milliseconds, index);
      return values.length === 1 ? values[0] : undefined;
    }),
  };
}
