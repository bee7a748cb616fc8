/**
 * What a telemetry source must say, computed from nothing but counters: for each series, the value at the end of the
 * window less the value at its start. No query language and no simulator's shortcut stands in between.
 */
import { decodeMessages, decodeOperations, decodeThroughput } from "#lib/adapters/prometheus/decodeDetails.ts";
import { decodeBuckets, decodeDurations, decodeRequests, decodeTcp } from "#lib/adapters/prometheus/decodeReports.ts";
import { EDGE } from "#lib/adapters/prometheus/labels.ts";
import { QualityCounter } from "#lib/domain/telemetry/quality.ts";
import type { DetailReport, LatencyReport, RateReport } from "#lib/domain/telemetry/reports.ts";
import type { Moment } from "#lib/ports.ts";
import type { History, HistorySample } from "#test/history/history.ts";

export type CountedTruth = {
  readonly rates: RateReport;
  readonly latency: LatencyReport;
  readonly details: DetailReport;
};

/** Reports of a window, from the counters at its two ends. Series that differ only in other labels (pods) add up. */
export async function countTruth(samplesAt: History["samplesAt"], moment: Moment): Promise<CountedTruth> {
  const rises = await risesWithin(samplesAt, moment);
  const quality = new QualityCounter();
  const edge = ["reporter", ...EDGE.split(",")];
  const request = [...edge, "request_protocol"];
  const result = [
    ...request,
    "response_code",
    "grpc_response_status",
    "response_flags",
    "connection_security_policy",
    "source_principal",
    "destination_principal",
  ];
  const operation = [...request, "request_operation", "response_code", "grpc_response_status", "response_flags"];
  const bytes = [
    ...edge,
    "app",
    "response_flags",
    "connection_security_policy",
    "source_principal",
    "destination_principal",
  ];
  const rows = (metric: string, by: readonly string[], measure = "") =>
    sumBy(rises.get(metric) ?? [], by).map(({ labels, value }) => ({
      metric: { ...labels, measure },
      value: [moment.atSeconds, String(value / moment.windowSeconds)],
    }));
  const vector = (...rowLists: readonly (readonly unknown[])[]) => ({ resultType: "vector", result: rowLists.flat() });
  const truth: CountedTruth = {
    rates: {
      ...moment,
      requests: decodeRequests(vector(rows("istio_requests_total", result)), quality),
      tcp: decodeTcp(
        vector(
          rows("istio_tcp_sent_bytes_total", bytes, "sentBytes"),
          rows("istio_tcp_received_bytes_total", bytes, "receivedBytes"),
          rows("istio_tcp_connections_opened_total", bytes, "connectionsOpened"),
        ),
        quality,
      ),
      warnings: [],
      quality: [],
    },
    latency: {
      ...moment,
      durations: decodeDurations(
        vector(
          rows("istio_request_duration_milliseconds_sum", request, "milliseconds"),
          rows("istio_request_duration_milliseconds_count", request, "count"),
        ),
        quality,
      ),
      buckets: decodeBuckets(vector(rows("istio_request_duration_milliseconds_bucket", [...request, "le"])), quality),
      warnings: [],
    },
    details: {
      ...moment,
      messages: decodeMessages(
        vector(
          rows("istio_request_messages_total", edge, "sent"),
          rows("istio_response_messages_total", edge, "received"),
        ),
        quality,
      ),
      throughput: decodeThroughput(
        vector(
          rows("istio_request_bytes_sum", request, "requestBytes"),
          rows("istio_response_bytes_sum", request, "responseBytes"),
        ),
        quality,
      ),
      operations: decodeOperations(vector(rows("istio_requests_total", operation)), quality).filter(
        ({ operation }) => !["", "unknown"].includes(operation),
      ),
      warnings: [],
      quality: [],
    },
  };
  const [note] = quality.notes();
  if (note !== undefined)
    throw new Error(`${note.rows} series have labels or values that Istio's never have: ${note.examples.join("; ")}`);
  return truth;
}

type Rise = { readonly labels: Readonly<Record<string, string>>; value: number };

async function risesWithin(samplesAt: History["samplesAt"], moment: Moment): Promise<Map<string, Rise[]>> {
  const before = new Map<string, number>();
  for await (const sample of samplesAt(moment.atSeconds - moment.windowSeconds))
    before.set(keyOf(sample), sample.value);
  const rises = new Map<string, Rise[]>();
  for await (const sample of samplesAt(moment.atSeconds)) {
    const value = sample.value - (before.get(keyOf(sample)) ?? 0);
    // Empty buckets say where the first with requests begins.
    if (value < 0 || (value === 0 && !sample.metric.endsWith("_bucket"))) continue;
    const list = rises.get(sample.metric) ?? [];
    rises.set(sample.metric, list);
    list.push({ labels: sample.labels, value });
  }
  return rises;
}

function keyOf({ metric, labels }: HistorySample): string {
  return [metric, ...Object.keys(labels), ...Object.values(labels)].join("\u0000");
}

function sumBy(rises: readonly Rise[], by: readonly string[]): Rise[] {
  const sums = new Map<string, Rise>();
  for (const { labels, value } of rises) {
    const kept = Object.fromEntries(by.map((name) => [name, labels[name] ?? ""]));
    const key = Object.values(kept).join("\u0000");
    const sum = sums.get(key);
    if (sum === undefined) sums.set(key, { labels: kept, value });
    else sum.value += value;
  }
  return [...sums.values()];
}
