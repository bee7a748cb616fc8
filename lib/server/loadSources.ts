/** How each data source is doing, for the status popover, /readyz and error pages. */
import type { SourceView } from "#lib/api/reading.ts";
import type { Sight } from "#lib/domain/access/sight.ts";
import type { ClusterSource } from "#lib/ports.ts";
import { generalStatus } from "./access/generalWords.ts";
import type { TelemetryReader } from "./telemetryReader.ts";

/** Who does not see everything learns how sources are, and of clusters of which something may be seen; no addresses. */
export function loadSources(
  telemetry: TelemetryReader,
  clusters: readonly ClusterSource[],
  sight: Sight,
): SourceView[] {
  const described = telemetry.description;
  const { clusters: seen } = sight;
  const isWhole = seen === "everything";
  return [
    {
      id: "telemetry",
      name: isWhole ? (described?.name ?? "Prometheus") : "Metrics",
      foundBy: isWhole ? (described?.foundBy ?? "the settings, not reached yet") : "the server's settings",
      status: isWhole ? telemetry.status : generalStatus("prometheus", telemetry.status),
      ...(described === undefined
        ? {}
        : {
            scrapeIntervalSeconds: described.scrapeIntervalSeconds,
            ...(described.product === undefined ? {} : { product: described.product }),
            ...(described.version === undefined ? {} : { version: described.version }),
            ...(described.reads === undefined || !isWhole ? {} : { reads: described.reads }),
            ...(described.retentionSeconds === undefined ? {} : { retentionSeconds: described.retentionSeconds }),
          }),
    },
    ...clusters.flatMap((source) => {
      const { cluster, status } = source.snapshot();
      if (!isWhole && !seen.has(cluster)) return [];
      const own = isWhole ? status : generalStatus("kubernetes", status);
      return { id: `cluster/${cluster}`, name: `Cluster ${cluster}`, foundBy: "Kubernetes API", status: own };
    }),
  ];
}
