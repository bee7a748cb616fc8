/** Reading from recorded rates: the whole map in one query, and whether what it holds is all there is. */
import { QualityCounter } from "#lib/domain/telemetry/quality.ts";
import type { LatencyReport, RateReport } from "#lib/domain/telemetry/reports.ts";
import type { Warning } from "#lib/ports.ts";
import type { Answer } from "./answer.ts";
import { decodeRequests, decodeTcp } from "./decodeReports.ts";
import { type Labels, label } from "./labels.ts";
import { readLatencyLane } from "./latencyLane.ts";
import { describeDuration, type UsableMoment } from "./moment.ts";
import { clientRequests, type QueryContext, serverRequests, tcpTraffic, union } from "./queries.ts";
import { type RecordedForm, subquery } from "./rateForm.ts";
import { type RecordedGroup, type RecordedWindows, shortDuration } from "./recordedNames.ts";
import { decodeRuleSets, holdsOrigins, markerSelector, type RuleSets, recordedWindows } from "./recordedRates.ts";
import { decodeVector } from "./samples.ts";
import { equals } from "./selector.ts";

export type RecordedPlan = {
  readonly group: RecordedGroup;
  readonly sets: RuleSets;
  readonly windows: RecordedWindows;
  readonly moment: UsableMoment;
  readonly form: RecordedForm;
  readonly context: QueryContext;
};

/** How to read a moment from recorded rates; undefined when nothing is recorded. */
export function planRecorded(
  sets: RuleSets,
  group: RecordedGroup,
  usable: UsableMoment,
  readAs: Pick<QueryContext, "scope" | "histograms">,
): RecordedPlan | undefined {
  const windows = recordedWindows(usable.windowSeconds, sets);
  if (windows === undefined) return undefined;
  const windowSeconds = windows.count * windows.stepSeconds;
  const atSeconds = Math.floor(usable.atSeconds);
  const moment = { atSeconds, windowSeconds, warnings: [...usable.warnings, ...windowWarnings(usable, windows)] };
  const form: RecordedForm = { kind: "recorded", windows, atSeconds };
  return { group, sets, windows, moment, form, context: { ...readAs, windowSeconds, form } };
}

function windowWarnings({ windowSeconds }: UsableMoment, windows: RecordedWindows): Warning[] {
  const { recordedSeconds, stepSeconds, count } = windows;
  const warnings: Warning[] = [];
  if (stepSeconds * count > windowSeconds) {
    warnings.push({
      code: "window-widened",
      message: `Rates are over ${describeDuration(stepSeconds * count)} instead of ${describeDuration(windowSeconds)}: they are recorded over ${describeDuration(recordedSeconds)}.`,
      hint: "Record a shorter window (npm run rules -- --window), or set MESHSCOPE_PROMETHEUS_RULES=off.",
    });
  }
  if (stepSeconds > recordedSeconds) {
    warnings.push({
      code: "sampled-window",
      message: `Rates over ${describeDuration(stepSeconds * count)} are the mean of ${count} recorded windows of ${describeDuration(recordedSeconds)}, one every ${describeDuration(stepSeconds)}.`,
    });
  }
  return warnings;
}

/** Recorded rates are used, in words. */
export function describeRules(sets: RuleSets): string {
  const windows = [...sets.keys()].sort((left, right) => left - right).map(shortDuration);
  return `rates recorded over ${windows.join(" and ")} by rules`;
}

/**
 * When the rules last ran, and at how many ends of windows they had.
 *
 *     label_replace(timestamp(meshscope_rules:group:info{…}),"measure","ran","","")
 *       or label_replace(count_over_time((meshscope_rules:group:info{…} offset -70s)[969s:300s]),"measure","windows","","")
 */
