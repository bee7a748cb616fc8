/** The words of the map: what we call things, and the sentences that explain a colour. */
import type { GraphEdge, GraphNode, GraphType, NodeFlag, NodeType } from "#lib/domain/graph/graph.ts";
import { parseNodeId } from "#lib/domain/graph/ids.ts";
import { isolate } from "#lib/domain/graph/isolate.ts";
import type { Health, HealthReason, ToleranceOrigin } from "#lib/domain/health/health.ts";
import { FALLBACK_TOLERANCES, GRPC_ERROR_CODES } from "#lib/domain/health/tolerances.ts";
import { formatCount, formatPercent } from "#lib/format/quantity.ts";
import { versionChip } from "#lib/layout/graphLayoutInput.ts";

export const HEALTH_WORDS: Readonly<Record<Health, string>> = {
  healthy: "Healthy",
  degraded: "Degraded",
  failing: "Failing",
  notReady: "Not ready",
  unknown: "Not judged",
};

export const GRAPH_TYPE_WORDS: Readonly<Record<GraphType, string>> = {
  versionedApp: "Versioned apps",
  app: "Apps",
  workload: "Workloads",
  service: "Services",
};

const NODE_TYPE_WORDS: Readonly<Record<NodeType, string>> = {
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

/** What a node is, in a word; a folded box that is in no namespace is a cluster. */
export function nodeTypeWord({ type, namespace, flags }: Pick<GraphNode, "type" | "namespace" | "flags">): string {
  if (type === "unknown" && flags.includes("inaccessible")) return "Outside your view";
  return type === "box" && namespace === "" ? "Cluster" : NODE_TYPE_WORDS[type];
}

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
  inaccessible: "In a namespace that may not be seen",
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

/** What was counted, where the codes of a tolerance have a word. */
const CODE_WORDS: Readonly<Record<string, string>> = {
  "5XX": "5xx",
  "4XX": "4xx",
  "-": "no response",
  [GRPC_ERROR_CODES]: "gRPC errors",
  ...Object.fromEntries(FALLBACK_TOLERANCES.map(({ code }) => [code, "errors"])),
};

const DIRECTIONS = { inbound: "inbound ", outbound: "outbound ", edge: "" } as const;
const PROTOCOL_WORDS = { http: "HTTP", grpc: "gRPC" } as const;

/** "12.4 % of inbound HTTP requests end in 5xx", with the member's name before it where a folded namespace says it. */
export function summarizeReason(reason: HealthReason): string {
  return reason.of === undefined ? summary(reason) : `${isolate(reason.of)}: ${summary(reason)}`;
}

function summary(reason: HealthReason): string {
  switch (reason.kind) {
    case "replicas":
      if (reason.desired === 0) return "scaled to zero";
      if (reason.available >= reason.desired && reason.current !== undefined)
        return `${formatCount(reason.current)} pods run for ${formatCount(reason.desired)} wanted: a rollout is under way, or stuck`;
      return `${formatCount(reason.available)} of ${formatCount(reason.desired)} replicas are available`;
    case "proxies":
      return `${formatCount(reason.total - reason.synced)} of ${formatCount(reason.total)} proxies have not taken their newest configuration`;
    case "annotation":
      return `its health annotation is ignored: ${reason.problem}`;
    case "responses": {
      const what = CODE_WORDS[reason.code] ?? `codes ${reason.code}`;
      // "gRPC errors" says the protocol already.
      const protocol = what.startsWith("gRPC") ? "" : `${PROTOCOL_WORDS[reason.protocol]} `;
      return `${formatPercent(reason.percent)} of ${DIRECTIONS[reason.direction]}${protocol}requests end in ${what}`;
    }
  }
}

/**
 * The same with what it was judged by: "… end in 5xx (5 of 40 in the window); degraded from 0.1 %, failing from 10 %, by
 * default".
 */
export function explainReason(reason: HealthReason): string {
  const said = summarizeReason(reason);
  if (reason.kind !== "responses") return said;
  const counted = `${formatCalls(reason.count)} of ${formatCalls(reason.total)} in the window`;
  const few = reason.isTooFew ? ", too few to call it failing" : "";
  const degraded =
    reason.degradedFromPercent === 0 ? "any degrades" : `degraded from ${threshold(reason.degradedFromPercent)}`;
  const thresholds = `${degraded}, failing from ${threshold(reason.failingFromPercent)}, ${originWords(reason.origin)}`;
  return `${said} (${counted}${few}); ${thresholds}`;
}

/** The worst reasons fit beside the pointer; the inspector has them all. */
const MOST_IN_TOOLTIP = 3;

/** What is shown on hover: the description, then why the health is not "healthy", a line each. */
export function tooltip(description: string, reasons: readonly HealthReason[]): string {
  return [description, ...new Set(reasons.map(explainReason))].slice(0, 1 + MOST_IN_TOOLTIP).join("\n");
}

/** As it was set, not measured: "0.1 %". */
function threshold(percent: number): string {
  return `${percent}\u00a0%`;
}

/** Calls in a window: a rate times the window is seldom whole, and what was seen was at least once. */
function formatCalls(count: number): string {
  return formatCount(Math.max(1, Math.round(count)));
}

function originWords(origin: ToleranceOrigin): string {
  switch (origin.kind) {
    case "default":
      return "by default";
    case "fallback":
      return "by default, as nothing else is set for these requests";
    case "annotation":
      return "by the object's annotation";
    case "setting":
      return `by entry ${formatCount(origin.entry)} of the health.rate setting`;
  }
}

/** A node in words: its name and, where that does not say it, its version. It can stand in a sentence. */
export function nodeName(node: Pick<GraphNode, "label" | "version">): string {
  const version = versionChip(node);
  return isolate(version === undefined ? node.label : `${node.label} ${version}`);
}

/** The same for a node of which only the id is known, since it is not drawn. */
export function nameInId(id: string): string {
  const key = parseNodeId(id);
  switch (key?.kind) {
    case undefined:
      return isolate(id);
    case "workload":
      return isolate(key.workload);
    case "app":
      return nodeName({ label: key.app, ...(key.version === undefined ? {} : { version: key.version }) });
    case "appBox":
      return isolate(key.app);
    case "service":
      return isolate(key.service);
    case "operation":
      return isolate(key.operation);
    case "box":
      return isolate(key.namespace);
    case "clusterBox":
      return isolate(key.cluster);
    case "inaccessible":
      return "inaccessible";
    case "unknown":
    case "passthrough":
    case "blackhole":
      return NODE_TYPE_WORDS[key.kind].toLowerCase();
  }
}

/** What an edge mostly is, for its title. */
export function protocolWord(edge: GraphEdge): string {
  return { http: "HTTP", grpc: "gRPC", tcp: "TCP" }[edge.protocol];
}
