/**
 * Latencies that add up. Means and percentiles cannot be averaged; time sums, counts and histogram buckets can, so
 * those travel, and every edge, node or box computes its own figures from the sum of what it stands for.
 */
import { edgeKey, isComplete, repairEdge } from "./edgeKey.ts";
import { edgeRowKeys } from "./edgeRows.ts";
import type { EdgeTable, LatencyTable } from "./edgeTable.ts";
import { type MovedEdges, moveRows } from "./movedRows.ts";
import { type EdgeLabels, type LatencyReport, REPORTERS, type Reporter } from "./reports.ts";
import { requestProtocol } from "./responseCode.ts";
import { isUsableRate } from "./usableRows.ts";

/** Milliseconds. Percentiles are absent where only the mean is known. */
export type Latency = { readonly average: number; readonly p50?: number; readonly p95?: number; readonly p99?: number };

/** What one edge contributes. `buckets` are cumulative rates aligned with `le` (milliseconds, ascending, +Inf last). */
export type LatencyShare = {
  millisecondsPerSecond: number;
  countPerSecond: number;
  le: readonly number[];
  buckets: readonly number[] | undefined;
};

/** Latency by edge key (edgeKey of the repaired labels): survives from one reading to the next. */
export type LatencyIndex = ReadonlyMap<string, LatencyShare>;

/**
 * Lays latencies beside the edges of a table. Durations of edges that the table does not hold are left out, and so are
 * figures that are none. `moved`: where the rates of the same moment put rows that leave out part of their edge.
 */
export function buildLatencyTable(
  report: LatencyReport,
  table: EdgeTable,
  moved: MovedEdges = NOTHING_MOVED,
): LatencyTable {
  const placed = usableLatencies(report, moved);
  const best = bestReporters(placed.durations);
  const le = sharedBounds(placed.buckets);
  const durations = new Map<string, { milliseconds: number; count: number }>();
  for (const row of placed.durations) {
    const key = rowKey(row);
    if (best.get(key) !== row.reporter) continue;
    const entry = durations.get(key) ?? { milliseconds: 0, count: 0 };
    entry.milliseconds += row.millisecondsPerSecond;
    entry.count += row.countPerSecond;
    durations.set(key, entry);
  }
  const buckets = new Map<string, Map<number, number>>();
  for (const row of placed.buckets) {
    const key = rowKey(row);
    if (best.get(key) !== row.reporter) continue;
    let counts = buckets.get(key);
    if (counts === undefined) buckets.set(key, (counts = new Map()));
    counts.set(row.le, (counts.get(row.le) ?? 0) + row.perSecond);
  }
  const columns = {
    edge: [] as number[],
    millisecondsPerSecond: [] as number[],
    countPerSecond: [] as number[],
    buckets: [] as (number[] | null)[],
  };
  edgeRowKeys(table).forEach((key, edge) => {
    const duration = durations.get(key);
    if (duration === undefined || duration.count <= 0) return;
    columns.edge.push(edge);
    columns.millisecondsPerSecond.push(rounded(duration.milliseconds));
    columns.countPerSecond.push(rounded(duration.count));
    const counts = buckets.get(key);
    columns.buckets.push(counts === undefined ? null : countsAt(le, counts).map(rounded));
  });
  return { le: le.map((bound) => (bound === Number.POSITIVE_INFINITY ? "+Inf" : bound)), ...columns };
}

/**
 * A table has a cell for each edge and bound. Istio's proxies share twenty bounds; native histograms as fine as they come
 * have some hundred a decade, and what is broken or hostile may have other ones on each edge.
 */
const MOST_BOUNDS = 256;

/** The bounds of all histograms, ascending; of too many, some that are evenly spread among them, and the last. */
function sharedBounds(rows: LatencyReport["buckets"]): number[] {
  const all = [...new Set(rows.map((row) => row.le))].sort((left, right) => left - right);
  const step = all.length / MOST_BOUNDS;
  return step <= 1 ? all : Array.from({ length: MOST_BOUNDS }, (_, at) => all[Math.ceil((at + 1) * step) - 1] ?? 0);
}

/** A histogram's cumulative counts at the bounds of the table, by way of its own. */
function countsAt(le: readonly number[], counts: ReadonlyMap<number, number>): number[] {
  const bounds = [...new Set([...le, ...counts.keys()])].sort((left, right) => left - right);
  const filled = fillBuckets(
    bounds,
    bounds.map((bound) => counts.get(bound)),
  );
  if (bounds.length === le.length) return filled;
  const wanted = new Set(le);
  return filled.filter((_, at) => wanted.has(bounds[at] ?? 0));
}

/**
 * Cumulative counts at every bound of `le`; undefined in `counts` are bounds that this histogram does not have: proxies
 * may be set up with other ones, and native histograms have only those around their values. Between two of its own it
 * is taken for linear, as a quantile takes it. Below its first there is nothing: rows of empty buckets are not sent.
 * Above its last finite one nothing is known to have ended.
 *
 *     own    –   50: 4    –    200: 10   –   +Inf: 12
 *     le    10   50      100   200      500  +Inf
 *            0    4      6      10       10   12          100 is a third of the way from 50 to 200
 */