function ranQuery({ group, windows, form, context }: RecordedPlan): string {
  const of = [equals("group", group), equals("window", String(windows.recordedSeconds))];
  const marker = markerSelector(context.scope, of);
  const ran = { ran: `timestamp(${marker})` };
  return union(windows.count === 1 ? ran : { ...ran, windows: `count_over_time(${subquery(marker, form)})` });
}

/** When rates end, in unix seconds; undefined when the rules did not run, all of them, throughout the window. */
function recordedAt({ ran, windows: ends }: Rows, { group, sets, windows, moment, context }: RecordedPlan) {
  const { recordedSeconds, count } = windows;
  const isComplete = (rows: unknown, accept: (value: number) => boolean) =>
    holdsOrigins(decodeRuleSets(rows, group, context.scope, accept), sets, recordedSeconds);
  if (!isComplete(ran, () => true)) return undefined;
  if (count > 1 && !isComplete(ends, (value) => value === count)) return undefined;
  let oldest = moment.atSeconds;
  decodeVector(ran, new QualityCounter(), (_, value) => {
    oldest = Math.min(oldest, value);
    return undefined;
  });
  return oldest;
}

/** Requests as servers and as clients saw them, TCP, and when the rules ran, in one query. */
function mapQuery(plan: RecordedPlan): string {
  const { context } = plan;
  const requests = union({ requests: `(${serverRequests(context)} or ${clientRequests(context)})` });
  return `${requests} or ${tcpTraffic(context)} or ${ranQuery(plan)}`;
}

/** Sends one instant query. */
export type AskAt = (promql: string, atSeconds: number) => Promise<Answer>;

/** The whole map from one query; undefined when that is not all of it. */
export async function readRecordedMap(ask: AskAt, plan: RecordedPlan): Promise<RateReport | undefined> {
  const { data, warnings } = await ask(mapQuery(plan), plan.moment.atSeconds);
  const rows = splitRows(data);
  const atSeconds = recordedAt(rows, plan);
  if (atSeconds === undefined) return undefined;
  const quality = new QualityCounter();
  const reports = { requests: decodeRequests(rows.requests, quality), tcp: decodeTcp(rows.tcp, quality) };
  return {
    atSeconds,
    windowSeconds: plan.moment.windowSeconds,
    ...reports,
    warnings: [...plan.moment.warnings, ...warnings],
    quality: quality.notes(),
  };
}

/** Means and histograms from recorded time, counts and buckets; undefined when those are not all there are. */
export async function readRecordedLatency(
  ask: AskAt,
  plan: RecordedPlan,
  namespaces: ReadonlySet<string>,
): Promise<LatencyReport | undefined> {
  const { atSeconds, windowSeconds, warnings } = plan.moment;
  const askAt = (promql: string) => ask(promql, atSeconds);
  const [ran, lane] = await Promise.all([askAt(ranQuery(plan)), readLatencyLane(askAt, namespaces, plan.context)]);
  const endsAt = recordedAt(splitRows(ran.data), plan);
  if (endsAt === undefined) return undefined;
  return { ...lane, atSeconds: endsAt, windowSeconds, warnings: [...warnings, ...lane.warnings] };
}

const KINDS = ["requests", "tcp", "ran", "windows"] as const;
type Rows = Readonly<Record<(typeof KINDS)[number], unknown>>;

/** One vector for each kind of row. What is no vector at all is left to the decoders, which say so. */
function splitRows(data: unknown): Rows {
  const { result } = (data ?? {}) as { readonly result?: unknown };
  const rows = Map.groupBy(Array.isArray(result) ? (result as readonly ({ metric?: Labels } | null)[]) : [], (row) => {
    const measure = label(row?.metric ?? {}, "measure");
    return KINDS.find((kind) => kind === measure) ?? "tcp";
  });
  const vector = (kind: keyof Rows) =>
    Array.isArray(result) ? { resultType: "vector", result: rows.get(kind) ?? [] } : data;
  return { requests: vector("requests"), tcp: vector("tcp"), ran: vector("ran"), windows: vector("windows") };
}
