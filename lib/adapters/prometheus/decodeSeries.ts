/** Range query results on one grid of times. */
import type { SeriesRequest, TimeSeries } from "#lib/domain/telemetry/timeSeries.ts";
import { label } from "./labels.ts";
import { decodeMatrix } from "./samples.ts";

type Values = (number | undefined)[];

/** How many times a range query is evaluated: at start, start + step, … up to the end. */
export function countPoints({ startSeconds, endSeconds, stepSeconds }: SeriesRequest): number {
  return Math.max(0, Math.floor((endSeconds - startSeconds) / stepSeconds) + 1);
}

/** Whether a range query found anything. */
export function hasPoints(data: unknown): boolean {
  let found = false;
  decodeMatrix(data, (_labels, points) => {
    found ||= points.length > 0;
  });
  return found;
}

/** Lines up the answers of seriesQueries.ts, the bytes of several adding up; without the last, percentiles are all gaps. */
export function decodeSeries(
  request: SeriesRequest,
  answers: { readonly requests: unknown; readonly tcpBytes: readonly unknown[]; readonly p95?: unknown },
): Omit<TimeSeries, "warnings"> {
  const { startSeconds, stepSeconds } = request;
  const times = Array.from({ length: countPoints(request) }, (_, index) => startSeconds + index * stepSeconds);
  const gaps = (): Values => Array.from({ length: times.length }, () => undefined);
  const add = (values: Values, points: readonly (readonly [number, number])[]) => {
    for (const [at, value] of points) {
      const index = Math.round((at - startSeconds) / stepSeconds);
      if (index >= 0 && index < times.length) values[index] = (values[index] ?? 0) + value;
    }
  };

  const requestsPerSecond = gaps();
  const errors = gaps();
  decodeMatrix(answers.requests, (labels, points) => {
    const measure = label(labels, "measure");
    if (measure === "requests") add(requestsPerSecond, points);
    else if (measure === "errors") add(errors, points);
  });
  const tcpBytesPerSecond = gaps();
  for (const data of answers.tcpBytes) decodeMatrix(data, (_labels, points) => add(tcpBytesPerSecond, points));
  const p95Milliseconds = gaps();
  if (answers.p95 !== undefined) decodeMatrix(answers.p95, (_labels, points) => add(p95Milliseconds, points));

  return {
    times,
    requestsPerSecond,
    // Where requests were measured and none failed, no failures were measured: a zero, not a gap.
    errorsPerSecond: errors.map((value, index) => value ?? (requestsPerSecond[index] === undefined ? undefined : 0)),
    p95Milliseconds,
    tcpBytesPerSecond,
  };
}
