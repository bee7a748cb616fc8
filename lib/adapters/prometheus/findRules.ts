/** Looks for Meshscope's recording rules on a server: two looks into its index, no samples read. */
import { isSourceError } from "#lib/ports.ts";
import type { PrometheusApi } from "./prometheusApi.ts";
import type { RecordedGroup } from "./recordedNames.ts";
import { coveringSets, decodeRuleSets, markerSelector, type RuleSets } from "./recordedRates.ts";
import { type Matcher, selector } from "./selector.ts";

/** Series of the last hour: what is older ended, or comes back. */
const WITHIN_SECONDS = 3_600;

export type FoundRules = Readonly<Record<RecordedGroup, RuleSets>>;

export const NO_RULES: FoundRules = { rates: new Map(), latency: new Map() };

/**
 * The sets that are complete, and saw every cluster there is traffic of. Whether they ran at a moment, the answer for
 * that moment tells. None where the server does not say: rules are a shorter way, not the only one.
 */
export async function findRules(
  api: PrometheusApi,
  scope: readonly Matcher[],
  nowSeconds: number,
  signal: AbortSignal,
): Promise<FoundRules> {
  const options = { signal, urgent: true };
  const traffic = selector("istio_requests_total", scope);
  const since = nowSeconds - WITHIN_SECONDS;
  try {
    const [markers, clusters] = await Promise.all([
      api.series(markerSelector(scope), since, options),
      api.labelValues("source_cluster", traffic, since, options),
    ]);
    const names = listOf(clusters.data).map(String);
    const result = listOf(markers.data).map((metric) => ({ metric, value: [nowSeconds, "1"] }));
    const sets = (group: RecordedGroup) => decodeRuleSets({ resultType: "vector", result }, group, scope);
    const setsOf = (group: RecordedGroup) => coveringSets(sets(group), names);
    return { rates: setsOf("rates"), latency: setsOf("latency") };
  } catch (error) {
    if (isSourceError(error)) return NO_RULES;
    throw error;
  }
}

function listOf(data: unknown): readonly unknown[] {
  return Array.isArray(data) ? (data as unknown[]) : [];
}
