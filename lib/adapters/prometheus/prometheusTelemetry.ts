/** TelemetrySource on a Prometheus, or on anything that answers its HTTP API. */
import type { HttpTransport } from "#lib/adapters/httpTransport.ts";
import { edgeKey } from "#lib/domain/telemetry/edgeKey.ts";
import type { BucketReport, DurationReport, EdgeLabels } from "#lib/domain/telemetry/reports.ts";
import { type Clock, type Moment, SourceError, type TelemetrySource, type Warning } from "#lib/ports.ts";
import { type Answer, SOURCE } from "./answer.ts";
import { cachedFacts } from "./cachedFacts.ts";
import { decodeBuckets, decodeDurations, decodeRequests, decodeTcp } from "./decodeReports.ts";
import { countPoints, decodeSeries } from "./decodeSeries.ts";
import { describeServer } from "./describeServer.ts";
import { usableMoment, usableWindow } from "./moment.ts";
import { createPrometheusApi } from "./prometheusApi.ts";
import {
  clientBuckets,
  clientRequests,
  durations,
  type QueryContext,
  serverBuckets,
  serverRequests,
  tcpTraffic,
} from "./queries.ts";
import { type Dropped, droppedWarnings } from "./samples.ts";
import type { Matcher } from "./selector.ts";
import { canHavePercentiles, p95OverTime, requestsOverTime, scopeMatchers, tcpBytesOverTime } from "./seriesQueries.ts";

/** Scrape intervals and retention change with a restart or reload: asked again this often. */
const FACTS_AGE_SECONDS = 600;
/** What Prometheus allows in one range query. */
const MOST_POINTS = 11_000;

export type PrometheusSettings = {
  readonly transport: HttpTransport;
  /** How this server was chosen, for people. */
  readonly foundBy: string;
  /** Put into every selector, from parseQueryScope. */
  readonly queryScope?: readonly Matcher[];
  readonly timeoutMs: number;
  readonly clock: Clock;
};

/** Reads Istio's standard metrics. Never more than three queries at once; the rate lane goes first. */
export function createPrometheusTelemetry(settings: PrometheusSettings): TelemetrySource {
  const { transport, clock, queryScope: scope = [] } = settings;
  const api = createPrometheusApi(transport, settings.timeoutMs);
  const closing = new AbortController();
  const factsOf = cachedFacts(() => describeServer(api, scope, closing.signal), FACTS_AGE_SECONDS, clock);

  async function plan(asked: Moment, signal: AbortSignal) {
    const moment = usableMoment(asked, await factsOf(signal), clock.nowSeconds());
    const context: QueryContext = { scope, windowSeconds: moment.windowSeconds };
    return { moment, context };
  }

  return {
    async describe(signal) {
      const facts = await factsOf(signal);
      return { name: transport.target, foundBy: settings.foundBy, ...facts };
    },

    async readRates(asked, signal) {
      const { moment, context } = await plan(asked, signal);
      const [servers, clients, tcp] = await together([signal, closing.signal], (options) =>
        Promise.all(
          [serverRequests(context), clientRequests(context), tcpTraffic(context)].map((promql) =>
            api.query(promql, moment.atSeconds, { ...options, urgent: true }),
          ),
        ),
      );
      const dropped: Dropped = { count: 0 };
      return {
        atSeconds: moment.atSeconds,
        windowSeconds: moment.windowSeconds,
        requests: [...decodeRequests(servers?.data, dropped), ...decodeRequests(clients?.data, dropped)],
        tcp: decodeTcp(tcp?.data, dropped),
        warnings: distinct([...moment.warnings, ...warningsOf([servers, clients, tcp]), ...droppedWarnings(dropped)]),
      };
    },

    async readLatency({ namespaces, ...asked }, signal) {
      const { moment, context } = await plan(asked, signal);
      return together([signal, closing.signal], async ({ signal: either }) => {
        const ask = (promql: string) => api.query(promql, moment.atSeconds, { signal: either, urgent: false });
        const dropped: Dropped = { count: 0 };
        const visible = new Set(namespaces);
        const [servers, clients, histograms] = await Promise.all([
          ask(durations("server", context)),
          ask(durations("client", context)),
          Promise.all(
            [...visible].map((namespace) => askPercentiles(namespace, ask(serverBuckets(namespace, context)))),
          ),
        ]);
        const serverDurations = decodeDurations(servers.data, dropped);
        const clientDurations = decodeDurations(clients.data, dropped);
        const buckets = histograms.flatMap(({ data }) => (data === undefined ? [] : decodeBuckets(data, dropped)));

        const unserved = unservedEdges(serverDurations, clientDurations, visible);
        const names = [...new Set([...unserved.values()].map((edge) => edge.destinationServiceName))];
        const rest =
          names.length === 0
            ? undefined
            : await askPercentiles("services without a proxy", ask(clientBuckets(names, context)));
        if (rest?.data !== undefined) {
          const rows = decodeBuckets(rest.data, dropped);
          buckets.push(...rows.filter((row: BucketReport) => unserved.has(edgeKey(row, row.protocol))));
        }
        return {
          atSeconds: moment.atSeconds,
          windowSeconds: moment.windowSeconds,
          durations: [...serverDurations, ...clientDurations],
          buckets,
          warnings: distinct([
            ...moment.warnings,
            ...warningsOf([servers, clients, ...histograms, rest]),
            ...droppedWarnings(dropped),
          ]),
        };
      });
    },

    async readSeries(request, signal) {
      const { scrapeIntervalSeconds } = await factsOf(signal);
      if (!(request.stepSeconds > 0) || countPoints(request) > MOST_POINTS) throw tooManyPoints();
      const context = { scope, windowSeconds: usableWindow(request.stepSeconds, scrapeIntervalSeconds) };
      const matchers = scopeMatchers(request.scope, request.direction);
      const [requests, tcpBytes, p95] = await together([signal, closing.signal], ({ signal: either }) => {
        const ask = (promql: string) => api.queryRange(promql, request, { signal: either, urgent: false });
        return Promise.all([
          ask(requestsOverTime(matchers, context)),
          ask(tcpBytesOverTime(matchers, context)),
          canHavePercentiles(request.scope) ? ask(p95OverTime(matchers, context)) : undefined,
        ]);
      });
      return decodeSeries(request, { requests: requests.data, tcpBytes: tcpBytes.data, p95: p95?.data });
    },

    close() {
      closing.abort(
        new SourceError({ source: SOURCE, kind: "unreachable", message: "The source is closed.", hint: "" }),
      );
      return transport.close();
    },
  };
}

