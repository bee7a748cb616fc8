/** Sums over edges, as the inspector shows them. Rates are per second. */
import type { Graph, GraphEdge, GraphNode, NodeType, RequestEdge, TrafficTotals } from "#lib/domain/graph/graph.ts";
import { classifyResponse, isError } from "#lib/domain/telemetry/responseCode.ts";

export type Totals = {
  readonly requestsPerSecond: number;
  readonly errorsPerSecond: number;
  /** Absent without requests. */
  readonly errorPercent?: number;
  readonly tcpBytesPerSecond: number;
};

/** Requests of both protocols together, and TCP beside them. */
export function totalsOf(sums: TrafficTotals): Totals {
  return withShare({
    requestsPerSecond: sums.httpPerSecond + sums.grpcPerSecond,
    errorsPerSecond: sums.httpErrorsPerSecond + sums.grpcErrorsPerSecond,
    tcpBytesPerSecond: sums.tcpBytesPerSecond,
  });
}

export function sumEdges(edges: readonly GraphEdge[]): Totals {
  let requestsPerSecond = 0;
  let errorsPerSecond = 0;
  let tcpBytesPerSecond = 0;
  for (const edge of edges) {
    if (edge.protocol === "tcp") tcpBytesPerSecond += edge.sentBytesPerSecond + edge.receivedBytesPerSecond;
    else {
      requestsPerSecond += edge.requestsPerSecond;
      errorsPerSecond += edge.errorsPerSecond;
    }
  }
  return withShare({ requestsPerSecond, errorsPerSecond, tcpBytesPerSecond });
}

function withShare(totals: Omit<Totals, "errorPercent">): Totals {
  const { requestsPerSecond, errorsPerSecond } = totals;
  return requestsPerSecond > 0 ? { ...totals, errorPercent: (100 * errorsPerSecond) / requestsPerSecond } : totals;
}

/**
 * The calls of a graph, each once. A service node or an operation stands between caller and workload, so what leaves it
 * is what entered it:
 *
 *   web ─10─▶ (cart) ─9─▶ cart-v1          10 rps, not 20
 *                    ─1─▶ cart-v2
 */
export function callEdges(graph: Graph): readonly GraphEdge[] {
  const passed = passedNodes(graph);
  return graph.edges.filter((edge) => !passed.has(edge.source));
}

/** Ids of the nodes that calls only pass on their way. */
function passedNodes({ nodes, graphType }: Graph): ReadonlySet<string> {
  const between: readonly NodeType[] =
    graphType === "service" ? ["operation"] : ["operation", "service", "serviceEntry"];
  return new Set(nodes.filter(({ type }) => between.includes(type)).map(({ id }) => id));
}

export type ResponseRow = {
  readonly protocol: "http" | "grpc";
  readonly code: string;
  readonly flags: string;
  readonly perSecond: number;
  /** Of all requests of that protocol. */
  readonly percent: number;
};

/** Responses of several edges by protocol, code and flags, the most frequent first. */
export function sumResponses(edges: readonly GraphEdge[]): readonly ResponseRow[] {
  const rows = new Map<string, Omit<ResponseRow, "percent">>();
  const totals = { http: 0, grpc: 0 };
  for (const edge of edges) {
    if (edge.protocol === "tcp") continue;
    for (const { code, flags, perSecond } of edge.responses) {
      const key = JSON.stringify([edge.protocol, code, flags]);
      rows.set(key, { protocol: edge.protocol, code, flags, perSecond: (rows.get(key)?.perSecond ?? 0) + perSecond });
      totals[edge.protocol] += perSecond;
    }
  }
  return [...rows.values()]
    .map((row) => ({ ...row, percent: (100 * row.perSecond) / (totals[row.protocol] || 1) }))
    .sort((left, right) => right.perSecond - left.perSecond);
}

