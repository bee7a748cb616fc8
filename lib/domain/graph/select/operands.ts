/**
 * What an expression can compare: for nodes, for edges, or both. Texts are lists, since a thing may have several (hosts,
 * codes); figures that do not apply or are not known are undefined. Kiali's names and aliases come first, then ours.
 */
import type { GraphEdge, GraphNode, NodeType, RequestEdge } from "#lib/domain/graph/graph.ts";
import { parseNodeId } from "#lib/domain/graph/ids.ts";
import { HEALTH_ORDER } from "#lib/domain/health/health.ts";
import { PROTOCOLS } from "#lib/domain/telemetry/edgeTable.ts";
import type { Unit } from "./units.ts";

/** What an operand may look at beside the thing itself. */
export type Surroundings = {
  readonly nodeOf: (id: string) => GraphNode | undefined;
  readonly rankOf: (id: string) => number | undefined;
};

type Common = { readonly name: string; readonly aliases: readonly string[]; readonly help: string };

export type TextOperand = Common & {
  readonly kind: "text";
  /** All there can be; other words are refused. */
  readonly choices?: readonly string[];
  /** Its texts are numbers, and may be compared as such. */
  readonly isOrdered?: true;
  readonly node?: (node: GraphNode) => readonly (string | undefined)[];
  readonly edge?: (edge: GraphEdge, around: Surroundings) => readonly (string | undefined)[];
};

export type FigureOperand = Common & {
  readonly kind: "figure";
  readonly unit: Unit;
  readonly node?: (node: GraphNode, around: Surroundings) => number | undefined;
  readonly edge?: (edge: GraphEdge, around: Surroundings) => number | undefined;
};

export type OperandDefinition = TextOperand | FigureOperand;

/** What Kiali calls a workload may be a gateway or waypoint here: both words are true of it. */
function typesOf(node: GraphNode): readonly string[] {
  const kind = parseNodeId(node.id)?.kind;
  return kind === undefined ? [node.type] : [node.type, kind];
}

const NODE_TYPES = [
  "workload",
  "app",
  "service",
  "serviceEntry",
  "gateway",
  "waypoint",
  "operation",
  "unknown",
  "passthrough",
  "blackhole",
  "box",
] as const satisfies readonly NodeType[];

export function namesOf(node: GraphNode): readonly (string | undefined)[] {
  return [node.label, node.workload, node.app, node.service, node.operation];
}

/** No activity is no figure, so that "httpin < 5" leaves out what receives no HTTP at all. */
function active(rate: number | undefined): number | undefined {
  return rate === 0 ? undefined : rate;
}

function share(part: number, whole: number | undefined): number | undefined {
  return whole === undefined || whole <= 0 ? undefined : (100 * part) / whole;
}

function requests(edge: GraphEdge, protocol?: "http" | "grpc"): RequestEdge | undefined {
  if (edge.protocol === "tcp" || (protocol !== undefined && edge.protocol !== protocol)) return undefined;
  return edge.requestsPerSecond > 0 ? edge : undefined;
}

function bytes(edge: GraphEdge): number | undefined {
  if (edge.protocol === "tcp") return active(edge.sentBytesPerSecond + edge.receivedBytesPerSecond);
  const { throughput } = edge;
  return throughput && active(throughput.requestBytesPerSecond + throughput.responseBytesPerSecond);
}

function responses(edge: GraphEdge): RequestEdge["responses"] {
  return edge.protocol === "tcp" ? [] : edge.responses;
}

function latency(key: "average" | "p50" | "p95" | "p99") {
  return (edge: GraphEdge) => (edge.protocol === "tcp" ? undefined : edge.latency?.[key]);
}

function ofRequests(
  protocol: "http" | "grpc",
  figure: (edge: RequestEdge, around: Surroundings) => number | undefined,
) {
  return (edge: GraphEdge, around: Surroundings) => {
    const found = requests(edge, protocol);
    return found && figure(found, around);
  };
}

