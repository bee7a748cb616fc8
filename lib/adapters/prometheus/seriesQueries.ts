/**
 * The range queries behind sparklines and the time strip: one scope or object, its reporters merged by PromQL, since the
 * rows of every step would be too many to merge here.
 */
import type { SeriesScope } from "#lib/domain/telemetry/timeSeries.ts";
import { EDGE } from "./labels.ts";
import { type QueryContext, rate, union } from "./queries.ts";
import { equals, type Matcher, matches } from "./selector.ts";

/** Percentiles over time read every bucket at every step, so they are only asked for one object or one namespace. */
export function canHavePercentiles(scope: SeriesScope): boolean {
  if (scope.kind === "mesh" || scope.kind === "cluster") return false;
  return scope.kind !== "namespaces" || scope.namespaces.length === 1;
}

const REQUESTS = "istio_requests_total";
const RESULT = "response_code,grpc_response_status";
const GRPC = matches("request_protocol", "[gG][rR][pP][cC].*");

/**
 * What responseCode.ts calls an error, as selections that share no series: no response or 5xx, gRPC calls refused with 4xx,
 * and calls that gRPC itself answered with a status other than 0.
 */
export const ERROR_MATCHERS: readonly (readonly Matcher[])[] = [
  [matches("response_code", "5\\d\\d|0")],
  [GRPC, matches("response_code", "4\\d\\d")],
  [
    GRPC,
    { label: "response_code", operator: "!~", value: "[45]\\d\\d|0|unknown|" },
    matches("grpc_response_status", "[1-9]|\\d\\d"),
  ],
];

/**
 * Requests and errors a second, told apart by the label `measure`. Of each edge the reporter that saw most of them counts:
 * what one side misses (a call that never arrived, an attempt that was repeated, a client without a proxy) the other has,
 * and no call counts twice.
 *
 *     label_replace(sum(max by (EDGE,…) (sum by (reporter,EDGE,…) (rate(istio_requests_total{…}[60s])))),"measure","requests",…)
 *     or label_replace(sum(max by (EDGE,…) (sum by (reporter,EDGE,…) (
 *          sum by (reporter,EDGE,…,RESULT) (rate(istio_requests_total{response_code=~"5\\d\\d|0",…}[60s])) or …))),"measure","errors",…)
 */
export function requestsOverTime(matchers: readonly Matcher[], context: QueryContext): string {
  const by = `${EDGE},request_protocol`;
  const most = (rates: string) => `sum(max by (${by}) (sum by (reporter,${by}) (${rates})))`;
  const failing = ERROR_MATCHERS.map(
    (errors) => `sum by (reporter,${by},${RESULT}) (${rate(REQUESTS, [...errors, ...matchers], context)})`,
  );
  return union({
    requests: most(rate(REQUESTS, matchers, context)),
    errors: most(failing.join(" or ")),
  });
}

const ZTUNNEL = equals("app", "ztunnel");
const OTHERS: Matcher = { label: "app", operator: "!=", value: "ztunnel" };
const SENT = "istio_tcp_sent_bytes_total";
const RECEIVED = "istio_tcp_received_bytes_total";

/**
 * Bytes sent and received a second, of each edge from the reporter that saw most; ztunnels left out.
 *
 *     sum(max by (EDGE) (sum by (reporter,EDGE) (
 *       label_replace(sum by (reporter,EDGE) (rate(istio_tcp_sent_bytes_total{app!="ztunnel"}[60s])),"measure",…) or …)))
 */
export function proxyBytesOverTime(matchers: readonly Matcher[], context: QueryContext): string {
  return `sum(max by (${EDGE}) (${bytes(OTHERS, matchers, context)}))`;
}

/** What a leg and the requests it carries have in common: who calls which host, or which workload that host led to. */
const LEGS = [
  "source_workload_namespace,source_workload,destination_service",
  "destination_workload_namespace,destination_workload,destination_service",
];

/**
 * Bytes that only ztunnels tell, not another proxy of the same edge. Where requests are told from the same caller to the
 * same host, or from that host to the same workload, they are the transport of these, to a waypoint or from it.
 *
 *     sum(max by (EDGE) (… {app="ztunnel"} … unless on (EDGE) rate(istio_tcp_sent_bytes_total{app!="ztunnel",…}[60s])
 *       unless on (LEG) rate(istio_requests_total{…}[60s]) unless on (LEG) rate(istio_requests_total{…}[60s])))
 */
export function tunnelBytesOverTime(matchers: readonly Matcher[], context: QueryContext): string {
  const requests = rate(REQUESTS, matchers, context);
  const told = ` unless on (${EDGE}) (${rate(SENT, [OTHERS, ...matchers], context)})`;
  const legs = LEGS.map((ends) => ` unless on (${ends}) (${requests})`).join("");
  return `sum(max by (${EDGE}) (${bytes(ZTUNNEL, matchers, context)}${told}${legs}))`;
}

/** Whether there are any ztunnels to ask about: few series, where telling their legs apart reads all requests. */
export function tunnelsOverTime(matchers: readonly Matcher[], context: QueryContext): string {
  return `sum(${rate(SENT, [ZTUNNEL, ...matchers], context)})`;
}

function bytes(apps: Matcher, matchers: readonly Matcher[], context: QueryContext): string {
  const by = `reporter,${EDGE}`;
  const total = (metric: string) => `sum by (${by}) (${rate(metric, [apps, ...matchers], context)})`;
  return `sum by (${by}) (${union({ sentBytes: total(SENT), receivedBytes: total(RECEIVED) })})`;
}

/** The 95th percentile in milliseconds, from the server's side of each edge where there is one. */
export function p95OverTime(matchers: readonly Matcher[], context: QueryContext): string {
  const metric = "istio_request_duration_milliseconds";
  if (context.histograms?.kind === "native") {
    return `histogram_quantile(0.95,sum(${bestReporter(EDGE, metric, matchers, context)}))`;
  }
  return `histogram_quantile(0.95,sum by (le) (${bestReporter(`le,${EDGE}`, `${metric}_bucket`, matchers, context)}))`;
}

function bestReporter(by: string, metric: string, matchers: readonly Matcher[], context: QueryContext): string {
  return ["destination", "waypoint", "source"]
    .map((reporter) => `sum by (${by}) (${rate(metric, [equals("reporter", reporter), ...matchers], context)})`)
    .join(" or ");
}
