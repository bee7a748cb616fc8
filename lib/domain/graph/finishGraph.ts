/** The last step: sums become rates, shares and percentiles; the draft becomes the immutable Graph. */

import { UNKNOWN_HEALTH } from "#lib/domain/health/health.ts";
import { type EdgeReporter, REPORTER_BITS } from "#lib/domain/telemetry/edgeTable.ts";
import { combineLatency, type LatencyShare } from "#lib/domain/telemetry/latency.ts";
import { classifyResponse, isError, type ResponseClass } from "#lib/domain/telemetry/responseCode.ts";
import type { EdgeDraft, GraphDraft, NodeDraft } from "./draft.ts";
import type { Graph, GraphEdge, GraphNode, GraphType, NodeFlag, RequestEdge, ResponseRate, TcpEdge } from "./graph.ts";
import { addTotals, emptyTotals, type Totals } from "./totals.ts";
import { isWithheld } from "./withheld.ts";

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
  const latencyShares = new Map<string, readonly LatencyShare[]>();
  for (const { id, latency, split } of draft.edges.values()) {
    if (latency.length > 0 && !split) latencyShares.set(id, latency);
  }
  return { graphType, nodes, edges, latencyShares };
}

function byId(left: { readonly id: string }, right: { readonly id: string }): number {
  return left.id < right.id ? -1 : left.id > right.id ? 1 : 0;
}

type Writable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

// Optional fields are assigned, not spread: these run for every node and edge at every change of view.

function finishEdge(edge: EdgeDraft): GraphEdge {
  const finished: Writable<GraphEdge> = edge.protocol === "tcp" ? tcpEdge(edge) : requestEdge(edge, edge.protocol);
  let reported = 0;
  let mutualTls = 0;
  for (const pair of edge.security.values()) {
    reported += pair.reported;
    mutualTls += pair.mutualTls;
  }
  if (reported > 0) {
    finished.mtlsPercent = percent(mutualTls, reported);
    finished.principals = [...edge.security.values()]
      .sort((left, right) => right.reported - left.reported)
      .map((pair) => ({
        source: pair.source,
        target: pair.target,
        trafficPercent: percent(pair.reported, reported),
        mtlsPercent: percent(pair.mutualTls, pair.reported),
      }));
  }
  return finished;
}

/**
 * Six digits, since sums in another order end in other last digits: unrounded, all of it can come out as
 * 99.99999999999999. But 0 and 100 are said of none and all only: one plain call in ten million is not rounded away.
 */
function percent(part: number, whole: number): number {
  if (whole - part <= whole * LAST_DIGITS) return 100;
  if (part <= whole * LAST_DIGITS) return 0;
  return Math.min(99.9999, Number(((100 * part) / whole).toPrecision(6)));
}

const LAST_DIGITS = 1e-9;

const EDGE_REPORTERS = Object.keys(REPORTER_BITS) as EdgeReporter[];
/** One list for each combination: thousands of edges share it. */
const REPORTERS_OF_BITS = Array.from({ length: 2 ** EDGE_REPORTERS.length }, (_, bits) =>
  EDGE_REPORTERS.filter((reporter) => (bits & REPORTER_BITS[reporter]) !== 0),
);

function reportersOf(edge: EdgeDraft): readonly EdgeReporter[] {
  return REPORTERS_OF_BITS[edge.reporters] ?? [];
}

const NO_PRINCIPALS: readonly never[] = [];

function tcpEdge(edge: EdgeDraft): TcpEdge {
  return {
    id: edge.id,
    source: edge.source,
    target: edge.target,
    health: UNKNOWN_HEALTH.health,
    reasons: UNKNOWN_HEALTH.reasons,
    principals: NO_PRINCIPALS,
    reporters: reportersOf(edge),
    protocol: "tcp",
    sentBytesPerSecond: edge.sentBytes,
    receivedBytesPerSecond: edge.receivedBytes,
    connectionsOpenedPerSecond: edge.connectionsOpened,
  };
}

