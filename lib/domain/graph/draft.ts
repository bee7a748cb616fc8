/**
 * A graph being built: nodes and edges by id, still open to change. Steps read and change a draft; finishGraph turns
 * it into the immutable Graph. Sums are kept, never quotients, so that edges can be merged at any point.
 */
import type { Judgement } from "#lib/domain/health/tolerances.ts";
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
  hosts: Set<string>;
  mode?: DataPlaneMode;
  replicas?: { desired: number; available: number };
  readonly flags: Set<NodeFlag>;
  judgement?: Judgement;
  members?: { workloads: number; services: number; unhealthy: number };
};

export type ResponseDraft = {
  /** The same for the same code, flags and host of one reading: made of their indexes in its dictionary. */
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
  mutualTls: number;
  securityReported: number;
  readonly latency: LatencyShare[];
};

export type GraphDraft = { readonly nodes: Map<string, NodeDraft>; readonly edges: Map<string, EdgeDraft> };

export function emptyDraft(): GraphDraft {
  return { nodes: new Map(), edges: new Map() };
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
      mutualTls: 0,
      securityReported: 0,
      latency: [],
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
  into.mutualTls += from.mutualTls;
  into.securityReported += from.securityReported;
  into.latency.push(...from.latency);
}
