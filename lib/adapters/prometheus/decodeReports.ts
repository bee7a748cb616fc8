/** Instant query results as reports, one a row. */

import { edgeKey } from "#lib/domain/telemetry/edgeKey.ts";
import type { QualityCounter } from "#lib/domain/telemetry/quality.ts";
import type { BucketReport, DurationReport, RequestReport, TcpReport } from "#lib/domain/telemetry/reports.ts";
import { edgeLabels, type Labels, label, reporterOf } from "./labels.ts";
import { decodeVector } from "./samples.ts";

/** Rows of serverRequests and clientRequests. */
export function decodeRequests(data: unknown, quality: QualityCounter): RequestReport[] {
  const rows: RequestReport[] = [];
  decodeVector(data, quality, (labels, perSecond) => {
    const reporter = reporterOf(labels);
    if (reporter === undefined) return "no-reporter";
    rows.push({
      ...edgeLabels(labels),
      reporter,
      protocol: label(labels, "request_protocol"),
      responseCode: label(labels, "response_code"),
      grpcStatus: label(labels, "grpc_response_status"),
      responseFlags: label(labels, "response_flags"),
      securityPolicy: label(labels, "connection_security_policy"),
      sourcePrincipal: label(labels, "source_principal"),
      destinationPrincipal: label(labels, "destination_principal"),
      perSecond,
    });
    return undefined;
  });
  return rows;
}

/** Rows of tcpTraffic. */
export function decodeTcp(data: unknown, quality: QualityCounter): TcpReport[] {
  const rows: TcpReport[] = [];
  decodeVector(data, quality, (labels, perSecond) => {
    const reporter = reporterOf(labels);
    const metric = label(labels, "measure");
    if (reporter === undefined) return "no-reporter";
    if (metric !== "sentBytes" && metric !== "receivedBytes" && metric !== "connectionsOpened") return "bad-value";
    rows.push({
      ...edgeLabels(labels),
      reporter,
      reporterApp: label(labels, "app"),
      responseFlags: label(labels, "response_flags"),
      securityPolicy: label(labels, "connection_security_policy"),
      sourcePrincipal: label(labels, "source_principal"),
      destinationPrincipal: label(labels, "destination_principal"),
      metric,
      perSecond,
    });
    return undefined;
  });
  return rows;
}

/** Rows of durations: the time and the count of each edge, brought together. Requests that took no time have no time row. */
export function decodeDurations(data: unknown, quality: QualityCounter): DurationReport[] {
  const milliseconds = new Map<string, number>();
  const counts: { key: string; labels: Labels; perSecond: number }[] = [];
  decodeVector(data, quality, (labels, value) => {
    if (reporterOf(labels) === undefined) return "no-reporter";
    const key = durationKey(labels);
    if (label(labels, "measure") === "milliseconds") milliseconds.set(key, value);
    else counts.push({ key, labels, perSecond: value });
    return undefined;
  });
  return counts.flatMap(({ key, labels, perSecond }) => {
    const reporter = reporterOf(labels);
    if (reporter === undefined) return [];
    return {
      ...edgeLabels(labels),
      reporter,
      protocol: label(labels, "request_protocol"),
      millisecondsPerSecond: milliseconds.get(key) ?? 0,
      countPerSecond: perSecond,
    };
  });
}

function durationKey(labels: Labels): string {
  return `${label(labels, "reporter")} ${edgeKey(edgeLabels(labels), label(labels, "request_protocol"))}`;
}

/** Rows of serverBuckets and clientBuckets. */
export function decodeBuckets(data: unknown, quality: QualityCounter): BucketReport[] {
  const rows: BucketReport[] = [];
  decodeVector(data, quality, (labels, perSecond) => {
    const reporter = reporterOf(labels);
    const le = decodeBound(label(labels, "le"));
    if (reporter === undefined) return "no-reporter";
    if (le === undefined) return "bad-value";
    rows.push({ ...edgeLabels(labels), reporter, protocol: label(labels, "request_protocol"), le, perSecond });
    return undefined;
  });
  return rows;
}

/** A bucket's upper bound in milliseconds: "5" before Prometheus 3, "5.0" since, "+Inf". */
export function decodeBound(text: string): number | undefined {
  if (text === "+Inf") return Number.POSITIVE_INFINITY;
  const bound = Number(text);
  return text !== "" && Number.isFinite(bound) ? bound : undefined;
}
