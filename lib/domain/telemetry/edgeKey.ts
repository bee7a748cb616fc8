/** Identity of an edge row, repaired where Istio's labels are known to be wrong or missing. */
import type { EdgeLabels } from "./reports.ts";

/** What separates the parts of a key: a character that no Kubernetes name, host or label value holds. */
export const KEY_SEPARATOR = "\u0000";

/** Labels say "unknown" for what they do not know; so do we, with "". */
function known(value: string): string {
  return value === "unknown" ? "" : value;
}

/**
 * Fills the gaps Istio leaves. A destination cluster that is unknown while its service's namespace is known is the
 * caller's own cluster (istio#29373).
 */
export function repairEdge(labels: EdgeLabels): EdgeLabels {
  const sourceCluster = known(labels.sourceCluster);
  const serviceNamespace = known(labels.destinationServiceNamespace);
  const destinationCluster = known(labels.destinationCluster);
  return {
    sourceCluster,
    sourceNamespace: known(labels.sourceNamespace),
    sourceWorkload: known(labels.sourceWorkload),
    sourceApp: known(labels.sourceApp),
    sourceVersion: known(labels.sourceVersion),
    destinationCluster: destinationCluster === "" && serviceNamespace !== "" ? sourceCluster : destinationCluster,
    destinationServiceNamespace: serviceNamespace,
    destinationService: known(labels.destinationService),
    destinationServiceName: known(labels.destinationServiceName),
    destinationNamespace: known(labels.destinationNamespace),
    destinationWorkload: known(labels.destinationWorkload),
    destinationApp: known(labels.destinationApp),
    destinationVersion: known(labels.destinationVersion),
  };
}

/** One string that is equal for two rows exactly when all thirteen labels and the protocol are. */
export function edgeKey(labels: EdgeLabels, protocol: string): string {
  return [
    labels.sourceCluster,
    labels.sourceNamespace,
    labels.sourceWorkload,
    labels.sourceApp,
    labels.sourceVersion,
    labels.destinationCluster,
    labels.destinationServiceNamespace,
    labels.destinationService,
    labels.destinationServiceName,
    labels.destinationNamespace,
    labels.destinationWorkload,
    labels.destinationApp,
    labels.destinationVersion,
    protocol,
  ].join(KEY_SEPARATOR);
}
