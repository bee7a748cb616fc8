/** Rates over time of one scope or object, from the timeline: each call counted once, whoever reported it. */
import { classifyResponse, isError, responseCode } from "#lib/domain/telemetry/responseCode.ts";
import type { SeriesRequest, TimeSeries } from "#lib/domain/telemetry/timeSeries.ts";
import { bucketShares, DURATION_BOUNDS, type ResponseTime } from "./responseTime.ts";
import { effectiveWindow } from "./scraping.ts";
import { isInScope, operationsOf } from "./seriesScope.ts";
import type { Stream } from "./streams.ts";
import type { Timeline } from "./timeline.ts";

const MAX_POINTS = 11_000;

/** A point at each step from the start, each a rate over one step or a minute, whichever is longer. */
export function readSeries(timeline: Timeline, request: SeriesRequest): TimeSeries {
  const { startSeconds, endSeconds, stepSeconds } = request;
  const points = Math.min(MAX_POINTS, Math.max(0, Math.floor((endSeconds - startSeconds) / stepSeconds) + 1));
  const window = effectiveWindow(stepSeconds);
  // As with Prometheus: percentiles over time only of one object or one namespace.
  const { scope } = request;
  const withPercentiles =
    scope.kind !== "mesh" && scope.kind !== "cluster" && (scope.kind !== "namespaces" || scope.namespaces.length === 1);
  const included = timeline.streams.map(
    (stream) => stream.counted && stream.kind !== "messages" && isInScope(stream.edge, request),
  );
  const wanted = operationsOf(scope);
  const asksFor = (operation: string) => wanted.every((name) => name === operation);
  const failing = timeline.streams.map(isErrorStream);
  const times: number[] = [];
  const requestsPerSecond: (number | undefined)[] = [];
  const errorsPerSecond: (number | undefined)[] = [];
  const p95Milliseconds: (number | undefined)[] = [];
  const tcpBytesPerSecond: (number | undefined)[] = [];
  for (let point = 0; point < points; point += 1) {
    const at = startSeconds + point * stepSeconds;
    let requests = 0;
    let errors = 0;
    let bytes = 0;
    const byTime = new Map<ResponseTime, number>();
    timeline.visit(at - window, at, ({ stream, time, operation, requestBytes, responseBytes }, events) => {
      if (included[stream.index] !== true || !asksFor(operation)) return;
      if (stream.kind === "tcp") {
        bytes += events * (requestBytes + responseBytes);
        return;
      }
      requests += events;
      if (failing[stream.index] === true) errors += events;
      if (withPercentiles && time !== undefined) byTime.set(time, (byTime.get(time) ?? 0) + events);
    });
    times.push(at);
    requestsPerSecond.push(requests > 0 ? requests / window : undefined);
    errorsPerSecond.push(requests > 0 ? errors / window : undefined);
    p95Milliseconds.push(quantile(0.95, byTime));
    tcpBytesPerSecond.push(bytes > 0 ? bytes / window : undefined);
  }
  return { times, requestsPerSecond, errorsPerSecond, p95Milliseconds, tcpBytesPerSecond, warnings: [] };
}

function isErrorStream(stream: Stream): boolean {
  if (stream.kind !== "request") return false;
  const protocol = stream.protocol === "grpc" ? "grpc" : "http";
  return isError(classifyResponse(protocol, responseCode({ ...stream, protocol })));
}

/** As PromQL's histogram_quantile: linear within the bucket the quantile falls into. Milliseconds. */
function quantile(wanted: number, byTime: ReadonlyMap<ResponseTime, number>): number | undefined {
  if (byTime.size === 0) return undefined;
  let requests = 0;
  for (const events of byTime.values()) requests += events;
  const rank = wanted * requests;
  let lowerBound = 0;
  let lowerCount = 0;
  for (const [place, bound] of DURATION_BOUNDS.entries()) {
    let count = 0;
    for (const [time, events] of byTime) count += events * (bucketShares(time)[place] ?? 0);
    if (count >= rank) {
      if (bound === Number.POSITIVE_INFINITY || count === lowerCount) return lowerBound;
      return lowerBound + ((bound - lowerBound) * (rank - lowerCount)) / (count - lowerCount);
    }
    lowerBound = bound;
    lowerCount = count;
  }
  return lowerBound;
}
