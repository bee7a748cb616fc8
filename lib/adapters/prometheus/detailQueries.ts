/** The instant queries of what views ask for beyond the rate lane: one each, mesh-wide, from all reporters. */
import type { Detail } from "#lib/domain/telemetry/reports.ts";
import { EDGE } from "./labels.ts";
import { type QueryContext, rate, union } from "./queries.ts";
import { matches } from "./selector.ts";

/**
 * gRPC messages: clients' are requests' messages, servers' are responses'. A stream counts here while it is open.
 *
 *     label_replace(sum by (reporter,source_cluster,…) (rate(istio_request_messages_total{}[300s])) > 0,
 *       "measure","sent","","") or label_replace(… istio_response_messages_total …,"measure","received","","")
 */
function messages(context: QueryContext): string {
  const total = (metric: string) => `sum by (reporter,${EDGE}) (${rate(metric, [], context)}) > 0`;
  return union({ sent: total("istio_request_messages_total"), received: total("istio_response_messages_total") });
}

/**
 * Body bytes of requests and responses, HTTP and gRPC alike.
 *
 *     label_replace(sum by (reporter,…,request_protocol) (rate(istio_request_bytes_sum{}[300s])) > 0,
 *       "measure","requestBytes","","") or label_replace(… istio_response_bytes_sum …,"measure","responseBytes","","")
 */
function throughput(context: QueryContext): string {
  const total = (metric: string) => `sum by (reporter,${EDGE},request_protocol) (${rate(metric, [], context)}) > 0`;
  return union({ requestBytes: total("istio_request_bytes_sum"), responseBytes: total("istio_response_bytes_sum") });
}

/**
 * Requests by operation, where a Telemetry names operations.
 *
 *     sum by (reporter,…,request_operation,response_code,grpc_response_status,response_flags)
 *       (rate(istio_requests_total{request_operation!~"|unknown"}[300s])) > 0
 */
function operations(context: QueryContext): string {
  const by = `reporter,${EDGE},request_protocol,request_operation,response_code,grpc_response_status,response_flags`;
  const named = { ...matches("request_operation", "|unknown"), operator: "!~" } as const;
  return `sum by (${by}) (${rate("istio_requests_total", [named], context)}) > 0`;
}

/** The one query of each detail. */
export const DETAIL_QUERIES: Readonly<Record<Detail, (context: QueryContext) => string>> = {
  messages,
  throughput,
  operations,
};
