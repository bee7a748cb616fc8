import { describe, expect, it } from "vitest";
import { edgeLabels, rateReport, requestRow } from "#test/builders/reports.ts";
import { buildLatencyTable, combineLatency, indexLatency, quantile } from "./latency.ts";
import { mergeReports } from "./mergeReporters.ts";
import type { LatencyReport, Reporter } from "./reports.ts";

const le = [10, 100, 1000, Number.POSITIVE_INFINITY];

describe("quantile", () => {
  // 50 requests up to 10 ms, 40 up to 100 ms, 10 up to 1 s
  const cumulative = [50, 90, 100, 100];

  it("is linear within its bucket, as Prometheus has it", () => {
    expect(quantile(0.5, le, cumulative)).toBe(10);
    expect(quantile(0.7, le, cumulative)).toBe(10 + 90 * (20 / 40));
    expect(quantile(0.95, le, cumulative)).toBe(100 + 900 * (5 / 10));
  });

  it("is the last finite bound for values beyond it", () => {
    expect(quantile(0.99, le, [0, 0, 1, 100])).toBe(1000);
  });

  it("is undefined for an empty histogram", () => {
    expect(quantile(0.95, le, [0, 0, 0, 0])).toBeUndefined();
  });
});

describe("combineLatency", () => {
  const fast = { millisecondsPerSecond: 90 * 5, countPerSecond: 90, le, buckets: [90, 90, 90, 90] };
  const slow = { millisecondsPerSecond: 10 * 500, countPerSecond: 10, le, buckets: [0, 0, 10, 10] };

  it("weighs by requests: never the first series, never a mean of percentiles", () => {
    // 90 × 5 ms + 10 × 500 ms over 100 requests; p95 lies in the slow share: 100 + 900 × 5/10
    expect(combineLatency([fast, slow])).toMatchObject({ average: 54.5, p95: 550 });
    expect(combineLatency([slow, fast])).toEqual(combineLatency([fast, slow]));
  });

  it("gives the mean alone when one share has no buckets", () => {
    expect(combineLatency([fast, { ...slow, buckets: undefined }])).toEqual({ average: 54.5 });
  });

  it("gives percentiles when only a request in a thousand has no buckets", () => {
    const stray = { ...slow, countPerSecond: 0.05, buckets: undefined };
    expect(combineLatency([fast, slow, stray])).toMatchObject({ p95: 550 });
  });

  it("is absent without requests", () => {
    expect(combineLatency([])).toBeUndefined();
  });
});

describe("latency table", () => {
  const call = { from: "web", to: "cart-v1", service: "cart" };
  const table = mergeReports(rateReport({ requests: [requestRow({ ...call, perSecond: 10 })] })).table;
  const key = [...indexLatencyOf(report("destination", 20)).keys()][0] ?? "";

  function report(reporter: Reporter, average: number): LatencyReport {
    const row = { ...edgeLabels(call), reporter, protocol: "http" };
    return {
      atSeconds: 0,
      windowSeconds: 300,
      warnings: [],
      durations: [{ ...row, millisecondsPerSecond: average * 10, countPerSecond: 10 }],
      buckets: [
        { ...row, le: 100, perSecond: 10 },
        { ...row, le: Number.POSITIVE_INFINITY, perSecond: 10 },
      ],
    };
  }

  function indexLatencyOf(from: LatencyReport) {
    return indexLatency(table, buildLatencyTable(from, table));
  }

  it("carries means and buckets of the edges in the reading", () => {
    expect(indexLatencyOf(report("destination", 20)).get(key)).toEqual({
      millisecondsPerSecond: 200,
      countPerSecond: 10,
      le: [100, Number.POSITIVE_INFINITY],
      buckets: [10, 10],
    });
  });

  it("prefers what the server measured over what the client measured", () => {
    const server = report("destination", 20);
    const client = report("source", 80);
    const both = {
      ...server,
      durations: [...client.durations, ...server.durations],
      buckets: [...client.buckets, ...server.buckets],
    };
    expect(indexLatencyOf(both)).toEqual(indexLatencyOf(server));
  });

  it("keeps histograms cumulative where proxies have different bounds", () => {
    const other = { from: "web", to: "stock-v1", service: "stock" };
    const both = mergeReports(
      rateReport({ requests: [call, other].map((ends) => requestRow({ ...ends, perSecond: 10 })) }),
    ).table;
    const first = report("destination", 20);
    const second = {
      durations: first.durations.map((row) => ({ ...row, ...edgeLabels(other) })),
      buckets: [50, Number.POSITIVE_INFINITY].map((bound) => ({
        ...edgeLabels(other),
        reporter: "destination" as const,
        protocol: "http",
        le: bound,
        perSecond: 10,
      })),
    };
    const merged = buildLatencyTable(
      {
        ...first,
        durations: [...first.durations, ...second.durations],
        buckets: [...first.buckets, ...second.buckets],
      },
      both,
    );
    expect(merged.le).toEqual([50, 100, "+Inf"]);
    expect(merged.buckets).toEqual([
      [0, 10, 10],
      [10, 10, 10],
    ]);
  });

  it("takes a histogram for linear between its own bounds where another has more", () => {
    const other = { from: "web", to: "stock-v1", service: "stock" };
    const both = mergeReports(
      rateReport({ requests: [call, other].map((ends) => requestRow({ ...ends, perSecond: 12 })) }),
    ).table;
    const histogram = (ends: typeof call, counts: readonly (readonly [le: number, perSecond: number])[]) => {
      const row = { ...edgeLabels(ends), reporter: "destination" as const, protocol: "http" };
      return {
        duration: { ...row, millisecondsPerSecond: 1, countPerSecond: 12 },
        buckets: counts.map(([le, perSecond]) => ({ ...row, le, perSecond })),
      };
    };
    const some = histogram(call, [
      [50, 4],
      [200, 10],
      [Number.POSITIVE_INFINITY, 12],
    ]);
    const more = histogram(other, [
      [10, 1],
      [50, 2],
      [100, 3],
      [200, 4],
      [500, 12],
      [Number.POSITIVE_INFINITY, 12],
    ]);
    const merged = buildLatencyTable(
      {
        atSeconds: 0,
        windowSeconds: 300,
        warnings: [],
        durations: [some.duration, more.duration],
        buckets: [...some.buckets, ...more.buckets],
      },
      both,
    );
    expect(merged.le).toEqual([10, 50, 100, 200, 500, "+Inf"]);
    expect(merged.buckets).toEqual([
      [0, 4, 6, 10, 10, 12],
      [1, 2, 3, 4, 12, 12],
    ]);
  });

  it("leaves out durations of edges the reading does not hold", () => {
    const empty = mergeReports(rateReport({})).table;
    expect(buildLatencyTable(report("destination", 20), empty).edge).toEqual([]);
  });
});
