/**
 * One mesh from several telemetry servers, one for each cluster or so. Their reports are laid together; a call between
 * clusters is reported by its client here and its server there, and merging makes one of it as always.
 *
 * A server that fails makes a reading partial, which is said; only when all fail does the reading fail. One that failed
 * is not waited for until it answers again (memberCalls.ts).
 */
import type { DetailReport, EdgeLabels, Reporter } from "#lib/domain/telemetry/reports.ts";
import { sumSeries } from "#lib/domain/telemetry/sumSeries.ts";
import {
  isSourceError,
  type SourceError,
  type TelemetryDescription,
  type TelemetrySource,
  type Warning,
} from "#lib/ports.ts";
import { MemberCalls, type MemberPatience } from "./memberCalls.ts";

export type TelemetryMember = {
  /** The cluster whose proxies report here, for rows that do not name it. */
  readonly cluster?: string;
  /** For messages. */
  readonly title: string;
  readonly source: TelemetrySource;
};

/** Of a short window every reading costs alike: one that fails shows that the server does, whoever asked for it. */
const LONGEST_JUDGED_SECONDS = 3_600;

/** `all` must not be empty. */
export function unitedTelemetry(all: readonly TelemetryMember[], patience: MemberPatience): TelemetrySource {
  const members = all.map((member) => ({ ...member, calls: new MemberCalls(patience) }));
  return {
    async describe(signal) {
      const { answers, warnings } = await askAll(members, (source) => source.describe(signal), signal);
      return uniteDescriptions(answers, warnings);
    },

    async readRates(moment, signal) {
      const judges = moment.windowSeconds <= LONGEST_JUDGED_SECONDS;
      const { answers, warnings } = await askAll(members, (source) => source.readRates(moment, signal), signal, judges);
      return {
        ...uniteMoments(answers),
        requests: answers.flatMap(({ answer, member }) => inCluster(answer.requests, member)),
        tcp: answers.flatMap(({ answer, member }) => inCluster(answer.tcp, member)),
        warnings: [...warnings, ...answers.flatMap(titledWarnings)],
        quality: answers.flatMap(({ answer }) => answer.quality),
      };
    },

    async readLatency(request, signal) {
      const { answers, warnings } = await askAll(members, (source) => source.readLatency(request, signal), signal);
      return {
        ...uniteMoments(answers),
        durations: answers.flatMap(({ answer, member }) => inCluster(answer.durations, member)),
        buckets: answers.flatMap(({ answer, member }) => inCluster(answer.buckets, member)),
        warnings: [...warnings, ...answers.flatMap(titledWarnings)],
      };
    },

    async readDetails(request, signal) {
      const { answers, warnings } = await askAll(members, (source) => source.readDetails(request, signal), signal);
      const asked = new Set(request.details);
      const unite = <Row extends Located>(pick: (report: DetailReport) => readonly Row[] | undefined) =>
        answers.flatMap(({ answer, member }) => inCluster(pick(answer) ?? [], member));
      return {
        ...uniteMoments(answers),
        ...(asked.has("messages") ? { messages: unite((report) => report.messages) } : {}),
        ...(asked.has("throughput") ? { throughput: unite((report) => report.throughput) } : {}),
        ...(asked.has("operations") ? { operations: unite((report) => report.operations) } : {}),
        warnings: [...warnings, ...answers.flatMap(titledWarnings)],
        quality: answers.flatMap(({ answer }) => answer.quality),
      };
    },

    async readSeries(request, signal) {
      const { answers, warnings } = await askAll(members, (source) => source.readSeries(request, signal), signal);
      return {
        // Calls between clusters count with both ends' servers here: points carry no edges by which to tell.
        ...sumSeries(answers.map(({ answer }) => answer)),
        warnings: [...warnings, ...answers.flatMap(titledWarnings)],
      };
    },

    close: async () => {
      await Promise.all(members.map(({ source }) => source.close()));
    },
  };
}

type CalledMember = TelemetryMember & { readonly calls: MemberCalls };
type Located = EdgeLabels & { readonly reporter: Reporter };
type Answered<Answer> = { readonly member: TelemetryMember; readonly answer: Answer };

