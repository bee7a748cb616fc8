/** Looks for Meshscope's recording rules on a server: one query of a few series, two looks into the index. */
import { isSourceError } from "#lib/ports.ts";
import type { PrometheusApi } from "./prometheusApi.ts";
import { OWN_CLUSTERS, type RecordedGroup } from "./recordedNames.ts";
import { coveringSets, decodeRuleSets, markerSelector, type RuleSets } from "./recordedRates.ts";
import { type Matcher, selector } from "./selector.ts";

/** Clusters whose proxies reported in the last hour must be among those the rules saw. */
const CLUSTERS_WITHIN_SECONDS = 3_600;

export type FoundRules = Readonly<Record<RecordedGroup, RuleSets>>;

export const NO_RULES: FoundRules = { rates: new Map(), latency: new Map() };

/**
 * The sets that are complete now, and saw every cluster whose proxies report. Whether they ran at a moment, the answer
 * for that moment tells. None where the server does not say: rules are a shorter way, not the only one.
 */
export async function findRules(
  api: PrometheusApi,
  scope: readonly Matcher[],
  nowSeconds: number,
  signal: AbortSignal,
): Promise<FoundRules> {
  const options = { signal, urgent: true };
  try {
    const [markers, ...clusters] = await Promise.all([
      api.query(markerSelector(scope), nowSeconds, options),
      ...OWN_CLUSTERS.map(({ reporters, label }) => {
        const reported = selector("istio_requests_total", [reporters, ...scope]);
        return api.labelValues(label, reported, nowSeconds - CLUSTERS_WITHIN_SECONDS, options);
      }),
    ]);
    const names = clusters.flatMap(({ data }) => (Array.isArray(data) ? data.map(String) : []));
    const setsOf = (group: RecordedGroup) => coveringSets(decodeRuleSets(markers.data, group, scope), names);
    return { rates: setsOf("rates"), latency: setsOf("latency") };
  } catch (error) {
    if (isSourceError(error)) return NO_RULES;
    throw error;
  }
}