export function fillBuckets(le: readonly number[], counts: readonly (number | undefined)[]): number[] {
  const filled: number[] = [];
  let reached = 0;
  let start = 0;
  counts.forEach((count, index) => {
    if (count === undefined) return;
    const end = le[index] ?? 0;
    const total = Math.max(reached, count);
    const slope = filled.length === 0 || end === Number.POSITIVE_INFINITY ? 0 : (total - reached) / (end - start);
    while (filled.length < index) filled.push(reached + slope * ((le[filled.length] ?? 0) - start));
    filled.push(total);
    reached = total;
    start = end;
  });
  while (filled.length < le.length) filled.push(reached);
  return filled;
}

function rounded(value: number): number {
  return Number(value.toPrecision(6));
}

const NOTHING_MOVED: MovedEdges = new Map();

type Latencies = Pick<LatencyReport, "durations" | "buckets">;

function usableLatencies({ durations, buckets }: Latencies, moved: MovedEdges): Latencies {
  const measured = durations.filter(
    (row) => isUsableRate(row.millisecondsPerSecond) && isUsableRate(row.countPerSecond),
  );
  const counted = buckets.filter((row) => isUsableRate(row.perSecond) && row.le >= 0);
  return {
    durations: moveRows(measured, moved, protocolOf, (row, share) => ({
      ...row,
      millisecondsPerSecond: row.millisecondsPerSecond * share,
      countPerSecond: row.countPerSecond * share,
    })),
    buckets: moveRows(counted, moved, protocolOf, (row, share) => ({ ...row, perSecond: row.perSecond * share })),
  };
}

function protocolOf(row: { readonly protocol: string }): "http" | "grpc" {
  return requestProtocol(row.protocol);
}

function rowKey(row: EdgeLabels & { readonly protocol: string }): string {
  return edgeKey(isComplete(row) ? row : repairEdge(row), protocolOf(row));
}

/** Server-side proxies measure the server; the client's figure, with the network in it, serves where there is no other. */
function bestReporters(durations: LatencyReport["durations"]): Map<string, Reporter> {
  const best = new Map<string, Reporter>();
  const consider = (key: string, reporter: Reporter) => {
    const current = best.get(key);
    if (current === undefined || REPORTERS.indexOf(reporter) < REPORTERS.indexOf(current)) best.set(key, reporter);
  };
  for (const row of durations) consider(rowKey(row), row.reporter);
  return best;
}

/** Latencies of a reading by edge key, so that they can be laid over a newer reading until its own arrive. */
export function indexLatency(table: EdgeTable, latency: LatencyTable): LatencyIndex {
  const keys = edgeRowKeys(table);
  const le = latency.le.map((bound) => (bound === "+Inf" ? Number.POSITIVE_INFINITY : bound));
  const index = new Map<string, LatencyShare>();
  latency.edge.forEach((edge, row) => {
    const key = keys[edge];
    if (key === undefined) return;
    index.set(key, {
      millisecondsPerSecond: latency.millisecondsPerSecond[row] ?? 0,
      countPerSecond: latency.countPerSecond[row] ?? 0,
      le,
      buckets: latency.buckets[row] ?? undefined,
    });
  });
  return index;
}

/** Percentiles stand for all requests when the histograms miss at most this share of them: a failed call or two. */
const MISSABLE_SHARE = 0.001;

/**
 * Mean and percentiles of several shares together; undefined when they hold no request. No percentiles when histograms
 * are missing for more than one request in a thousand.
 */
export function combineLatency(shares: readonly LatencyShare[]): Latency | undefined {
  let milliseconds = 0;
  let count = 0;
  for (const share of shares) {
    milliseconds += share.millisecondsPerSecond;
    count += share.countPerSecond;
  }
  if (count <= 0) return undefined;
  const average = milliseconds / count;
  const measured = shares.filter((share) => share.buckets !== undefined);
  const [first] = measured;
  const measuredCount = measured.reduce((total, share) => total + share.countPerSecond, 0);
  if (first === undefined || measuredCount < count * (1 - MISSABLE_SHARE)) return { average };
  const totals = first.le.map((_, index) =>
    measured.reduce((total, share) => total + (share.buckets?.[index] ?? 0), 0),
  );
  const p50 = quantile(0.5, first.le, totals);
  const p95 = quantile(0.95, first.le, totals);
  const p99 = quantile(0.99, first.le, totals);
  if (p50 === undefined || p95 === undefined || p99 === undefined) return { average };
  return { average, p50, p95, p99 };
}

/**
 * The q-quantile of cumulative buckets, linear within the bucket, as Prometheus' histogram_quantile has it: values
 * beyond the last finite bound are that bound. Undefined for an empty histogram.
 * @see https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile
 */
export function quantile(q: number, le: readonly number[], cumulative: readonly number[]): number | undefined {
  const total = cumulative.at(-1) ?? 0;
  if (total <= 0 || le.length < 2) return undefined;
  const rank = q * total;
  const index = cumulative.findIndex((count) => count >= rank);
  const upper = le[index];
  if (index < 0 || upper === undefined) return undefined;
  if (upper === Number.POSITIVE_INFINITY) return le.at(-2);
  const lower = le[index - 1] ?? 0;
  const below = cumulative[index - 1] ?? 0;
  const inside = (cumulative[index] ?? 0) - below;
  return inside <= 0 ? upper : lower + (upper - lower) * ((rank - below) / inside);
}
