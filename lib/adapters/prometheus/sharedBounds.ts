/** Histograms of one edge from several samples: a native one has only the bounds around the values it saw. */
import { fillBuckets } from "#lib/domain/telemetry/latency.ts";
import type { BucketReport } from "#lib/domain/telemetry/reports.ts";

/**
 * The same histograms with all bounds an edge has in any part, so that bounds can be averaged one by one.
 *
 *     part 1   100: 4            200: 6    ─▶   100: 4   150: 5   200: 6
 *     part 2   100: 0   150: 8             ─▶   100: 0   150: 8   200: 8
 */
export function onSharedBounds(parts: readonly (readonly BucketReport[])[]): readonly (readonly BucketReport[])[] {
  if (parts.length < 2) return parts;
  const bounds = new Map<string, Set<number>>();
  const histograms = parts.map((rows) => Map.groupBy(rows, histogramKey));
  for (const part of histograms) {
    for (const [key, rows] of part) {
      const of = bounds.get(key) ?? new Set();
      bounds.set(key, of);
      for (const { le } of rows) of.add(le);
    }
  }
  return histograms.map((part) =>
    [...part].flatMap(([key, rows]) => {
      const le = [...(bounds.get(key) ?? [])].sort((left, right) => left - right);
      const own = new Map(rows.map((row) => [row.le, row.perSecond]));
      const filled = fillBuckets(
        le,
        le.map((bound) => own.get(bound)),
      );
      const [first] = rows;
      return first === undefined
        ? []
        : le.map((bound, index) => ({ ...first, le: bound, perSecond: filled[index] ?? 0 }));
    }),
  );
}

function histogramKey(row: BucketReport): string {
  return JSON.stringify({ ...row, le: 0, perSecond: 0 });
}
