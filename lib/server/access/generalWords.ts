/**
 * What is said about data sources and missing data to somebody who does not see everything: that, and not of whom. Warnings
 * and errors name addresses, clusters, namespaces and what servers answered.
 */
import type { Sight } from "#lib/domain/access/sight.ts";
import type { QualityNote } from "#lib/domain/telemetry/quality.ts";
import type { SourceError, SourceErrorKind, SourceStatus, Warning } from "#lib/ports.ts";

const ASK = "Whoever runs Meshscope sees the details.";

const WARNINGS: ReadonlyMap<string, string> = new Map([
  ["window-widened", "The window was widened, since it held too few scrapes."],
  ["window-shortened", "The window was shortened to what the metrics server keeps."],
  ["before-retention", "The metrics server does not keep metrics for so long."],
  ["sampled-window", "Rates are read from samples of the window."],
  ["scrape-interval-unknown", "How often metrics are scraped is not known."],
  ["retention-unknown", "How long metrics are kept is not known."],
  ["no-istio-metrics", "The metrics server has no metrics of a mesh."],
  ["clock-skew", "The clock of the metrics server differs from ours."],
  ["partial", "A part of the metrics is missing."],
  ["details-unavailable", "Details of calls could not be read."],
  ["latency-unavailable", "Latencies could not be read."],
  ["latency-series-left-out", "Some latencies were left out."],
  ["percentiles-missing", "Percentiles of latencies are missing."],
  ["telemetry-unavailable", "Health is that of replicas and proxies alone: metrics could not be read."],
]);

/** The same warnings by code; of codes that are not known here only that there is something. */
export function generalWarnings(warnings: readonly Warning[], sight: Sight): Warning[] {
  if (sight.clusters === "everything") return [...warnings];
  return warnings.map(({ code }) => ({
    code,
    message: WARNINGS.get(code) ?? "Some data are missing, or not as they should be.",
    hint: ASK,
  }));
}

/** Counts stay; examples hold labels of whatever rows are odd. */
export function generalQuality(notes: readonly QualityNote[], sight: Sight): QualityNote[] {
  if (sight.clusters === "everything") return [...notes];
  return notes.map((note) => ({ ...note, examples: [] }));
}

const FAILURES: Readonly<Record<SourceErrorKind, string>> = {
  unreachable: "cannot be reached.",
  denied: "refuses Meshscope's credentials.",
  timeout: "did not answer in time.",
  rejected: "refused the question.",
  malformed: "gave an answer that could not be understood.",
};

/** A failure of the metrics server ("prometheus") or of a cluster, without what it said itself. */
export function generalFailure({ source, kind }: Pick<SourceError, "source" | "kind">): {
  readonly message: string;
  readonly hint: string;
} {
  return { message: `${source === "prometheus" ? "The metrics server" : "The cluster"} ${FAILURES[kind]}`, hint: ASK };
}

/** State, kind and times stay. */
export function generalStatus(source: "prometheus" | "kubernetes", status: SourceStatus): SourceStatus {
  return status.state === "failing" ? { ...status, ...generalFailure({ source, kind: status.kind }) } : status;
}
