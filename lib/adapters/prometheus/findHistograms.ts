/** In which histograms a server holds durations: two looks into its index, no samples touched. */
import { isSourceError } from "#lib/ports.ts";
import { decodeBound } from "./decodeReports.ts";
import type { PrometheusApi } from "./prometheusApi.ts";
import { type Histograms, READ_BOUNDS } from "./queries.ts";
import { type Matcher, matches, selector } from "./selector.ts";

const METRIC = "istio_request_duration_milliseconds";

/** Classic where there are buckets of their own; of unknown bounds where the server does not say. */
export async function findHistograms(
  api: PrometheusApi,
  scope: readonly Matcher[],
  sinceSeconds: number,
  signal: AbortSignal,
): Promise<Histograms> {
  const options = { signal, urgent: true };
  const valuesOf = async (name: string, match: string) => {
    const { data } = await api.labelValues(name, match, sinceSeconds, options);
    return Array.isArray(data) ? data.map(String) : [];
  };
  try {
    const [names, bounds] = await Promise.all([
      valuesOf("__name__", selector("", [matches("__name__", `${METRIC}(_bucket)?`), ...scope])),
      valuesOf("le", selector(`${METRIC}_bucket`, [READ_BOUNDS, ...scope])),
    ]);
    if (names.includes(METRIC) && !names.includes(`${METRIC}_bucket`)) return { kind: "native" };
    const known = bounds.map(decodeBound).filter((bound) => bound !== undefined);
    return { kind: "classic", bounds: known.sort((left, right) => left - right) };
  } catch (error) {
    if (isSourceError(error)) return { kind: "classic", bounds: [] };
    throw error;
  }
}
