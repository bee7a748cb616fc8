/** Buckets without requests, of which no rows are sent. */
import { edgeKey } from "#lib/domain/telemetry/edgeKey.ts";
import type { BucketReport } from "#lib/domain/telemetry/reports.ts";

/**
 * The rows, with the last empty bucket of each histogram: where it ends, the first that holds requests begins. `bounds`
 * are all that histograms of this mesh have, ascending.
 *
 *     sent                      250: 8   500: 10   +Inf: 10
 *     bounds   50    100        250      500       +Inf
 *                    100: 0 ─▶  a median between 100 and 250 ms, not between 0 and 250
 */
export function withEmptyBuckets(rows: readonly BucketReport[], bounds: readonly number[]): readonly BucketReport[] {
  const firsts = new Map<string, BucketReport>();
  for (const row of rows) {
    const key = edgeKey(row, `${row.reporter} ${row.protocol}`);
    const first = firsts.get(key);
    if (first === undefined || row.le < first.le) firsts.set(key, row);
  }
  const empty = Array.from(firsts.values(), (first) => {
    const le = bounds.findLast((bound) => bound < first.le);
    return le === undefined ? [] : [{ ...first, le, perSecond: 0 }];
  });
  return [...rows, ...empty.flat()];
}
