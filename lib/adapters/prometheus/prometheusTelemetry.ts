/** TelemetrySource on a Prometheus, or on anything that answers its HTTP API. */
import type { HttpTransport } from "#lib/adapters/httpTransport.ts";
import { distinctWarnings } from "#lib/domain/telemetry/distinctWarnings.ts";
import { type Clock, type Moment, SourceError, type TelemetrySource } from "#lib/ports.ts";
import { type Answer, SOURCE } from "./answer.ts";
import { cachedFacts } from "./cachedFacts.ts";
import { countPoints } from "./decodeSeries.ts";
import { describeServer, NO_ISTIO_METRICS, type ServerFacts } from "./describeServer.ts";
import { type Details, meanDetails, readDetailLane } from "./detailLane.ts";
import { findHistograms } from "./findHistograms.ts";
import { findRules, NO_RULES } from "./findRules.ts";
import { type Latencies, meanLatencies, readLatencyLane } from "./latencyLane.ts";
import { usableMoment, usableWindow } from "./moment.ts";
import { createPrometheusApi } from "./prometheusApi.ts";
import type { QueryContext } from "./queries.ts";
import type { RateForm } from "./rateForm.ts";
import { meanRates, readRateLane } from "./rateLane.ts";
import { readSamples } from "./readSamples.ts";
import {
  type AskAt,
  describeRules,
  planRecorded,
  type RecordedPlan,
  readRecordedLatency,
  readRecordedMap,
} from "./recordedLane.ts";
import type { RecordedGroup } from "./recordedNames.ts";
import { sampleMoments } from "./sampleMoments.ts";
import type { Matcher } from "./selector.ts";
import { readSeriesLane } from "./seriesLane.ts";

/** Scrape intervals and retention change with a restart or reload: asked again this often. */
const FACTS_AGE_SECONDS = 600;
/** Proxies that were set up with other histograms since then are read as they are now. */
const HISTOGRAMS_WITHIN_SECONDS = 3_600;
/** How many samples stand for a window too long to be read whole. Latencies cost many times what rates do. */
const RATE_SAMPLES = 12;
const LATENCY_SAMPLES = 6;
/** What Prometheus allows in one range query. */
const MOST_POINTS = 11_000;

export type PrometheusSettings = {
  readonly transport: HttpTransport;
  /** How this server was chosen, for people. */
  readonly foundBy: string;
  /** Put into every selector, from parseQueryScope. */
  readonly queryScope?: readonly Matcher[];
  readonly timeoutMs: number;
  /** Whether recorded rates are looked for, and used where they are complete; true where nothing is said. */
  readonly useRules?: boolean;
  readonly clock: Clock;
};

/** Reads a lane with `ask`, which sends one instant query. */
type LaneReader<Part> = (ask: (promql: string) => Promise<Answer>, context: QueryContext) => Promise<Part>;

