/** How each data source is doing, for the status popover, /readyz and error pages. */
import type { SourceView } from "#lib/api/reading.ts";
import type { ClusterSource } from "#lib/ports.ts";
import type { TelemetryReader } from "./telemetryReader.ts";

export function loadSources(telemetry: TelemetryReader, clusters: readonly ClusterSource[]): SourceView[] {
  const described = telemetry.description;
  return [
    {
      id: "telemetry",
      name: described?.name ?? "Prometheus",
      foundBy: described?.foundBy ?? "the settings, not reached yet",
      status: telemetry.status,
      ...(described === undefined
        ? {}
        : {
            scrapeIntervalSeconds: described.scrapeIntervalSeconds,
            ...(described.product === undefined ? {} : { product: described.product }),
            ...(described.version === undefined ? {} : { version: described.version }),
            ...(described.reads === undefined ? {} : { reads: described.reads }),
            ...(described.retentionSeconds === undefined ? {} : { retentionSeconds: described.retentionSeconds }),
          }),
    },
    ...clusters.map((source) => {
      const { cluster, status } = source.snapshot();
      return { id: `cluster/${cluster}`, name: `Cluster ${cluster}`, foundBy: "Kubernetes API", status };
    }),
  ];
}
