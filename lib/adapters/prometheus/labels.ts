/** Istio's standard labels: which field of a report each becomes. @see https://istio.io/latest/docs/reference/config/metrics/ */
import type { EdgeLabels, Reporter } from "#lib/domain/telemetry/reports.ts";
import { equals, matches } from "./selector.ts";

/** The thirteen labels that name an edge, as a `by (…)` list. */
export const EDGE = [
  "source_cluster",
  "source_workload_namespace",
  "source_workload",
  "source_canonical_service",
  "source_canonical_revision",
  "destination_cluster",
  "destination_service_namespace",
  "destination_service",
  "destination_service_name",
  "destination_workload_namespace",
  "destination_workload",
  "destination_canonical_service",
  "destination_canonical_revision",
].join(",");

/** Series of either side of a call. */
export const SERVER_SIDE = matches("reporter", "destination|waypoint");
export const CLIENT_SIDE = equals("reporter", "source");

/** Labels of one row, as they came: values are checked where they are read. */
export type Labels = Readonly<Record<string, unknown>>;

/** A label's value; "" where it is absent, as PromQL has it. */
export function label(labels: Labels, name: string): string {
  const value = labels[name];
  return typeof value === "string" ? value : "";
}

/** The edge a row is about. */
export function edgeLabels(labels: Labels): EdgeLabels {
  return {
    sourceCluster: label(labels, "source_cluster"),
    sourceNamespace: label(labels, "source_workload_namespace"),
    sourceWorkload: label(labels, "source_workload"),
    sourceApp: label(labels, "source_canonical_service"),
    sourceVersion: label(labels, "source_canonical_revision"),
    destinationCluster: label(labels, "destination_cluster"),
    destinationServiceNamespace: label(labels, "destination_service_namespace"),
    destinationService: label(labels, "destination_service"),
    destinationServiceName: label(labels, "destination_service_name"),
    destinationNamespace: label(labels, "destination_workload_namespace"),
    destinationWorkload: label(labels, "destination_workload"),
    destinationApp: label(labels, "destination_canonical_service"),
    destinationVersion: label(labels, "destination_canonical_revision"),
  };
}

/** Who reported a row; undefined when the row does not say, or says something Istio does not. */
export function reporterOf(labels: Labels): Reporter | undefined {
  const reporter = label(labels, "reporter");
  return reporter === "source" || reporter === "destination" || reporter === "waypoint" ? reporter : undefined;
}
