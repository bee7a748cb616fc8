/**
 * Recording rules that compute ahead what the two lanes ask for, from the code of those very queries.
 *
 * Rates and bucket rates are recorded. Sums of counters are not: a sum over pods falls when a pod goes, and rate() takes
 * that for a restart. Quantiles are not: those of edges cannot be added up for a workload, a service or a box.
 *
 *   meshscope-rates      every 30 s   requests, TCP           ─▶ the whole map in one query
 *   meshscope-latency    every 60 s   time, counts, buckets   ─▶ means, and histograms of what is looked at
 *
 * Each group ends with a marker, by which a reader knows that it ran, over which window, and that no shard is missing.
 */
import { bucketRates, clientRequests, durationRates, type QueryContext, serverRequests, tcpRates } from "./queries.ts";
import {
  MARKER,
  OWN_CLUSTERS,
  REPORTING_CLUSTER,
  type RecordedGroup,
  RULES_VERSION,
  recordedName,
  shortDuration,
} from "./recordedNames.ts";
import { anyOf, equals, type Matcher, selector } from "./selector.ts";

export type RuleOptions = {
  readonly windowSeconds: number;
  readonly intervalSeconds: number;
  /** Namespaces of the called service, each list in groups of its own; what is in none goes to the last shard. */
  readonly shards: readonly (readonly string[])[];
  /** Labels of a query scope, such as `mesh`. */
  readonly keepLabels: readonly string[];
};

export type RecordingRule = {
  readonly record: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
};
export type RuleGroup = { readonly name: string; readonly interval: string; readonly rules: readonly RecordingRule[] };

/** The groups of a rule file. Throws an Error for options that no complete set can be made of. */
export function recordingRules(options: RuleOptions): RuleGroup[] {
  const { windowSeconds, intervalSeconds } = options;
  // Longer windows are made of recorded ones laid end to end, which needs one that ends where another begins.
  if (windowSeconds % intervalSeconds !== 0) {
    throw new Error(`a window of ${windowSeconds} s is no multiple of the interval of ${intervalSeconds} s`);
  }
  const shards = shardMatchers(options.shards);
  return shards.flatMap((scope, index) => {
    const context = { scope, windowSeconds, recording: { keepLabels: options.keepLabels } };
    const place = { number: index + 1, of: shards.length };
    return [
      group("rates", rateRules(context), intervalSeconds, context, place),
      group("latency", latencyRules(context), latencyInterval(options), context, place),
    ];
  });
}

/** Latencies change more slowly than rates and cost more: half as often, where that divides the window too. */
function latencyInterval({ windowSeconds, intervalSeconds }: RuleOptions): number {
  return windowSeconds % (2 * intervalSeconds) === 0 ? 2 * intervalSeconds : intervalSeconds;
}

/** Every edge is in exactly one shard: all its series name one namespace of the called service. */
function shardMatchers(shards: RuleOptions["shards"]): Matcher[][] {
  const label = "destination_service_namespace";
  const named = shards.flat();
  const twice = named.find((name, index) => name === "" || named.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`namespace "${twice}" is empty or in two shards`);
  if (named.length === 0) return [[]];
  const operators = { "=": "!=", "=~": "!~", "!=": "=", "!~": "=~" } as const;
  const any = anyOf(label, named);
  return [...shards.map((names) => [anyOf(label, names)]), [{ ...any, operator: operators[any.operator] }]];
}

function group(
  name: RecordedGroup,
  rules: readonly RecordingRule[],
  intervalSeconds: number,
  context: QueryContext,
  { number, of }: { readonly number: number; readonly of: number },
): RuleGroup {
  const marker = markerRule(name, number, of, context);
  const interval = shortDuration(intervalSeconds);
  if (of === 1) return { name: `meshscope-${name}`, interval, rules: [...rules, marker] };
  // promtool takes rules of one name for a mistake unless their labels differ.
  const labels = { shard: String(number) };
  return {
    name: `meshscope-${name}-${number}`,
    interval,
    rules: [...rules.map((rule) => ({ ...rule, labels })), marker],
  };
}

function rateRules(context: QueryContext): RecordingRule[] {
  const rule = (metric: string, expr: string) => ({ record: recordedName(metric, context.windowSeconds), expr });
  const tcp = (metric: string) => rule(metric, tcpRates(metric, context));
  return [
    rule("istio_requests_total", `${serverRequests(context)} or ${clientRequests(context)}`),
    tcp("istio_tcp_sent_bytes_total"),
    tcp("istio_tcp_received_bytes_total"),
    tcp("istio_tcp_connections_opened_total"),
  ];
}

function latencyRules(context: QueryContext): RecordingRule[] {
  const rule = (metric: string, of: (side: "server" | "client") => string) => ({
    record: recordedName(metric, context.windowSeconds),
    expr: `${of("server")} or ${of("client")}`,
  });
  const duration = "istio_request_duration_milliseconds";
  return [
    rule(`${duration}_sum`, (side) => durationRates("sum", side, context)),
    rule(`${duration}_count`, (side) => durationRates("count", side, context)),
    rule(`${duration}_bucket`, (side) => bucketRates(side, [], context)),
  ];
}

/**
 * One series for each cluster whose proxies report, so that a reader sees whether all clusters are among the recorded.
 * Looked up among the raw series once; the other groups take it from there.
 *
 *     group by (reporting_cluster) (
 *       label_replace(group by (source_cluster) (istio_requests_total{reporter="source"}),"reporting_cluster",…)
 *       or label_replace(group by (destination_cluster) (istio_requests_total{reporter=~"destination|waypoint"}),…))
 *     group by (reporting_cluster) (meshscope_rules:group:info{version="1",group="rates",window="300",shard="1"})
 */
function markerRule(
  name: RecordedGroup,
  number: number,
  of: number,
  { windowSeconds, recording }: QueryContext,
): RecordingRule {
  const common = { version: RULES_VERSION, window: String(windowSeconds), shards: String(of) };
  const isFirst = name === "rates" && number === 1;
  const first = Object.entries({ ...common, group: "rates", shard: "1" });
  const by = (label: string) => `group by (${[...(recording?.keepLabels ?? []), label].join(",")})`;
  const reporting = OWN_CLUSTERS.map(
    ({ reporters, label }) =>
      `label_replace(${by(label)} (${selector("istio_requests_total", [reporters])}),"${REPORTING_CLUSTER}","$1","${label}","(.*)")`,
  );
  const recorded = selector(
    MARKER,
    first.map(([label, value]) => equals(label, value)),
  );
  return {
    record: MARKER,
    expr: `${by(REPORTING_CLUSTER)} (${isFirst ? reporting.join(" or ") : recorded})`,
    labels: { ...common, group: name, shard: String(number) },
  };
}