/** What the members answer, and a warning for each that fails. Rejects with the first failure when none answers. */
async function askAll<Answer>(
  members: readonly CalledMember[],
  ask: (source: TelemetrySource) => Promise<Answer>,
  signal: AbortSignal,
  judges = false,
): Promise<{ readonly answers: readonly Answered<Answer>[]; readonly warnings: readonly Warning[] }> {
  const results = await Promise.allSettled(
    members.map(({ source, calls }) => calls.run(() => ask(source), judges, signal)),
  );
  signal.throwIfAborted();
  const answers: Answered<Answer>[] = [];
  const failures: { readonly member: TelemetryMember; readonly error: SourceError }[] = [];
  for (const [index, member] of members.entries()) {
    const result = results[index];
    if (result?.status === "fulfilled") answers.push({ member, answer: result.value });
    else if (isSourceError(result?.reason)) failures.push({ member, error: result.reason });
    else throw result?.reason;
  }
  const [first] = failures;
  if (answers.length === 0 && first !== undefined) throw first.error;
  const warnings = failures.map(({ member, error }) => ({
    code: "partial",
    message: `What ${member.title} knows is missing: ${error.message}`,
    hint: error.hint,
  }));
  return { answers, warnings };
}

/** Rates end where the oldest of them do. */
function uniteMoments(answers: readonly Answered<{ readonly atSeconds: number; readonly windowSeconds: number }>[]) {
  return {
    atSeconds: Math.min(...answers.map(({ answer }) => answer.atSeconds)),
    windowSeconds: Math.max(...answers.map(({ answer }) => answer.windowSeconds)),
  };
}

function titledWarnings({ member, answer }: Answered<{ readonly warnings: readonly Warning[] }>): Warning[] {
  return answer.warnings.map((warning) => ({ ...warning, message: `${member.title}: ${warning.message}` }));
}

/**
 * Rows with the clusters their server does not know. A row without cluster labels is of one cluster. "unknown" is what
 * a proxy says of the other end; of its own end it can only be the cluster it runs in.
 *
 *     reporter source        unknown ──▶ unknown      this cluster ──▶ unknown
 *     reporter destination   unknown ──▶ unknown           unknown ──▶ this cluster
 */
function inCluster<Row extends Located>(rows: readonly Row[], { cluster }: TelemetryMember): readonly Row[] {
  if (cluster === undefined) return rows;
  const named = (label: string, isOwnEnd: boolean) =>
    label === "" || (label === "unknown" && isOwnEnd) ? cluster : label;
  return rows.map((row) => ({
    ...row,
    sourceCluster: named(row.sourceCluster, row.reporter === "source"),
    destinationCluster: named(row.destinationCluster, row.reporter !== "source"),
  }));
}

function uniteDescriptions(
  answers: readonly Answered<TelemetryDescription>[],
  warnings: readonly Warning[],
): TelemetryDescription {
  const descriptions = answers.map(({ answer }) => answer);
  const each = (pick: (description: TelemetryDescription) => string | undefined) => [
    ...new Set(descriptions.map(pick).filter((text) => text !== undefined)),
  ];
  const [products, versions, reads] = [
    each(({ product }) => product),
    each(({ version }) => version),
    each((one) => one.reads),
  ];
  const retentions = descriptions.map(({ retentionSeconds }) => retentionSeconds).filter((one) => one !== undefined);
  return {
    name: each(({ name }) => name).join(", "),
    foundBy: each(({ foundBy }) => foundBy).join(", "),
    ...(products.length === 0 ? {} : { product: products.join(", ") }),
    ...(products.length === 1 && versions.length > 0 ? { version: versions.join(", ") } : {}),
    ...(reads.length === 0 ? {} : { reads: reads.join(", ") }),
    scrapeIntervalSeconds: Math.max(...descriptions.map(({ scrapeIntervalSeconds }) => scrapeIntervalSeconds)),
    ...(retentions.length === 0 ? {} : { retentionSeconds: Math.min(...retentions) }),
    warnings: [...warnings, ...answers.flatMap(titledWarnings)],
  };
}
