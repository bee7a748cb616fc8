/** Identity of an edge row, repaired where Istio's labels are known to be wrong or missing. */
import type { EdgeLabels } from "./reports.ts";

/** Separates the parts of a key. No Kubernetes name holds it, but a label from elsewhere may: see joinKey. */
const KEY_SEPARATOR = "\u0000";

/** One string that is equal for two lists of texts exactly when the lists are, whatever the texts hold. */
export function joinKey(...parts: readonly string[]): string {
  return parts.some((part) => part.includes(KEY_SEPARATOR)) ? JSON.stringify(parts) : parts.join(KEY_SEPARATOR);
}

/** Labels say "unknown" for what they do not know; so do we, with "". */
export function known(value: string): string {
  return value === "unknown" ? "" : value;
}

/**
 * The labels without "unknown". InboundPassthroughCluster is Envoy's name for a port no Service declares: the workload
 * was called, no service.
 */
export function knownLabels(labels: EdgeLabels): EdgeLabels {
  const serviceLess = isInboundPassthrough(labels);
  return {
    sourceCluster: known(labels.sourceCluster),
    sourceNamespace: known(labels.sourceNamespace),
    sourceWorkload: known(labels.sourceWorkload),
    sourceApp: known(labels.sourceApp),
    sourceVersion: known(labels.sourceVersion),
    destinationCluster: known(labels.destinationCluster),
    destinationServiceNamespace: serviceLess ? "" : known(labels.destinationServiceNamespace),
    destinationService: serviceLess ? "" : known(labels.destinationService),
    destinationServiceName: serviceLess ? "" : known(labels.destinationServiceName),
    destinationNamespace: known(labels.destinationNamespace),
    destinationWorkload: known(labels.destinationWorkload),
    destinationApp: known(labels.destinationApp),
    destinationVersion: known(labels.destinationVersion),
  };
}

/** Fills a destination cluster that nobody names while the service's namespace is known: the caller's own (istio#29373). */
export function assumeCluster(labels: EdgeLabels): EdgeLabels {
  if (labels.destinationCluster !== "" || labels.destinationServiceNamespace === "") return labels;
  return { ...labels, destinationCluster: labels.sourceCluster };
}

/** What a row says of its edge, as far as that row alone can tell. */
export function repairEdge(labels: EdgeLabels): EdgeLabels {
  return assumeCluster(knownLabels(labels));
}

/** The namespace called: the workload's, else the service's. A call to a place outside every namespace counts for its caller's. */
export function calledNamespace(labels: EdgeLabels): string {
  return (
    known(labels.destinationNamespace) || known(labels.destinationServiceNamespace) || known(labels.sourceNamespace)
  );
}

/** Older proxies say InboundPassthroughClusterIpv4 or …Ipv6. */
function isInboundPassthrough({ destinationServiceName }: EdgeLabels): boolean {
  return destinationServiceName.startsWith("InboundPassthroughCluster");
}

/** True for labels that knownLabels and assumeCluster would leave as they are, and that name both ends in full. */
export function isComplete(labels: EdgeLabels): boolean {
  return (
    isNamed(labels.sourceWorkload) &&
    isNamed(labels.sourceCluster) &&
    isNamed(labels.destinationWorkload) &&
    isNamed(labels.destinationCluster) &&
    labels.sourceApp !== "unknown" &&
    labels.sourceVersion !== "unknown" &&
    labels.sourceNamespace !== "unknown" &&
    labels.destinationApp !== "unknown" &&
    labels.destinationVersion !== "unknown" &&
    labels.destinationNamespace !== "unknown" &&
    labels.destinationService !== "unknown" &&
    labels.destinationServiceName !== "unknown" &&
    labels.destinationServiceNamespace !== "unknown" &&
    !isInboundPassthrough(labels)
  );
}

function isNamed(value: string): boolean {
  return value !== "" && value !== "unknown";
}

/** One string that is equal for two rows exactly when all thirteen labels and the protocol are. Runs for every row. */
export function edgeKey(labels: EdgeLabels, protocol: string): string {
  const source = `${labels.sourceCluster}\0${labels.sourceNamespace}\0${labels.sourceWorkload}\0${labels.sourceApp}\0${labels.sourceVersion}`;
  const service = `${labels.destinationServiceNamespace}\0${labels.destinationService}\0${labels.destinationServiceName}`;
  const target = `${labels.destinationNamespace}\0${labels.destinationWorkload}\0${labels.destinationApp}\0${labels.destinationVersion}`;
  const key = `${source}\0${labels.destinationCluster}\0${service}\0${target}\0${protocol}`;
  return separatorsIn(key) === SEPARATORS ? key : JSON.stringify([...EDGE_PARTS.map((name) => labels[name]), protocol]);
}

const EDGE_PARTS = [
  "sourceCluster",
  "sourceNamespace",
  "sourceWorkload",
  "sourceApp",
  "sourceVersion",
  "destinationCluster",
  "destinationServiceNamespace",
  "destinationService",
  "destinationServiceName",
  "destinationNamespace",
  "destinationWorkload",
  "destinationApp",
  "destinationVersion",
] as const satisfies readonly (keyof EdgeLabels)[];
const SEPARATORS = EDGE_PARTS.length;

function separatorsIn(key: string): number {
  let count = 0;
  for (let at = key.indexOf(KEY_SEPARATOR); at >= 0; at = key.indexOf(KEY_SEPARATOR, at + 1)) count += 1;
  return count;
}
