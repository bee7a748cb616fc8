/** The simulated mesh as a TelemetrySource: what a Prometheus that scraped it would answer, computed instead of stored. */
import { calledNamespace } from "#lib/domain/telemetry/edgeKey.ts";
import type {
  BucketReport,
  DurationReport,
  RateReport,
  RequestReport,
  TcpReport,
} from "#lib/domain/telemetry/reports.ts";
import type { TelemetrySource } from "#lib/ports.ts";
import { readDetails } from "./readDetails.ts";
import { readSeries } from "./readSeries.ts";
import { bucketShares, DURATION_BOUNDS, meanOf } from "./responseTime.ts";
import { effectiveWindow, RETENTION_SECONDS, SCRAPE_INTERVAL_SECONDS } from "./scraping.ts";
import type { Stream } from "./streams.ts";
import type { Timeline } from "./timeline.ts";

/** Reads a timeline as telemetry. Never rejects but for an aborted signal. */
export function createDemoTelemetry(timeline: Timeline): TelemetrySource {
  return {
    async describe(signal) {
      signal.throwIfAborted();
      return {
        name: "Demo mesh",
        foundBy: "demo mode",
        scrapeIntervalSeconds: SCRAPE_INTERVAL_SECONDS,
        retentionSeconds: RETENTION_SECONDS,
        warnings: [],
      };
    },
    async readRates({ atSeconds, windowSeconds: asked }, signal) {
      signal.throwIfAborted();
      const windowSeconds = effectiveWindow(asked);
      return { atSeconds, windowSeconds, ...readRates(timeline, atSeconds, windowSeconds), warnings: [], quality: [] };
    },
    async readDetails({ atSeconds, windowSeconds: asked, details }, signal) {
      signal.throwIfAborted();
      const windowSeconds = effectiveWindow(asked);
      return {
        atSeconds,
        windowSeconds,
        ...readDetails(timeline, atSeconds, windowSeconds, details),
        warnings: [],
        quality: [],
      };
    },
    async readLatency({ atSeconds, windowSeconds: asked, namespaces }, signal) {
      signal.throwIfAborted();
      const windowSeconds = effectiveWindow(asked);
      const latency = readLatency(timeline, atSeconds, windowSeconds, new Set(namespaces));
      return { atSeconds, windowSeconds, ...latency, warnings: [] };
    },
    async readSeries(request, signal) {
      signal.throwIfAborted();
      return readSeries(timeline, request);
    },
    async close() {},
  };
}

function readRates(timeline: Timeline, at: number, window: number): Pick<RateReport, "requests" | "tcp"> {
  const { streams } = timeline;
  const events = new Float64Array(streams.length);
  const received = new Float64Array(streams.length);
  const sent = new Float64Array(streams.length);
  timeline.visit(at - window, at, (flow, count) => {
    const { index, kind } = flow.stream;
    if (kind === "messages") return;
    if (kind === "request") {
      events[index] = (events[index] ?? 0) + count;
      return;
    }
    events[index] = (events[index] ?? 0) + count * flow.connections;
    received[index] = (received[index] ?? 0) + count * flow.requestBytes;
    sent[index] = (sent[index] ?? 0) + count * flow.responseBytes;
  });
  const requests: RequestReport[] = [];
  const tcp: TcpReport[] = [];
  streams.forEach((stream, index) => {
    const perSecond = (events[index] ?? 0) / window;
    if (perSecond === 0) return;
    const { edge, reporter, reporterApp, responseFlags, securityPolicy, sourcePrincipal, destinationPrincipal } =
      stream;
    const security = { securityPolicy, sourcePrincipal, destinationPrincipal };
    if (stream.kind === "request") {
      const { protocol, responseCode, grpcStatus } = stream;
      requests.push({
        ...edge,
        reporter,
        protocol,
        responseCode,
        grpcStatus,
        responseFlags,
        ...security,
        perSecond,
      });
      return;
    }
    const row = { ...edge, reporter, reporterApp, responseFlags, ...security };
    tcp.push({ ...row, metric: "sentBytes", perSecond: (sent[index] ?? 0) / window });
    tcp.push({ ...row, metric: "receivedBytes", perSecond: (received[index] ?? 0) / window });
    tcp.push({ ...row, metric: "connectionsOpened", perSecond });
  });
  return { requests, tcp };
}

type Measured = {
  readonly stream: Stream;
  milliseconds: number;
  count: number;
  readonly buckets: Float64Array | undefined;
};

/** One row for each edge, reporter and protocol, whatever the response was: as PromQL's `sum by` does. */
function readLatency(
  timeline: Timeline,
  at: number,
  window: number,
  namespaces: ReadonlySet<string>,
): { durations: DurationReport[]; buckets: BucketReport[] } {
  const measured = new Map<string, Measured>();
  const keys: string[] = [];
  timeline.visit(at - window, at, (flow, count) => {
    const { stream, time } = flow;
    if (time === undefined) return;
    const key = (keys[stream.index] ??= [stream.reporter, stream.protocol, ...Object.values(stream.edge)].join("\n"));
    let sums = measured.get(key);
    if (sums === undefined) {
      sums = {
        stream,
        milliseconds: 0,
        count: 0,
        buckets: wantsBuckets(stream, namespaces) ? newBuckets() : undefined,
      };
      measured.set(key, sums);
    }
    sums.milliseconds += count * meanOf(time);
    sums.count += count;
    if (sums.buckets !== undefined) addBuckets(sums.buckets, bucketShares(time), count);
  });
  const durations: DurationReport[] = [];
  const buckets: BucketReport[] = [];
  for (const { stream, milliseconds, count, buckets: counts } of measured.values()) {
    const row = { ...stream.edge, reporter: stream.reporter, protocol: stream.protocol };
    durations.push({ ...row, millisecondsPerSecond: milliseconds / window, countPerSecond: count / window });
    counts?.forEach((inBucket, place) => {
      const le = DURATION_BOUNDS[place] ?? Number.POSITIVE_INFINITY;
      if (inBucket > 0) buckets.push({ ...row, le, perSecond: inBucket / window });
    });
  }
  return { durations, buckets };
}

/** Servers' histograms of the visible namespaces, and clients' where no server reports. */
function wantsBuckets({ edge, reporter, counted }: Stream, namespaces: ReadonlySet<string>): boolean {
  return namespaces.has(calledNamespace(edge)) && (reporter !== "source" || counted);
}

function newBuckets(): Float64Array {
  return new Float64Array(DURATION_BOUNDS.length);
}

/** Adds `count` requests that spread over the buckets as `shares` says. */
function addBuckets(buckets: Float64Array, shares: Float64Array, count: number): void {
  for (let place = 0; place < buckets.length; place += 1)
    buckets[place] = (buckets[place] ?? 0) + count * (shares[place] ?? 0);
}
