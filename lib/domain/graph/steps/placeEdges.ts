/**
 * Rows of the EdgeTable become edges of the draft.
 *
 *   row:  productpage-v1 ──(reviews)──▶ reviews-v2
 *   with service nodes:     productpage-v1 ─▶ [reviews] ─▶ reviews-v2     both edges carry the row's traffic
 *   without:                productpage-v1 ─▶ reviews-v2
 *   service graph:          [productpage] ─▶ [reviews]
 *
 * - A row without a destination workload ends at its service.
 * - Envoy's own clusters stand between nobody: a call past all services to a known workload goes straight to it.
 * - No service node is put before or after a waypoint: those legs are transport, not calls to a service.
 */

import { edgeRowKeys, protocolOf } from "#lib/domain/telemetry/edgeRows.ts";
import { type EdgeTable, PROTOCOLS, REPORTER_BITS } from "#lib/domain/telemetry/edgeTable.ts";
import type { LatencyIndex } from "#lib/domain/telemetry/latency.ts";
import {
  addMessages,
  addResponse,
  addSecurity,
  addThroughput,
  draftEdge,
  type EdgeDraft,
  type GraphDraft,
} from "../draft.ts";
import type { GraphType } from "../graph.ts";
import type { MeshLookup } from "../meshLookup.ts";
import { dominantServices } from "./dominantServices.ts";
import { createPlaces, type Places } from "./places.ts";

export type PlaceOptions = {
  readonly graphType: GraphType;
  readonly serviceNodes: boolean;
  readonly tunnelLegs: boolean;
};

export function placeEdges(
  draft: GraphDraft,
  table: EdgeTable,
  latency: LatencyIndex | undefined,
  lookup: MeshLookup,
  options: PlaceOptions,
): void {
  const places = createPlaces(draft, table, lookup, options.graphType);
  const dominant = options.graphType === "service" ? dominantServices(table) : undefined;
  const isLeg = options.tunnelLegs ? () => false : tunnelLegs(table);
  const edgesOfRow = table.edges.source.map((_, row) => {
    if (isLeg(row)) return [];
    const path = nodePath(places, table, row, options, dominant);
    const protocol = protocolOf(table, row);
    const edges = path.slice(1).map((target, hop) => draftEdge(draft, path[hop] ?? target, target, protocol));
    for (const edge of edges) edge.reporters |= table.edges.reporters[row] ?? 0;
    return edges;
  });
  fillRates(table, edgesOfRow);
  if (latency === undefined) return;
  edgeRowKeys(table).forEach((key, row) => {
    const share = latency.get(key);
    if (share !== undefined) for (const edge of edgesOfRow[row] ?? []) edge.latency.push(share);
  });
}

/** Ztunnels report the L4 leg of calls that a sidecar or waypoint reports in full: the same call, so not drawn twice. */
function tunnelLegs({ edges }: EdgeTable): (row: number) => boolean {
  const tcp = PROTOCOLS.indexOf("tcp");
  const ends = (row: number) => `${edges.source[row]} ${edges.target[row]}`;
  const requests = new Set(edges.source.flatMap((_, row) => (edges.protocol[row] === tcp ? [] : ends(row))));
  return (row) => edges.reporters[row] === REPORTER_BITS.ztunnel && requests.has(ends(row));
}

/** The nodes a row passes, two or three of them; none when it names no target at all. */
function nodePath(
  places: Places,
  { edges }: EdgeTable,
  row: number,
  options: PlaceOptions,
  dominant: ReadonlyMap<number, number> | undefined,
): string[] {
  const source = edges.source[row] ?? 0;
  const target = edges.target[row] ?? 0;
  const service = edges.service[row] ?? 0;
  const cluster = places.callerCluster(source, target, service);
  const hasTarget = places.isNamed(target);
  const transport = places.isWaypoint(source) || places.isWaypoint(target);
  const wantsService =
    !hasTarget ||
    (!places.isEnvoy(service) && (options.graphType === "service" || (options.serviceNodes && !transport)));
  const serviceId = wantsService ? places.serviceId(service, cluster) : undefined;
  const standIn = dominant?.get(source);
  const sourceId =
    (standIn === undefined ? undefined : places.serviceId(standIn, cluster)) ?? places.workloadId(source, cluster);
  if (!hasTarget) return serviceId === undefined ? [] : [sourceId, serviceId];
  if (serviceId === undefined) return [sourceId, places.workloadId(target, cluster)];
  if (options.graphType === "service") return [sourceId, serviceId];
  return [sourceId, serviceId, places.workloadId(target, cluster)];
}

function fillRates(table: EdgeTable, edgesOfRow: readonly (readonly EdgeDraft[])[]): void {
  const { strings, edges, services, responses, tcp, security, messages, throughput } = table;
  responses.edge.forEach((row, index) => {
    const code = responses.code[index] ?? 0;
    const flags = responses.flags[index] ?? 0;
    const host = services.host[edges.service[row] ?? 0] ?? 0;
    const response = {
      key: (code * strings.length + flags) * strings.length + host,
      code: strings[code] ?? "-",
      flags: strings[flags] ?? "-",
      host: strings[host] ?? "",
      perSecond: responses.perSecond[index] ?? 0,
    };
    for (const edge of edgesOfRow[row] ?? []) addResponse(edge, response);
  });
  tcp.edge.forEach((row, index) => {
    for (const edge of edgesOfRow[row] ?? []) {
      edge.sentBytes += tcp.sentBytesPerSecond[index] ?? 0;
      edge.receivedBytes += tcp.receivedBytesPerSecond[index] ?? 0;
      edge.connectionsOpened += tcp.connectionsOpenedPerSecond[index] ?? 0;
    }
  });
  security.edge.forEach((row, index) => {
    const rates = {
      source: strings[security.sourcePrincipal[index] ?? 0] ?? "",
      target: strings[security.destinationPrincipal[index] ?? 0] ?? "",
      mutualTls: security.mutualTls[index] ?? 0,
      reported: security.reported[index] ?? 0,
    };
    for (const edge of edgesOfRow[row] ?? []) addSecurity(edge, rates);
  });
  messages?.edge.forEach((row, index) => {
    const rates = { sent: messages.sentPerSecond[index] ?? 0, received: messages.receivedPerSecond[index] ?? 0 };
    for (const edge of edgesOfRow[row] ?? []) addMessages(edge, rates);
  });
  throughput?.edge.forEach((row, index) => {
    const bytes = {
      request: throughput.requestBytesPerSecond[index] ?? 0,
      response: throughput.responseBytesPerSecond[index] ?? 0,
    };
    for (const edge of edgesOfRow[row] ?? []) addThroughput(edge, bytes);
  });
}
