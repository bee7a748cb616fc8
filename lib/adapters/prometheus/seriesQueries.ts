/** The range queries behind sparklines and the time strip: one scope or object, all reporters merged by PromQL. */
import { passesThrough, type SeriesRequest, type SeriesScope } from "#lib/domain/telemetry/timeSeries.ts";
import { EDGE } from "./labels.ts";
import { type QueryContext, rate, union } from "./queries.ts";
import { anyOf, equals, type Matcher } from "./selector.ts";

/** Percentiles over time read every bucket at every step, so they are only asked for one object or one namespace. */
export function canHavePercentiles(scope: SeriesScope): boolean {
  return scope.kind !== "mesh" && (scope.kind !== "namespaces" || scope.namespaces.length === 1);
}

/** Matchers of the calls that arrive at a scope, or leave it. A Service sends nothing itself: its app's calls stand for it. */
export function scopeMatchers(scope: SeriesScope, direction: SeriesRequest["direction"]): Matcher[] {
  if (scope.kind === "mesh") return [];
  if (scope.kind === "edge") {
    const start = passesThrough(scope.from, scope.to) ? "inbound" : "outbound";
    return [...scopeMatchers(scope.from, start), ...scopeMatchers(scope.to, "inbound")];
  }
  const end = direction === "inbound" ? "destination" : "source";
  if (scope.kind === "namespaces") {
    // Calls that found no endpoint name the service's namespace only.
    return [
      anyOf(direction === "inbound" ? "destination_service_namespace" : "source_workload_namespace", scope.namespaces),
    ];
  }
  // Istio says "unknown" for the cluster of a call that found no endpoint.
  const cluster = scope.cluster === undefined ? [] : [anyOf(`${end}_cluster`, [scope.cluster, "unknown", ""])];
  const namespace = named(`${end}_workload_namespace`, scope.namespace);
  switch (scope.kind) {
    case "workload":
      return [...cluster, namespace, named(`${end}_workload`, scope.workload)];
    case "app": {
      const version = scope.version === undefined ? [] : [named(`${end}_canonical_revision`, scope.version)];
      return [...cluster, namespace, named(`${end}_canonical_service`, scope.app), ...version];
    }
    case "service":
      return direction === "inbound"
        ? [
            ...cluster,
            named("destination_service_namespace", scope.namespace),
            named("destination_service_name", scope.service),
          ]
        : [...cluster, namespace, named("source_canonical_service", scope.service)];
  }
}

/** Our "" is what Istio calls "unknown", or leaves out. */
function named(label: string, value: string): Matcher {
  return value === "" ? anyOf(label, ["", "unknown"]) : equals(label, value);
}

/**
 * Requests by result. The server's row of a result stands; the client's is added where there is none.
 *
 *     sum by (request_protocol,response_code,grpc_response_status) (
 *       sum by (EDGE,…,response_flags) (rate(istio_requests_total{reporter="destination",…}[60s]))
 *       or sum by (EDGE,…) (… reporter="waypoint" …) or sum by (EDGE,…) (… reporter="source" …))
 */
export function requestsOverTime(matchers: readonly Matcher[], context: QueryContext): string {
  const result = "request_protocol,response_code,grpc_response_status";
  return `sum by (${result}) (${bestReporter(`${EDGE},${result},response_flags`, "istio_requests_total", matchers, context)})`;
}

/** Bytes sent and received a second, from the best reporter of each edge. */
export function tcpBytesOverTime(matchers: readonly Matcher[], context: QueryContext): string {
  return `sum(${union({
    sentBytes: `(${bestReporter(EDGE, "istio_tcp_sent_bytes_total", matchers, context)})`,
    receivedBytes: `(${bestReporter(EDGE, "istio_tcp_received_bytes_total", matchers, context)})`,
  })})`;
}

/** The 95th percentile in milliseconds, from the server's side of each edge where there is one. */
export function p95OverTime(matchers: readonly Matcher[], context: QueryContext): string {
  const metric = "istio_request_duration_milliseconds";
  if (context.histograms === "native") {
    return `histogram_quantile(0.95,sum(${bestReporter(EDGE, metric, matchers, context)}))`;
  }
  return `histogram_quantile(0.95,sum by (le) (${bestReporter(`le,${EDGE}`, `${metric}_bucket`, matchers, context)}))`;
}

function bestReporter(by: string, metric: string, matchers: readonly Matcher[], context: QueryContext): string {
  return ["destination", "waypoint", "source"]
    .map((reporter) => `sum by (${by}) (${rate(metric, [equals("reporter", reporter), ...matchers], context)})`)
    .join(" or ");
}
