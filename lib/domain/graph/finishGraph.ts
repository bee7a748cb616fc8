/** The last step: sums become rates, shares and percentiles; the draft becomes the immutable Graph. */
import { judgeResponses, type ResponseRates, UNKNOWN_HEALTH } from "#lib/domain/health/tolerances.ts";
import { combineLatency } from "#lib/domain/telemetry/latency.ts";
import { classifyResponse, isError } from "#lib/domain/telemetry/responseCode.ts";
import type { EdgeDraft, GraphDraft, NodeDraft } from "./draft.ts";
import type { Graph, GraphEdge, GraphNode, GraphType, NodeFlag, ResponseRate, TrafficTotals } from "./graph.ts";
import { addRates } from "./steps/judgeNodes.ts";

type Totals = { -readonly [Key in keyof TrafficTotals]: number };

export function finishGraph(draft: GraphDraft, graphType: GraphType): Graph {
  const edges = [...draft.edges.values()].map(finishEdge).sort(byId);
  const inbound = new Map<string, Totals>();
  const outbound = new Map<string, Totals>();
  for (const edge of edges) {
    addTotals(totalsOf(outbound, edge.source), edge);
    addTotals(totalsOf(inbound, edge.target), edge);
  }
  const nodes = [...draft.nodes.values()]
    .map((node) => finishNode(node, inbound.get(node.id), outbound.get(node.id)))
    .sort(byId);
  return { graphType, nodes, edges };
}

function byId(left: { readonly id: string }, right: { readonly id: string }): number {
  return left.id < right.id ? -1 : left.id > right.id ? 1 : 0;
}

function finishEdge(edge: EdgeDraft): GraphEdge {
  const base = {
    id: edge.id,
    source: edge.source,
    target: edge.target,
    // Sums of rounded shares: without rounding, "all of it" may come out as 99.99999999999999.
    ...(edge.securityReported > 0
      ? { mtlsPercent: Number(((100 * edge.mutualTls) / edge.securityReported).toPrecision(6)) }
      : {}),
  };
  if (edge.protocol === "tcp") {
    return {
      ...base,
      ...UNKNOWN_HEALTH,
      protocol: edge.protocol,
      sentBytesPerSecond: edge.sentBytes,
      receivedBytesPerSecond: edge.receivedBytes,
      connectionsOpenedPerSecond: edge.connectionsOpened,
    };
  }
  const rates: ResponseRates = {};
  addRates(rates, edge);
  const requestsPerSecond = Object.values(rates).reduce((total, rate) => total + rate, 0);
  const errorsPerSecond = (rates.serverError ?? 0) + (rates.noResponse ?? 0);
  const latency = combineLatency(edge.latency);
  return {
    ...base,
    ...judgeResponses(edge.protocol, rates, "edge"),
    protocol: edge.protocol,
    requestsPerSecond,
    errorsPerSecond,
    errorPercent: requestsPerSecond > 0 ? (100 * errorsPerSecond) / requestsPerSecond : 0,
    clientErrorsPerSecond: rates.clientError ?? 0,
    responses: sortedResponses(edge),
    ...(latency === undefined ? {} : { latency }),
  };
}

/** Errors first, then the most frequent. */
function sortedResponses(edge: EdgeDraft): ResponseRate[] {
  const protocol = edge.protocol === "grpc" ? "grpc" : "http";
  const rank = (code: string) => (isError(classifyResponse(protocol, code)) ? 0 : 1);
  return [...edge.responses.values()].sort(
    (left, right) => rank(left.code) - rank(right.code) || right.perSecond - left.perSecond,
  );
}

function totalsOf(totals: Map<string, Totals>, id: string): Totals {
  let entry = totals.get(id);
  if (entry === undefined) totals.set(id, (entry = emptyTotals()));
  return entry;
}

function emptyTotals(): Totals {
  return { httpPerSecond: 0, httpErrorsPerSecond: 0, grpcPerSecond: 0, grpcErrorsPerSecond: 0, tcpBytesPerSecond: 0 };
}

function addTotals(totals: Totals, edge: GraphEdge): void {
  switch (edge.protocol) {
    case "http":
      totals.httpPerSecond += edge.requestsPerSecond;
      totals.httpErrorsPerSecond += edge.errorsPerSecond;
      break;
    case "grpc":
      totals.grpcPerSecond += edge.requestsPerSecond;
      totals.grpcErrorsPerSecond += edge.errorsPerSecond;
      break;
    case "tcp":
      totals.tcpBytesPerSecond += edge.sentBytesPerSecond + edge.receivedBytesPerSecond;
  }
}

function finishNode(node: NodeDraft, inbound: Totals | undefined, outbound: Totals | undefined): GraphNode {
  const { health, reasons } = node.judgement ?? UNKNOWN_HEALTH;
  return {
    id: node.id,
    type: node.type,
    cluster: node.cluster,
    namespace: node.namespace,
    label: node.label,
    ...(node.workload === undefined ? {} : { workload: node.workload }),
    ...(node.app === undefined ? {} : { app: node.app }),
    ...(node.version === undefined ? {} : { version: node.version }),
    ...(node.service === undefined ? {} : { service: node.service }),
    ...(node.hosts.size === 0 ? {} : { hosts: [...node.hosts].sort() }),
    ...(node.mode === undefined ? {} : { mode: node.mode }),
    ...(node.replicas === undefined ? {} : { replicas: node.replicas }),
    ...(node.members === undefined ? {} : { members: node.members }),
    health,
    reasons,
    flags: finishFlags(node, inbound, outbound),
    inbound: inbound ?? emptyTotals(),
    outbound: outbound ?? emptyTotals(),
  };
}

/** Flags that follow from the traffic itself: a database only receives bytes, a traffic source only sends. */
function finishFlags(node: NodeDraft, inbound: Totals | undefined, outbound: Totals | undefined): NodeFlag[] {
  const flags = new Set(node.flags);
  if (inbound === undefined && outbound !== undefined) flags.add("trafficSource");
  const onlyTcp =
    inbound !== undefined && inbound.tcpBytesPerSecond > 0 && inbound.httpPerSecond + inbound.grpcPerSecond === 0;
  if (onlyTcp && outbound === undefined && (node.type === "workload" || node.type === "app")) flags.add("database");
  return [...flags].sort();
}
