/**
 * Native histograms, with exponential or custom bounds: one sample holds all buckets that are not empty.
 * @see https://prometheus.io/docs/prometheus/latest/querying/api/#native-histograms
 */
import type { QualityCounter } from "#lib/domain/telemetry/quality.ts";
import type { BucketReport } from "#lib/domain/telemetry/reports.ts";
import { edgeLabels, label, reporterOf } from "./labels.ts";
import { decodeRate, describeSample, isLabels, resultOf } from "./samples.ts";

type Cumulative = { readonly le: number; readonly perSecond: number };

/** Rows of serverBuckets and clientBuckets: cumulative buckets, as those of classic histograms. */
export function decodeNativeBuckets(data: unknown, quality: QualityCounter): BucketReport[] {
  return resultOf(data, "vector").flatMap(({ metric, histogram: sample }) => {
    const labels = isLabels(metric) ? metric : {};
    const reporter = reporterOf(labels);
    const [, histogram] = Array.isArray(sample) ? (sample as unknown[]) : [];
    const buckets = readHistogram(histogram);
    if (reporter === undefined || buckets === undefined) {
      const problem = reporter === undefined ? "no-reporter" : "bad-value";
      quality.count(problem, () => describeSample(labels, isLabels(histogram) ? histogram.count : histogram));
      return [];
    }
    const edge = { ...edgeLabels(labels), reporter, protocol: label(labels, "request_protocol") };
    return buckets.map(({ le, perSecond }) => ({ ...edge, le, perSecond }));
  });
}

/**
 * `{"count":"7","sum":"310","buckets":[[0,"16","32","4"],[0,"64","128","3"]]}`: rule of the bounds, lower, upper, count.
 *
 *     le          16   32   64   128   +Inf
 *     cumulative   0    4    4     7      7       a bucket begins at its lower bound, not where the one before ended
 *
 * Undefined for anything else. Nothing takes less than no time, so what is below zero is counted up to its bound.
 */
function readHistogram(value: unknown): Cumulative[] | undefined {
  if (!isLabels(value)) return undefined;
  const total = decodeRate(value.count);
  if (total === undefined) return undefined;
  const list = value.buckets ?? [];
  if (!Array.isArray(list)) return undefined;
  const rows: Cumulative[] = [];
  let reached = 0;
  for (const bucket of list as unknown[]) {
    const [, lower, upper, count] = Array.isArray(bucket) ? (bucket as unknown[]) : [];
    const [from, to, perSecond] = [readBound(lower), readBound(upper), decodeRate(count)];
    if (from === undefined || to === undefined || perSecond === undefined || !(from < to)) return undefined;
    if (Number.isFinite(from) && from > (rows.at(-1)?.le ?? 0)) rows.push({ le: from, perSecond: reached });
    reached += perSecond;
    if (to !== Number.POSITIVE_INFINITY) rows.push({ le: to, perSecond: reached });
  }
  return [...rows, { le: Number.POSITIVE_INFINITY, perSecond: Math.max(reached, total) }];
}

function readBound(text: unknown): number | undefined {
  if (typeof text !== "string" || text === "") return undefined;
  const bound = text === "+Inf" ? Number.POSITIVE_INFINITY : text === "-Inf" ? Number.NEGATIVE_INFINITY : Number(text);
  return Number.isNaN(bound) ? undefined : bound;
}
