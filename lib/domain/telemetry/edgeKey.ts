/** Identity of an edge row, repaired where Istio's labels are known to be wrong or missing. */
import type { EdgeLabels } from "./reports.ts";

/** What separates the parts of a key: a character that no Kubernetes name, host or label value holds. */
export const KEY_SEPARATOR = "\u0000";

/** Labels say "unknown" for what they do not know; so do we, with "". */
export function known(value: string): string {
  return value === "unknown" ? "" : value;
}

/**
 * Fills the gaps Istio leaves.
 * - A destination cluster that is unknown while its service's namespace is known is the caller's own (istio#29373).
 * - InboundPassthroughCluster is Envoy's name for a port no Service declares: the workload was called, no service.
 */
export function repairEdge(labels: EdgeLabels): EdgeLabels {
  if (isInboundPassthrough(labels)) return repairEdge({ ...labels, ...NO_SERVICE });
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

/** The namespace called: the workload's, else the service's. A call to a place outside every namespace counts for its caller's. */
export function calledNamespace(labels: EdgeLabels): string {
  return (
    known(labels.destinationNamespace) || known(labels.destinationServiceNamespace) || known(labels.sourceNamespace)
  );
}

const NO_SERVICE = { destinationServiceNamespace: "", destinationService: "", destinationServiceName: "" };

/** Older proxies say InboundPassthroughClusterIpv4 or …Ipv6. */
function isInboundPassthrough({ destinationServiceName }: EdgeLabels): boolean {
  return destinationServiceName.startsWith("InboundPassthroughCluster");
}

/** The edgeKey of a row as reported: edgeKey(repairEdge(labels), protocol), without the object in between. */
export function reportedEdgeKey(labels: EdgeLabels, protocol: string): string {
  return edgeKey(isRepaired(labels) ? labels : repairEdge(labels), protocol);
}

function isRepaired(labels: EdgeLabels): boolean {
  return (
    labels.sourceWorkload !== "unknown" &&
    labels.sourceApp !== "unknown" &&
    labels.sourceVersion !== "unknown" &&
    labels.sourceCluster !== "unknown" &&
    labels.sourceNamespace !== "unknown" &&
    labels.destinationWorkload !== "unknown" &&
    labels.destinationApp !== "unknown" &&
    labels.destinationVersion !== "unknown" &&
    labels.destinationNamespace !== "unknown" &&
    labels.destinationService !== "unknown" &&
    labels.destinationServiceName !== "unknown" &&
    labels.destinationServiceNamespace !== "unknown" &&
    labels.destinationCluster !== "unknown" &&
    labels.destinationCluster !== "" &&
    !isInboundPassthrough(labels)
  );
}

/** One string that is equal for two rows exactly when all thirteen labels and the protocol are. Runs for every row. */
export function edgeKey(labels: EdgeLabels, protocol: string): string {
  const source = `${labels.sourceCluster}\0${labels.sourceNamespace}\0${labels.sourceWorkload}\0${labels.sourceApp}\0${labels.sourceVersion}`;
  const service = `${labels.destinationServiceNamespace}\0${labels.destinationService}\0${labels.destinationServiceName}`;
  const target = `${labels.destinationNamespace}\0${labels.destinationWorkload}\0${labels.destinationApp}\0${labels.destinationVersion}`;
  return `${source}\0${labels.destinationCluster}\0${service}\0${target}\0${protocol}`;
}
