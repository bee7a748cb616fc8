/** Rates over time of what a viewer may see of a scope. */
import { cutScope } from "#lib/domain/access/cutScope.ts";
import { sumSeries } from "#lib/domain/telemetry/sumSeries.ts";
import type { SeriesRequest, TimeSeries } from "#lib/domain/telemetry/timeSeries.ts";
import type { ClusterSnapshot } from "#lib/ports.ts";
import { generalWarnings } from "./access/generalWords.ts";
import type { Viewer } from "./access/viewer.ts";
import type { ReadingSources } from "./loadReading.ts";
import { ProblemError } from "./problemError.ts";

/** Rejects with SourceError, and with ProblemError 403 for a scope that names what may not be seen. */
export async function loadSeries(
  { telemetry, clusters, access }: ReadingSources,
  viewer: Viewer,
  request: SeriesRequest,
  signal: AbortSignal,
): Promise<TimeSeries> {
  const sight = await access.sightOf(viewer, signal);
  const names = clusters.map(({ cluster }) => cluster);
  const cut = cutScope(request, sight, names, (cluster, namespace) =>
    clusters.some((source) => source.cluster === cluster && holdsNamespace(source.snapshot(), namespace)),
  );
  if ("refused" in cut) {
    throw new ProblemError(403, "You may not see this", {
      detail: cut.refused,
      hint: "Ask the cluster's administrator for get on the namespace, if there is one by this name.",
    });
  }
  const parts = await Promise.all(cut.scopes.map((scope) => telemetry.series({ ...request, scope }, signal)));
  const [only] = parts;
  const series = only === undefined ? nothing(request) : parts.length === 1 ? only : sumSeries(parts);
  return {
    ...series,
    warnings: generalWarnings(
      parts.flatMap(({ warnings }) => warnings),
      sight,
    ),
  };
}

/** Where Namespaces cannot be read, it may. */
function holdsNamespace({ index }: ClusterSnapshot, name: string): boolean {
  const namespace = index.get({ group: "", kind: "Namespace", namespace: "", name });
  return namespace !== undefined || index.count("/Namespace") === 0;
}

/** Nothing is known of nothing. */
function nothing({ startSeconds, endSeconds, stepSeconds }: SeriesRequest): Omit<TimeSeries, "warnings"> {
  const points = Math.floor((endSeconds - startSeconds) / stepSeconds) + 1;
  const times = Array.from({ length: points }, (_, index) => startSeconds + index * stepSeconds);
  const gaps = times.map(() => undefined);
  return { times, requestsPerSecond: gaps, errorsPerSecond: gaps, p95Milliseconds: gaps, tcpBytesPerSecond: gaps };
}