export const OPERANDS = [
  {
    name: "app",
    aliases: [],
    kind: "text",
    help: "app, Istio's canonical service",
    node: (node: GraphNode) => [node.app],
  },
  { name: "cluster", aliases: [], kind: "text", help: "cluster it runs in", node: (node: GraphNode) => [node.cluster] },
  rate("grpcin", "gRPC requests in", (node) => node.inbound.grpcPerSecond),
  rate("grpcout", "gRPC requests out", (node) => node.outbound.grpcPerSecond),
  rate("httpin", "HTTP requests in", (node) => node.inbound.httpPerSecond),
  rate("httpout", "HTTP requests out", (node) => node.outbound.httpPerSecond),
  { name: "name", aliases: [], kind: "text", help: "name as workload, app, service or operation", node: namesOf },
  {
    name: "namespace",
    aliases: ["ns"],
    kind: "text",
    help: "namespace it lies in",
    node: (node: GraphNode) => [node.namespace],
  },
  { name: "node", aliases: ["type"], kind: "text", choices: NODE_TYPES, help: "type of the node", node: typesOf },
  {
    name: "operation",
    aliases: ["op"],
    kind: "text",
    help: "named operation of requests",
    node: (node: GraphNode) => [node.operation],
  },
  {
    name: "rank",
    aliases: [],
    kind: "figure",
    unit: "count",
    help: "1 for the nodes with most edges, up to 100",
    node: (node: GraphNode, around: Surroundings) => around.rankOf(node.id),
  },
  {
    name: "service",
    aliases: ["svc"],
    kind: "text",
    help: "name of the service",
    node: (node: GraphNode) => [node.service],
  },
  bytesRate("tcpin", "TCP bytes in", (node) => node.inbound.tcpBytesPerSecond),
  bytesRate("tcpout", "TCP bytes out", (node) => node.outbound.tcpBytesPerSecond),
  {
    name: "version",
    aliases: [],
    kind: "text",
    help: "version, Istio's canonical revision",
    node: (node: GraphNode) => [node.version],
  },
  {
    name: "workload",
    aliases: ["wl"],
    kind: "text",
    help: "name of the workload",
    node: (node: GraphNode) => [node.workload],
  },
  {
    name: "destprincipal",
    aliases: [],
    kind: "text",
    help: "identity of the server",
    edge: (edge: GraphEdge) => edge.principals.map(({ target }) => target),
  },
  edgeFigure(
    "grpc",
    [],
    "requestsPerSecond",
    "gRPC requests",
    ofRequests("grpc", (edge) => edge.requestsPerSecond),
  ),
  edgeFigure(
    "%grpcerr",
    ["%grpcerror"],
    "percent",
    "gRPC errors",
    ofRequests("grpc", (edge) => edge.errorPercent),
  ),
  edgeFigure(
    "%grpctraffic",
    [],
    "percent",
    "share of the caller's gRPC requests",
    ofRequests("grpc", (edge, { nodeOf }) =>
      share(edge.requestsPerSecond, nodeOf(edge.source)?.outbound.grpcPerSecond),
    ),
  ),
  edgeFigure(
    "http",
    [],
    "requestsPerSecond",
    "HTTP requests",
    ofRequests("http", (edge) => edge.requestsPerSecond),
  ),
  edgeFigure(
    "%httperr",
    ["%httperror"],
    "percent",
    "HTTP errors",
    ofRequests("http", (edge) => edge.errorPercent),
  ),
  edgeFigure(
    "%httptraffic",
    [],
    "percent",
    "share of the caller's HTTP requests",
    ofRequests("http", (edge, { nodeOf }) =>
      share(edge.requestsPerSecond, nodeOf(edge.source)?.outbound.httpPerSecond),
    ),
  ),
  {
    name: "protocol",
    aliases: [],
    kind: "text",
    choices: PROTOCOLS,
    help: "protocol of the calls",
    edge: (edge: GraphEdge) => [edge.protocol],
  },
  edgeFigure("responsetime", ["rt", "avg"], "milliseconds", "mean response time", latency("average")),
  {
    name: "sourceprincipal",
    aliases: [],
    kind: "text",
    help: "identity of the caller",
    edge: (edge: GraphEdge) => edge.principals.map(({ source }) => source),
  },
  edgeFigure("tcp", [], "bytesPerSecond", "TCP bytes, both ways", (edge) =>
    edge.protocol === "tcp" ? bytes(edge) : undefined,
  ),
  edgeFigure("throughput", [], "bytesPerSecond", "bytes of bodies or connections, both ways", bytes),
  edgeFigure("p50", [], "milliseconds", "median response time", latency("p50")),
  edgeFigure("p95", [], "milliseconds", "95th percentile of response times", latency("p95")),
  edgeFigure("p99", [], "milliseconds", "99th percentile of response times", latency("p99")),
  edgeFigure(
    "errors",
    ["%errors"],
    "percent",
    "errors of requests, any protocol",
    (edge) => requests(edge)?.errorPercent,
  ),
  edgeFigure("mtls", ["%mtls"], "percent", "share of traffic over mutual TLS", (edge) => edge.mtlsPercent),
  {
    name: "health",
    aliases: [],
    kind: "text",
    choices: HEALTH_ORDER,
    help: "what it was judged to be",
    node: (node: GraphNode) => [node.health],
    edge: (edge: GraphEdge) => [edge.health],
  },
  {
    name: "host",
    aliases: [],
    kind: "text",
    help: "host of a service, or that was called",
    node: (node: GraphNode) => node.hosts ?? [],
    edge: (edge: GraphEdge) => responses(edge).map(({ host }) => host),
  },
  {
    name: "code",
    aliases: [],
    kind: "text",
    isOrdered: true,
    help: "HTTP or gRPC status; - for no response",
    edge: (edge: GraphEdge) => responses(edge).map(({ code }) => code),
  },
  {
    name: "flags",
    aliases: ["flag"],
    kind: "text",
    help: "Envoy's response flag, such as UH",
    edge: (edge: GraphEdge) => responses(edge).flatMap(({ flags }) => flags.split(",")),
  },
  {
    name: "principal",
    aliases: [],
    kind: "text",
    help: "identity of either end",
    edge: (edge: GraphEdge) => edge.principals.flatMap(({ source, target }) => [source, target]),
  },
  {
    name: "reporter",
    aliases: [],
    kind: "text",
    choices: ["source", "destination", "waypoint", "ztunnel"],
    help: "who reported the edge",
    edge: (edge: GraphEdge) => edge.reporters,
  },
  {
    name: "source",
    aliases: ["from"],
    kind: "text",
    help: "name of the caller",
    edge: (edge: GraphEdge, { nodeOf }: Surroundings) => namesOfEnd(nodeOf(edge.source)),
  },
  {
    name: "target",
    aliases: ["to"],
    kind: "text",
    help: "name of what is called",
    edge: (edge: GraphEdge, { nodeOf }: Surroundings) => namesOfEnd(nodeOf(edge.target)),
  },
] as const satisfies readonly OperandDefinition[];

