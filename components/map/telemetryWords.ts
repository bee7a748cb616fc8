/** Words for what is known of the telemetry itself: who reported it, and what is odd about it. */
import type { EdgeReporter } from "#lib/domain/telemetry/edgeTable.ts";
import type { QualityNote, QualityProblem } from "#lib/domain/telemetry/quality.ts";
import { ABSENT, formatCount } from "#lib/format/quantity.ts";

const REPORTER_WORDS: Readonly<Record<EdgeReporter, string>> = {
  destination: "the server",
  waypoint: "a waypoint",
  source: "the client",
  ztunnel: "ztunnels",
};

/** Who saw the calls of an edge: "the client and the server"; with what that means when one side is missing. */
export function explainReporters(reporters: readonly EdgeReporter[]): string {
  if (reporters.length === 0) return ABSENT;
  const names = new Intl.ListFormat("en").format(reporters.map((reporter) => REPORTER_WORDS[reporter]));
  if (reporters.length !== 1) return names;
  if (reporters[0] === "source") return `${names} only: no proxy answers at the other end, or it is not scraped`;
  return reporters[0] === "destination" ? `${names} only: the caller has no proxy, or it is not scraped` : names;
}

const QUALITY_WORDS: Readonly<Record<QualityProblem, { readonly title: string; readonly hint: string }>> = {
  "bad-value": {
    title: "have no usable value (NaN, infinite, negative or absurdly large)",
    hint: "Look at the series in Prometheus: a collector or a recording rule may rewrite values.",
  },
  "no-reporter": {
    title: "do not say who reported them",
    hint: "Keep the label reporter (source, destination or waypoint) when relabelling Istio's metrics.",
  },
  "absurd-code": {
    title: "have a response code that is none",
    hint: "They are drawn as they came. Look at what sets response_code: a Telemetry object or an EnvoyFilter.",
  },
  "too-many-values": {
    title: "have one of more response codes, flags, identities or operations than can be told apart",
    hint: "They are counted together. A label holds ids or what users typed: look at what sets it.",
  },
  "nameless-source": {
    title: "name a calling namespace but nobody in it",
    hint: "Keep source_workload and source_canonical_service when relabelling or dropping labels.",
  },
  "nameless-target": {
    title: "name neither a workload nor a service that was called",
    hint: "Keep destination_workload, destination_service and destination_service_name.",
  },
  "bare-address": {
    title: "were sent to an address that nothing in the mesh stands for",
    hint: "A ServiceEntry gives such an address a name.",
  },
};

/** "12 telemetry rows name a calling namespace but nobody in it", and what to do. */
export function explainQuality({ problem, rows }: QualityNote): { readonly title: string; readonly hint: string } {
  const { title, hint } = QUALITY_WORDS[problem];
  return { title: `${formatCount(rows)} telemetry ${rows === 1 ? "row" : "rows"}: ${title}`, hint };
}
