/**
 * A graph being built: nodes and edges by id, still open to change. Steps read and change a draft; finishGraph turns
 * it into the immutable Graph. Sums are kept, never quotients, so that edges can be merged at any point.
 */

import type { Judgement } from "#lib/domain/health/health.ts";
import type { ProxySyncCount, Replicas } from "#lib/domain/health/judgePods.ts";
import type { DataPlaneMode } from "#lib/domain/mesh/meshNodes.ts";
import type { Protocol } from "#lib/domain/telemetry/edgeTable.ts";
import type { LatencyShare } from "#lib/domain/telemetry/latency.ts";
import type { NodeFlag, NodeType } from "./graph.ts";
import { formatEdgeId } from "./ids.ts";

export type NodeDraft = {
  readonly id: string;
  type: NodeType;
  readonly cluster: string;
  readonly namespace: string;
  label: string;
  workload?: string;
  app?: string;
  version?: string;
  service?: string;
  operation?: string;
  hosts: Set<string>;
  callers?: Set<string>;
  mode?: DataPlaneMode;
  replicas?: Replicas;
  proxies?: ProxySyncCount;
  /** The text of the annotation that sets its tolerances. */
  healthRate?: string;
  readonly flags: Set<NodeFlag>;
  labels?: Map<string, string[]>;
  judgement?: Judgement;
  members?: { namespaces?: number; workloads: number; services: number; unhealthy: number };
};

export type ResponseDraft = {
  /** The same for the same code, flags and host of one reading. */
  readonly key: number;
  readonly code: string;
  readonly flags: string;
  readonly host: string;
  perSecond: number;
};

export type EdgeDraft = {
  readonly id: string;
  readonly source: string;
  readonly target: string;
  readonly protocol: Protocol;
  readonly responses: Map<number, ResponseDraft>;
  sentBytes: number;
  receivedBytes: number;
  connectionsOpened: number;
  /** Bits of edgeTable.ts's REPORTER_BITS. */
  reporters: number;
  /** By pair of principals: requests or bytes a second. */
  readonly security: Map<number, SecurityDraft>;
  readonly latency: LatencyShare[];
  throughput?: { request: number; response: number };
  messages?: { sent: number; received: number };
  /** It carries parts of rows: times, bytes and messages are reported for whole rows only, so they are not known here. */
  split: boolean;
  judgement?: Judgement;
};

export type SecurityDraft = {
  /** The same for the same pair in one reading: made of their indexes in its dictionary. */
  readonly key: number;
  readonly source: string;
  readonly target: string;
  mutualTls: number;
  reported: number;
};

export type GraphDraft = {
  readonly nodes: Map<string, NodeDraft>;
  readonly edges: Map<string, EdgeDraft>;
  /** Ids of waypoints whose connections are left out: they are at work, though nothing is drawn at them. */
  readonly carriers: Set<string>;
};

export function emptyDraft(): GraphDraft {
  return { nodes: new Map(), edges: new Map(), carriers: new Set() };
}

/** The edge between two nodes under a protocol, added when new. */
export function draftEdge(draft: GraphDraft, source: string, target: string, protocol: Protocol): EdgeDraft {
  const id = formatEdgeId(source, target, protocol);
  let edge = draft.edges.get(id);
  if (edge === undefined) {
    edge = {
      id,
      source,
      target,
      protocol,
      responses: new Map(),
      sentBytes: 0,
      receivedBytes: 0,
      connectionsOpened: 0,
      reporters: 0,
      security: new Map(),
      latency: [],
      split: false,
    };
    draft.edges.set(id, edge);
  }
  return edge;
}

export function addResponse(edge: EdgeDraft, response: ResponseDraft): void {
  const found = edge.responses.get(response.key);
  if (found === undefined) edge.responses.set(response.key, { ...response });
  else found.perSecond += response.perSecond;
}

/** Adds all that `from` carries to `into`. */
export function mergeEdge(into: EdgeDraft, from: EdgeDraft): void {
  for (const response of from.responses.values()) addResponse(into, response);
  into.sentBytes += from.sentBytes;
  into.receivedBytes += from.receivedBytes;
  into.connectionsOpened += from.connectionsOpened;
  into.reporters |= from.reporters;
  for (const rates of from.security.values()) addSecurity(into, rates);
  for (const share of from.latency) into.latency.push(share);
  into.split ||= from.split;
  if (from.throughput !== undefined) addThroughput(into, from.throughput);
  if (from.messages !== undefined) addMessages(into, from.messages);
}

export function addSecurity(edge: EdgeDraft, rates: SecurityDraft): void {
  const found = edge.security.get(rates.key);
  if (found === undefined) {
    edge.security.set(rates.key, { ...rates });
    return;
  }
  found.mutualTls += rates.mutualTls;
  found.reported += rates.reported;
}

export function addThroughput(edge: EdgeDraft, bytes: { readonly request: number; readonly response: number }): void {
  const total = (edge.throughput ??= { request: 0, response: 0 });
  total.request += bytes.request;
  total.response += bytes.response;
}

export function addMessages(edge: EdgeDraft, rates: { readonly sent: number; readonly received: number }): void {
  const total = (edge.messages ??= { sent: 0, received: 0 });
  total.sent += rates.sent;
  total.received += rates.received;
}