function namesOfEnd(node: GraphNode | undefined): readonly (string | undefined)[] {
  return node === undefined ? [] : namesOf(node);
}

function rate<Name extends string>(name: Name, help: string, value: (node: GraphNode) => number) {
  return {
    name,
    aliases: [],
    kind: "figure",
    unit: "requestsPerSecond",
    help,
    node: (node: GraphNode) => active(value(node)),
  } as const;
}

function bytesRate<Name extends string>(name: Name, help: string, value: (node: GraphNode) => number) {
  return { ...rate(name, help, value), unit: "bytesPerSecond" } as const;
}

function edgeFigure<Name extends string>(
  name: Name,
  aliases: readonly string[],
  unit: Unit,
  help: string,
  edge: NonNullable<FigureOperand["edge"]>,
) {
  return { name, aliases, kind: "figure", unit, help, edge } as const;
}

export type OperandName = (typeof OPERANDS)[number]["name"] | `${typeof LABEL}${string}`;
export type NamedOperand = OperandDefinition & { readonly name: OperandName };

/** In front of the key of a Kubernetes label. */
export const LABEL = "label:";

const BY_NAME: ReadonlyMap<string, NamedOperand> = new Map(
  OPERANDS.flatMap((operand) => [operand.name, ...operand.aliases].map((name) => [name, operand])),
);

/** The operand of a name or alias, whatever its case; for `label:<key>` one of that label, whose case matters. */
export function findOperand(word: string): NamedOperand | undefined {
  const lower = word.toLowerCase();
  const key = lower.startsWith(LABEL) ? word.slice(LABEL.length) : "";
  return key === "" ? BY_NAME.get(lower) : labelOperand(key);
}

function labelOperand(key: string): NamedOperand {
  return {
    name: `${LABEL}${key}`,
    aliases: [],
    kind: "text",
    help: `label ${key}`,
    node: ({ labels }) => (labels !== undefined && Object.hasOwn(labels, key) ? (labels[key] ?? []) : []),
  };
}
