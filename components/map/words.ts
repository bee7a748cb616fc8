/** The words of the map: what we call things, and the sentences that explain a colour. */
import type { GraphEdge, GraphNode, GraphType, NodeFlag, NodeType } from "#lib/domain/graph/graph.ts";
import type { Health, HealthReason } from "#lib/domain/health/health.ts";
import { formatCount, formatPercent } from "#lib/format/quantity.ts";
import { versionChip } from "#lib/layout/graphLayoutInput.ts";

export const HEALTH_WORDS: Readonly<Record<Health, string>> = {
  healthy: "Healthy",
  degraded: "Degraded",
  failing: "Failing",
  notReady: "Not ready",
  unknown: "No traffic",
};

export const GRAPH_TYPE_WORDS: Readonly<Record<GraphType, string>> = {
  versionedApp: "Versioned apps",
  app: "Apps",
  workload: "Workloads",
  service: "Services",
};

export const NODE_TYPE_WORDS: Readonly<Record<NodeType, string>> = {
  workload: "Workload",
  app: "App",
  service: "Service",
  serviceEntry: "Service entry",
  gateway: "Gateway",
  waypoint: "Waypoint",
  operation: "Operation",
  unknown: "Unknown caller",
  passthrough: "Passthrough",
  blackhole: "Blackhole",
  box: "Namespace",
};

export const FLAG_WORDS: Readonly<Record<NodeFlag, string>> = {
  hasVirtualService: "VirtualService",
  hasDestinationRule: "DestinationRule",
  hasHttpRoute: "HTTPRoute",
  hasTrafficSplit: "Traffic split",
  hasFaultInjection: "Fault injection",
  hasMirroring: "Mirroring",
  hasRequestTimeout: "Request timeout",
  hasCircuitBreaker: "Circuit breaker",
  idle: "No traffic in the window",
  outOfMesh: "No proxy",
  ambient: "Ambient",
  dead: "Not in the cluster's configuration",
  trafficSource: "Only sends",
  database: "Receives TCP only",
  outside: "Outside the chosen namespaces",
  inaccessible: "Its namespace cannot be read",
  workloadEntry: "On machines outside the cluster",
};

/** Envoy's response flags: https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage */
const RESPONSE_FLAGS: Readonly<Record<string, string>> = {
  DC: "the caller hung up",
  DF: "the host name could not be resolved",
  DI: "delayed by an injected fault",
  DO: "dropped by an overload policy",
  DPE: "the caller broke the protocol",
  FI: "aborted by an injected fault",
  IH: "refused for an invalid header",
  LH: "local health check failed",
  LR: "connection reset locally",
  NC: "no such upstream cluster",
  NFCF: "no filter configuration arrived in time",
  NR: "no route matches",
  OM: "proxy overloaded",
  RL: "rate limited",
  RLSE: "the rate limit service failed",
  SI: "stream idle timeout",
  UAEX: "denied by external authorization",
  UC: "upstream closed the connection",
  UF: "upstream could not be connected to",
  UH: "no healthy upstream",
  UMSDR: "stream duration exceeded",
  UO: "circuit breaker open",
  UPE: "upstream broke the protocol",
  UR: "upstream reset the connection",
  URX: "retries or connection attempts used up",
  UT: "upstream timed out",
};

/** "UF,URX" → "upstream could not be connected to, retries or connection attempts used up"; "" for no flag. */
export function explainResponseFlags(flags: string): string {
  if (flags === "-" || flags === "") return "";
  return flags
    .split(",")
    .map((flag) => RESPONSE_FLAGS[flag] ?? "")
    .filter((meaning) => meaning !== "")
    .join(", ");
}

const DIRECTIONS = { inbound: "inbound ", outbound: "outbound ", edge: "" } as const;
const PROTOCOL_WORDS = { http: "HTTP", grpc: "gRPC" } as const;

/** "12.4 % of inbound HTTP requests end in 5xx". */
export function summarizeReason(reason: HealthReason): string {
  if (reason.kind === "replicas") {
    if (reason.desired === 0) return "scaled to zero";
    return `${formatCount(reason.available)} of ${formatCount(reason.desired)} replicas are available`;
  }
  // "gRPC errors" says the protocol already.
  const protocol = reason.what.startsWith("gRPC") ? "" : `${PROTOCOL_WORDS[reason.protocol]} `;
  const requests = `${DIRECTIONS[reason.direction]}${protocol}requests`;
  return `${formatPercent(reason.percent)} of ${requests} end in ${reason.what}`;
}

/** The same with the thresholds it was judged by: "… end in 5xx; any is degraded, 10 % failing". */
export function explainReason(reason: HealthReason): string {
  const summary = summarizeReason(reason);
  return reason.kind === "replicas" ? summary : `${summary}; ${thresholds(reason)}`;
}

function thresholds(reason: HealthReason & { kind: "responses" }): string {
  const degraded = reason.degradedFromPercent === 0 ? "any" : formatPercent(reason.degradedFromPercent);
  return `${degraded} is degraded, ${formatPercent(reason.failingFromPercent)} failing`;
}

/** A node in words: its name and, where that does not say it, its version. */
export function nodeName(node: Pick<GraphNode, "label" | "version">): string {
  const version = versionChip(node);
  return version === undefined ? node.label : `${node.label} ${version}`;
}

/** What an edge mostly is, for its title. */
export function protocolWord(edge: GraphEdge): string {
  return { http: "HTTP", grpc: "gRPC", tcp: "TCP" }[edge.protocol];
}