export type HostRow = {
  readonly host: string;
  readonly perSecond: number;
  /** Of all requests of the edge. */
  readonly percent: number;
  /** Of the requests to this host. */
  readonly errorPercent: number;
};

/** Requests of an edge by the host that was asked for, the most frequent first. */
export function sumHosts(edge: RequestEdge): readonly HostRow[] {
  const rows = new Map<string, { perSecond: number; errors: number }>();
  for (const { host, code, perSecond } of edge.responses) {
    const row = rows.get(host) ?? { perSecond: 0, errors: 0 };
    row.perSecond += perSecond;
    if (isError(classifyResponse(edge.protocol, code))) row.errors += perSecond;
    rows.set(host, row);
  }
  return [...rows]
    .map(([host, { perSecond, errors }]) => ({
      host: host || "not named",
      perSecond,
      percent: (100 * perSecond) / (edge.requestsPerSecond || 1),
      errorPercent: (100 * errors) / (perSecond || 1),
    }))
    .sort((left, right) => right.perSecond - left.perSecond);
}

/** Mean latency of several edges in milliseconds, weighted by requests. Percentiles cannot be averaged, so they are not. */
export function meanLatency(edges: readonly GraphEdge[]): number | undefined {
  let time = 0;
  let requests = 0;
  for (const edge of edges) {
    if (edge.protocol === "tcp" || edge.latency === undefined) continue;
    time += edge.latency.average * edge.requestsPerSecond;
    requests += edge.requestsPerSecond;
  }
  return requests > 0 ? time / requests : undefined;
}

/** The lowest share of mutual TLS among the edges, 0–100; undefined when none is known. */
export function lowestMtls(edges: readonly GraphEdge[]): number | undefined {
  const shares = edges.flatMap((edge) => edge.mtlsPercent ?? []);
  return shares.length === 0 ? undefined : Math.min(...shares);
}

export type Concern =
  | { readonly kind: "node"; readonly node: GraphNode }
  | { readonly kind: "edge"; readonly edge: RequestEdge };

/**
 * What is worst first: missing replicas and stale proxies, then failing before degraded calls, by errors a second. Each
 * call once: what a service passes on is told only where it is worse than the calls that reach the service.
 *
 *   web ─0.04 %─▶ (cart) ───0 %─▶ cart-v1
 *                        ─0.4 %─▶ cart-v2      one version fails, and would be lost in what the service gets
 */
export function rankConcerns(graph: Graph): readonly Concern[] {
  const passed = passedNodes(graph);
  const bad = graph.edges.filter((edge): edge is RequestEdge => edge.protocol !== "tcp" && isConcern(edge));
  const reaching = Map.groupBy(bad, ({ target }) => target);
  const isTold = (edge: RequestEdge) =>
    passed.has(edge.source) &&
    reaching.get(edge.source)?.some(({ health }) => health === "failing" || edge.health === "degraded") === true;
  const edges = bad.filter((edge) => !isTold(edge));
  const nodes = graph.nodes.filter(
    (node) =>
      isConcern(node) &&
      node.type !== "box" &&
      node.reasons.some(({ kind }) => kind === "replicas" || kind === "proxies"),
  );
  const concerns: Concern[] = [
    ...nodes.map((node) => ({ kind: "node" as const, node })),
    ...edges.map((edge) => ({ kind: "edge" as const, edge })),
  ];
  const weight = (concern: Concern) =>
    concern.kind === "edge"
      ? [concern.edge.health === "failing" ? 1 : 0, concern.edge.errorsPerSecond]
      : [concern.node.health === "failing" ? 1 : 0, Number.MAX_VALUE];
  return concerns.sort((left, right) => {
    const [leftRank = 0, leftRate = 0] = weight(left);
    const [rightRank = 0, rightRate = 0] = weight(right);
    return rightRank - leftRank || rightRate - leftRate;
  });
}

function isConcern({ health }: Pick<GraphNode, "health">): boolean {
  return health === "failing" || health === "degraded";
}