/** Runs queries that are of no use alone: the first failure, or either signal, aborts the others. */
async function together<T>(
  signals: readonly AbortSignal[],
  work: (options: { readonly signal: AbortSignal }) => Promise<T>,
): Promise<T> {
  const failed = new AbortController();
  try {
    return await work({ signal: AbortSignal.any([...signals, failed.signal]) });
  } catch (error) {
    failed.abort(error);
    throw error;
  }
}

/** Percentiles may be too much for a server that answers everything else: then they are missing, with a warning. */
async function askPercentiles(of: string, answer: Promise<Answer>): Promise<Partial<Answer>> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof SourceError) || error.kind === "unreachable" || error.kind === "denied") throw error;
    return {
      warnings: [
        { code: "percentiles-missing", message: `No percentiles for ${of}: ${error.message}`, hint: error.hint },
      ],
    };
  }
}

function known(value: string): boolean {
  return value !== "" && value !== "unknown";
}

/** The namespace a call goes into: the workload's, else the service's; calls to places outside every namespace count for the caller's. */
function calledNamespace(edge: EdgeLabels): string {
  if (known(edge.destinationNamespace)) return edge.destinationNamespace;
  return known(edge.destinationServiceNamespace) ? edge.destinationServiceNamespace : edge.sourceNamespace;
}

/** Edges into the namespaces that only clients report, by edge key: calls to external hosts, to workloads without a proxy, to nobody. */
function unservedEdges(
  servers: readonly DurationReport[],
  clients: readonly DurationReport[],
  namespaces: ReadonlySet<string>,
): Map<string, EdgeLabels> {
  const served = new Set(servers.map((row) => edgeKey(row, row.protocol)));
  const unserved = new Map<string, EdgeLabels>();
  for (const row of clients) {
    const key = edgeKey(row, row.protocol);
    if (!served.has(key) && namespaces.has(calledNamespace(row))) unserved.set(key, row);
  }
  return unserved;
}

function warningsOf(answers: readonly (Partial<Answer> | undefined)[]): Warning[] {
  return answers.flatMap((answer) => answer?.warnings ?? []);
}

/** Each warning once: queries of one reading tend to repeat each other's. */
function distinct(warnings: readonly Warning[]): Warning[] {
  return [...new Map(warnings.map((warning) => [`${warning.code} ${warning.message}`, warning])).values()];
}

function tooManyPoints(): SourceError {
  return new SourceError({
    source: SOURCE,
    kind: "rejected",
    message: `A series has at most ${MOST_POINTS} points, and a step above zero.`,
    hint: "Choose a longer step or a shorter range.",
  });
}
