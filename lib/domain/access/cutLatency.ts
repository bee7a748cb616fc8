/** Latencies beside a table that was cut: those of edges that have become one add up. */
import type { LatencyTable } from "#lib/domain/telemetry/edgeTable.ts";
import type { CutEdges } from "./cutEdgeTable.ts";
import { sumRows } from "./sumRows.ts";

/**
 * A histogram is kept only where all that its row now stands for have one: the sum of some would be taken for the whole.
 * The table itself where nothing was hidden.
 */
export function cutLatency(latency: LatencyTable, cut: CutEdges): LatencyTable {
  if (!cut.withheld) return latency;
  const { edge, millisecondsPerSecond, countPerSecond, le } = latency;
  const rows = sumRows(edge.length, (row) => cut.rowOf(edge[row] ?? -1)?.toString(), [
    millisecondsPerSecond,
    countPerSecond,
  ]);
  const parts = rows.first.map((): (readonly number[] | null)[] => []);
  rows.rowOf.forEach((into, row) => {
    if (into !== undefined) parts[into]?.push(latency.buckets[row] ?? null);
  });
  return {
    le,
    edge: rows.first.map((row) => cut.rowOf(edge[row] ?? -1) ?? 0),
    millisecondsPerSecond: rows.sum(0),
    countPerSecond: rows.sum(1),
    buckets: parts.map((own) => sumBuckets(own)),
  };
}

function sumBuckets(parts: readonly (readonly number[] | null)[]): readonly number[] | null {
  const known = parts.filter((part) => part !== null);
  const [only] = known;
  if (only === undefined || known.length < parts.length) return null;
  return known.length === 1 ? only : only.map((_, at) => known.reduce((sum, part) => sum + (part[at] ?? 0), 0));
}
