/** Results of the detail queries as reports, one a row. */
import type { QualityCounter } from "#lib/domain/telemetry/quality.ts";
import type { MessageReport, OperationReport, ThroughputReport } from "#lib/domain/telemetry/reports.ts";
import { edgeLabels, label, reporterOf } from "./labels.ts";
import { decodeVector } from "./samples.ts";

/** Rows of messages. */
export function decodeMessages(data: unknown, quality: QualityCounter): MessageReport[] {
  const rows: MessageReport[] = [];
  decodeVector(data, quality, (labels, perSecond) => {
    const reporter = reporterOf(labels);
    const metric = label(labels, "measure");
    if (reporter === undefined) return "no-reporter";
    if (metric !== "sent" && metric !== "received") return "bad-value";
    rows.push({ ...edgeLabels(labels), reporter, metric, perSecond });
    return undefined;
  });
  return rows;
}

/** Rows of throughput. */
export function decodeThroughput(data: unknown, quality: QualityCounter): ThroughputReport[] {
  const rows: ThroughputReport[] = [];
  decodeVector(data, quality, (labels, perSecond) => {
    const reporter = reporterOf(labels);
    const metric = label(labels, "measure");
    if (reporter === undefined) return "no-reporter";
    if (metric !== "requestBytes" && metric !== "responseBytes") return "bad-value";
    rows.push({
      ...edgeLabels(labels),
      reporter,
      protocol: label(labels, "request_protocol"),
      metric,
      perSecond,
    });
    return undefined;
  });
  return rows;
}

/** Rows of operations. */
export function decodeOperations(data: unknown, quality: QualityCounter): OperationReport[] {
  const rows: OperationReport[] = [];
  decodeVector(data, quality, (labels, perSecond) => {
    const reporter = reporterOf(labels);
    if (reporter === undefined) return "no-reporter";
    rows.push({
      ...edgeLabels(labels),
      reporter,
      protocol: label(labels, "request_protocol"),
      operation: label(labels, "request_operation"),
      responseCode: label(labels, "response_code"),
      grpcStatus: label(labels, "grpc_response_status"),
      responseFlags: label(labels, "response_flags"),
      perSecond,
    });
    return undefined;
  });
  return rows;
}