function requestEdge(edge: EdgeDraft, protocol: "http" | "grpc"): RequestEdge {
  const rates = ratesByClass(edge, protocol);
  const requestsPerSecond = rates.ok + rates.redirect + rates.clientError + rates.serverError + rates.noResponse;
  const errorsPerSecond = rates.serverError + rates.noResponse;
  const { health, reasons } = edge.judgement ?? UNKNOWN_HEALTH;
  const finished: Writable<RequestEdge> = {
    id: edge.id,
    source: edge.source,
    target: edge.target,
    health,
    reasons,
    principals: NO_PRINCIPALS,
    reporters: reportersOf(edge),
    protocol,
    requestsPerSecond,
    errorsPerSecond,
    errorPercent: requestsPerSecond > 0 ? (100 * errorsPerSecond) / requestsPerSecond : 0,
    clientErrorsPerSecond: rates.clientError,
    responses: sortedResponses(edge, protocol),
  };
  if (edge.split) return finished;
  const latency = combineLatency(edge.latency);
  if (latency !== undefined) finished.latency = latency;
  if (edge.throughput !== undefined) {
    finished.throughput = {
      requestBytesPerSecond: edge.throughput.request,
      responseBytesPerSecond: edge.throughput.response,
    };
  }
  if (edge.messages !== undefined) {
    finished.messages = { sentPerSecond: edge.messages.sent, receivedPerSecond: edge.messages.received };
  }
  return finished;
}

function ratesByClass(edge: EdgeDraft, protocol: "http" | "grpc"): Record<ResponseClass, number> {
  const rates = { ok: 0, redirect: 0, clientError: 0, serverError: 0, noResponse: 0 };
  for (const { code, perSecond } of edge.responses.values()) rates[classifyResponse(protocol, code)] += perSecond;
  return rates;
}

/** Errors first, then the most frequent. */
function sortedResponses(edge: EdgeDraft, protocol: "http" | "grpc"): ResponseRate[] {
  const rank = (code: string) => (isError(classifyResponse(protocol, code)) ? 0 : 1);
  return Array.from(edge.responses.values(), ({ code, flags, host, perSecond }) => ({
    code,
    flags,
    host,
    perSecond,
  })).sort((left, right) => rank(left.code) - rank(right.code) || right.perSecond - left.perSecond);
}

function totalsOf(totals: Map<string, Totals>, id: string): Totals {
  let entry = totals.get(id);
  if (entry === undefined) totals.set(id, (entry = emptyTotals()));
  return entry;
}

function finishNode(node: NodeDraft, inbound: Totals | undefined, outbound: Totals | undefined): GraphNode {
  const { health, reasons } = node.judgement ?? UNKNOWN_HEALTH;
  const finished: Writable<GraphNode> = {
    id: node.id,
    type: node.type,
    cluster: node.cluster,
    namespace: node.namespace,
    label: node.label,
    health,
    reasons,
    flags: finishFlags(node, inbound, outbound),
    inbound: inbound ?? emptyTotals(),
    outbound: outbound ?? emptyTotals(),
  };
  if (node.workload !== undefined) finished.workload = node.workload;
  if (node.app !== undefined) finished.app = node.app;
  if (node.version !== undefined) finished.version = node.version;
  if (node.service !== undefined) finished.service = node.service;
  if (node.operation !== undefined) finished.operation = node.operation;
  if (node.callers !== undefined) finished.callers = [...node.callers].sort();
  if (node.hosts.size > 0) finished.hosts = [...node.hosts].sort();
  if (node.mode !== undefined) finished.mode = node.mode;
  if (node.replicas !== undefined) finished.replicas = node.replicas;
  if (node.labels !== undefined) finished.labels = Object.fromEntries(node.labels);
  if (node.proxies !== undefined) finished.proxies = node.proxies;
  if (node.members !== undefined) finished.members = node.members;
  return finished;
}

/** Flags that follow from the traffic itself: a database only receives bytes, a traffic source only sends. */
function finishFlags(node: NodeDraft, inbound: Totals | undefined, outbound: Totals | undefined): NodeFlag[] {
  const flags = new Set(node.flags);
  // What else it does is not for the viewer to see.
  if (isWithheld({ namespace: node.namespace, flags: [...flags] })) return [...flags].sort();
  if (inbound === undefined && outbound !== undefined) flags.add("trafficSource");
  const onlyTcp =
    inbound !== undefined && inbound.tcpBytesPerSecond > 0 && inbound.httpPerSecond + inbound.grpcPerSecond === 0;
  if (onlyTcp && outbound === undefined && (node.type === "workload" || node.type === "app")) flags.add("database");
  return [...flags].sort();
}