/** Reads Istio's standard metrics. Never more than three queries at once; the rate lane goes first. */
export function createPrometheusTelemetry(settings: PrometheusSettings): TelemetrySource {
  const { transport, clock, queryScope: scope = [], useRules = true } = settings;
  const api = createPrometheusApi(transport, settings.timeoutMs);
  const closing = new AbortController();
  async function readFacts() {
    const now = clock.nowSeconds();
    const [server, rules, histograms] = await Promise.all([
      describeServer(api, scope, now, closing.signal),
      useRules ? findRules(api, scope, now, closing.signal) : NO_RULES,
      findHistograms(api, scope, now - HISTOGRAMS_WITHIN_SECONDS, closing.signal),
    ]);
    return { server, rules, histograms };
  }
  const factsOf = cachedFacts(readFacts, FACTS_AGE_SECONDS, clock);

  /** Reads a lane at a moment, or at the samples that stand for its window; each sample's queries run at once. */
  async function readLane<Part>(
    asked: Moment,
    lane: { readonly samples: number; readonly urgent: boolean; readonly read: LaneReader<Part> },
    signal: AbortSignal,
  ) {
    const { server, histograms } = await factsOf(signal);
    const moment = usableMoment(asked, server, clock.nowSeconds());
    const leastSeconds = usableWindow(0, server.scrapeIntervalSeconds);
    const samples = sampleMoments(moment, { count: lane.samples, leastSeconds });
    const form = rateFormOf(server);
    const { parts, warnings } = await readSamples(samples, moment, clock, ({ atSeconds, windowSeconds }) =>
      together([signal, closing.signal], (options) => {
        const urgent = lane.urgent && samples.length === 1;
        const ask = (promql: string) => api.query(promql, atSeconds, { ...options, urgent });
        return lane.read(ask, { scope, windowSeconds, form, histograms });
      }),
    );
    return { moment, parts, warnings: [...moment.warnings, ...warnings] };
  }

  /** Reads a lane from recorded rates; undefined where they are not recorded for all of the window. */
  async function readRecorded<Report>(
    group: RecordedGroup,
    asked: Moment,
    read: (ask: AskAt, plan: RecordedPlan) => Promise<Report>,
    signal: AbortSignal,
  ): Promise<Report | undefined> {
    const { server, rules, histograms } = await factsOf(signal);
    // Rules record classic histograms: of native ones there is nothing to record.
    if (group === "latency" && histograms.kind === "native") return undefined;
    const usable = usableMoment(asked, server, clock.nowSeconds());
    const plan = planRecorded(rules[group], group, usable, { scope, histograms });
    if (plan === undefined) return undefined;
    return together([signal, closing.signal], (options) => {
      const urgent = group === "rates";
      return read((promql, atSeconds) => api.query(promql, atSeconds, { ...options, urgent }), plan);
    });
  }

  return {
    async describe(signal) {
      const { server, rules } = await factsOf(signal);
      const reads = rules.rates.size === 0 ? {} : { reads: describeRules(rules.rates) };
      return { name: transport.target, foundBy: settings.foundBy, ...server, ...reads };
    },

    async readRates(asked, signal) {
      const recorded = await readRecorded("rates", asked, readRecordedMap, signal);
      if (recorded !== undefined) return { ...recorded, warnings: distinctWarnings(recorded.warnings) };
      const lane = { samples: RATE_SAMPLES, urgent: true, read: readRateLane };
      const { moment, parts, warnings } = await readLane(asked, lane, signal);
      const rates = meanRates(parts);
      const isEmpty = rates.requests.length === 0 && rates.tcp.length === 0;
      const { server } = await factsOf(signal);
      const unscraped = isEmpty && server.hasIstioMetrics === false ? [NO_ISTIO_METRICS] : [];
      return {
        atSeconds: moment.atSeconds,
        windowSeconds: moment.windowSeconds,
        ...rates,
        warnings: distinctWarnings([...unscraped, ...warnings, ...parts.flatMap((part) => part.warnings)]),
      };
    },

    async readDetails({ details, ...asked }, signal) {
      const wanted = new Set(details);
      const read: LaneReader<Details> = (ask, context) => readDetailLane(ask, wanted, context);
      const lane = { samples: RATE_SAMPLES, urgent: false, read };
      const { moment, parts, warnings } = await readLane(asked, lane, signal);
      return {
        atSeconds: moment.atSeconds,
        windowSeconds: moment.windowSeconds,
        ...meanDetails(parts, wanted),
        warnings: distinctWarnings([...warnings, ...parts.flatMap((part) => part.warnings)]),
      };
    },

    async readLatency({ namespaces, ...asked }, signal) {
      const wanted = new Set(namespaces);
      const quick = (ask: AskAt, plan: RecordedPlan) => readRecordedLatency(ask, plan, wanted);
      const recorded = await readRecorded("latency", asked, quick, signal);
      if (recorded !== undefined) return { ...recorded, warnings: distinctWarnings(recorded.warnings) };
      const read: LaneReader<Latencies> = (ask, context) => readLatencyLane(ask, wanted, context);
      const lane = { samples: LATENCY_SAMPLES, urgent: false, read };
      const { moment, parts, warnings } = await readLane(asked, lane, signal);
      return {
        atSeconds: moment.atSeconds,
        windowSeconds: moment.windowSeconds,
        ...meanLatencies(parts),
        warnings: distinctWarnings([...warnings, ...parts.flatMap((part) => part.warnings)]),
      };
    },

    async readSeries(request, signal) {
      const { server, histograms } = await factsOf(signal);
      if (!(request.stepSeconds > 0) || countPoints(request) > MOST_POINTS) throw tooManyPoints();
      const windowSeconds = usableWindow(request.stepSeconds, server.scrapeIntervalSeconds);
      const context = { scope, windowSeconds, histograms, form: rateFormOf(server) };
      return together([signal, closing.signal], (options) => {
        const ask = (promql: string) => api.queryRange(promql, request, { ...options, urgent: false });
        return readSeriesLane(ask, request, context);
      });
    },

    close() {
      closing.abort(
        new SourceError({ source: SOURCE, kind: "unreachable", message: "The source is closed.", hint: "" }),
      );
      return transport.close();
    },
  };
}

function rateFormOf({ product }: ServerFacts): RateForm {
  return { kind: product === "VictoriaMetrics" ? "increase" : "rate" };
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

function tooManyPoints(): SourceError {
  return new SourceError({
    source: SOURCE,
    kind: "rejected",
    message: `A series has at most ${MOST_POINTS} points, and a step above zero.`,
    hint: "Choose a longer step or a shorter range.",
  });
}
