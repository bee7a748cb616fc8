/**
 * The instant queries of the two lanes, in PromQL. Their cost follows the series they select, hardly the window or the
 * labels they group by; so matchers first, one reporter side a query, and merging the sides is ours (mergeReporters.ts).
 */
import { CLIENT_SIDE, EDGE, SERVER_SIDE } from "./labels.ts";
import { type RateForm, rateExpression } from "./rateForm.ts";
import { anyOf, equals, type Matcher } from "./selector.ts";

/**
 * Classic histograms have a series for each bucket, of the bounds that anything in the mesh has (ascending, as far as they
 * are read and known); native ones hold all buckets in one sample.
 */
export type Histograms = { readonly kind: "classic"; readonly bounds: readonly number[] } | { readonly kind: "native" };

/** What every query is given. */
export type QueryContext = {
  /** The extra matchers of a shared server. */
  readonly scope: readonly Matcher[];
  /** Of its rates, in whole seconds. */
  readonly windowSeconds: number;
  /** Classic, of unknown bounds, where nothing is said. */
  readonly histograms?: Histograms;
  /** How rates are asked for; by rate() where nothing is said. */
  readonly form?: RateForm;
  /** For a rule that records the query: labels that stay besides those of the edge, to narrow recorded series by. */
  readonly recording?: { readonly keepLabels: readonly string[] };
};

/**
 * The buckets worth reading: thinning the middle of a histogram bends percentiles, dropping its ends does not.
 * Prometheus 3 writes "5.0" where 2 wrote "5".
 */
export const READ_BOUNDS: Matcher = {
  label: "le",
  operator: "!~",
  value: "0\\.5|(30000|60000|300000|600000|1800000|3600000)(\\.0)?",
};

const DURATION = "istio_request_duration_milliseconds";

/** How a connection was secured, which only servers, waypoints and ztunnels know. */
const SECURITY = "connection_security_policy,source_principal,destination_principal";

/** `rate(metric{matchers}[300s])`, or what stands for it in this context. */
export function rate(metric: string, matchers: readonly Matcher[], context: QueryContext): string {
  const { scope, windowSeconds, form = { kind: "rate" } } = context;
  return rateExpression(metric, [...matchers, ...scope], windowSeconds, form);
}

/**
 * `sum by (labels) (rates) > 0`. What is recorded keeps its zeros: a recorded series that just ends is read with its
 * last value for minutes, wherever no staleness marker ends it.
 */
function sumBy(labels: string, rates: string, { recording }: QueryContext): string {
  if (recording === undefined) return `sum by (${labels}) (${rates}) > 0`;
  return `sum by (${[...recording.keepLabels, labels].join(",")}) (${rates})`;
}

/** Joins queries whose rows would be equal but for what they measure; the label `measure` tells them apart. */
export function union(measures: Readonly<Record<string, string>>): string {
  return Object.entries(measures)
    .map(([measure, query]) => `label_replace(${query},"measure","${measure}","","")`)
    .join(" or ");
}

/**
 * Requests as servers and waypoints saw them, the only ones who know whether a call was mTLS.
 *
 *     sum by (reporter,source_cluster,…,connection_security_policy,source_principal,destination_principal)
 *       (rate(istio_requests_total{reporter=~"destination|waypoint"}[300s])) > 0
 */
export function serverRequests(context: QueryContext): string {
  const by = `reporter,${EDGE},request_protocol,response_code,grpc_response_status,response_flags,${SECURITY}`;
  return sumBy(by, rate("istio_requests_total", [SERVER_SIDE], context), context);
}

/**
 * Requests as clients saw them: holds what never reached a server, and calls to what has no proxy.
 *
 *     sum by (reporter,source_cluster,…,response_flags) (rate(istio_requests_total{reporter="source"}[300s])) > 0
 */
export function clientRequests(context: QueryContext): string {
  const by = `reporter,${EDGE},request_protocol,response_code,grpc_response_status,response_flags`;
  return sumBy(by, rate("istio_requests_total", [CLIENT_SIDE], context), context);
}

/**
 * TCP bytes and connections of all reporters, with the reporting proxy's `app`, which tells ztunnels.
 *
 *     label_replace(sum by (app,reporter,…) (rate(istio_tcp_sent_bytes_total{}[300s])) > 0,"measure","sentBytes","","")
 *       or label_replace(… istio_tcp_received_bytes_total …) or label_replace(… istio_tcp_connections_opened_total …)
 */
export function tcpTraffic(context: QueryContext): string {
  return union({
    sentBytes: tcpRates("istio_tcp_sent_bytes_total", context),
    receivedBytes: tcpRates("istio_tcp_received_bytes_total", context),
    connectionsOpened: tcpRates("istio_tcp_connections_opened_total", context),
  });
}

export function tcpRates(metric: string, context: QueryContext): string {
  return sumBy(`app,reporter,${EDGE},response_flags,${SECURITY}`, rate(metric, [], context), context);
}

/**
 * Time and count of requests, mesh-wide, from one side. Not their quotient: means do not add up, sums do.
 *
 *     label_replace(sum by (reporter,…) (rate(istio_request_duration_milliseconds_sum{reporter="source"}[300s])) > 0,
 *       "measure","milliseconds","","") or label_replace(… _count …,"measure","count","","")
 */
export function durations(side: "server" | "client", context: QueryContext): string {
  return union({ milliseconds: durationRates("sum", side, context), count: durationRates("count", side, context) });
}

/**
 *     sum by (reporter,…) (rate(istio_request_duration_milliseconds_sum{…}[300s])) > 0
 *     histogram_sum(sum by (reporter,…) (rate(istio_request_duration_milliseconds{…}[300s]))) > 0
 */
export function durationRates(part: "sum" | "count", side: "server" | "client", context: QueryContext): string {
  const labels = `reporter,${EDGE},request_protocol`;
  if (context.histograms?.kind === "native") {
    return `histogram_${part}(sum by (${labels}) (${rate(DURATION, [matcherOf(side)], context)})) > 0`;
  }
  return sumBy(labels, rate(`${DURATION}_${part}`, [matcherOf(side)], context), context);
}

function matcherOf(side: "server" | "client"): Matcher {
  return side === "server" ? SERVER_SIDE : CLIENT_SIDE;
}

/**
 * Histograms of the calls into one namespace, as its servers and waypoints measured them.
 *
 *     sum by (le,reporter,…) (rate(istio_request_duration_milliseconds_bucket{reporter=~"destination|waypoint",
 *       destination_workload_namespace="shop",le!~"…"}[300s])) > 0
 */
export function serverBuckets(namespace: string, context: QueryContext): string {
  return bucketRates("server", [equals("destination_workload_namespace", namespace)], context);
}

/**
 * Histograms of calls to services that no server-side proxy reports, as clients measured them. `serviceNames` must not
 * be empty; services of the same name elsewhere come along, and the reader drops them.
 */
export function clientBuckets(serviceNames: readonly string[], context: QueryContext): string {
  return bucketRates("client", [anyOf("destination_service_name", serviceNames)], context);
}

export function bucketRates(side: "server" | "client", matchers: readonly Matcher[], context: QueryContext): string {
  const labels = `reporter,${EDGE},request_protocol`;
  const of = [matcherOf(side), ...matchers];
  // A histogram is neither above zero nor below.
  if (context.histograms?.kind === "native") return `sum by (${labels}) (${rate(DURATION, of, context)})`;
  return sumBy(`le,${labels}`, rate(`${DURATION}_bucket`, [...of, READ_BOUNDS], context), context);
}
