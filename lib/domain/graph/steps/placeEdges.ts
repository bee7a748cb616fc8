/**
 * Rows of the EdgeTable become edges of the draft.
 *
 *   row:  productpage-v1 ──(reviews)──▶ reviews-v2
 *   with service nodes:     productpage-v1 ─▶ [reviews] ─▶ reviews-v2     both edges carry the row's traffic
 *   without:                productpage-v1 ─▶ reviews-v2
 *   service graph:          [productpage] ─▶ [reviews]
 *
 * - A row without a destination workload ends at its service.
 * - No service node is put before or after a waypoint: those legs are transport, not calls to a service.
 */

import {
  edgeRowKeys,
  protocolOf,
  type ServiceCell,
  serviceCells,
  type WorkloadCell,
  workloadCells,
} from "#lib/domain/telemetry/edgeRows.ts";
import type { EdgeTable } from "#lib/domain/telemetry/edgeTable.ts";
import type { LatencyIndex } from "#lib/domain/telemetry/latency.ts";
import { addResponse, draftEdge, type EdgeDraft, type GraphDraft } from "../draft.ts";
import type { GraphType } from "../graph.ts";
import type { MeshLookup } from "../meshLookup.ts";
import { dominantServices } from "./dominantServices.ts";
import { isEnvoyCluster, placeService, placeWorkload } from "./placeNodes.ts";

export type PlaceOptions = { readonly graphType: GraphType; readonly serviceNodes: boolean };

export function placeEdges(
  draft: GraphDraft,
  table: EdgeTable,
  latency: LatencyIndex | undefined,
  lookup: MeshLookup,
  options: PlaceOptions,
): void {
  const workloads = workloadCells(table);
  const services = serviceCells(table);
  const dominant = options.graphType === "service" ? dominantServices(table) : undefined;
  const place = (row: Row): EdgeDraft[] => {
    const path = nodePath(draft, row, lookup, options, dominant);
    return path.slice(1).map((target, hop) => draftEdge(draft, path[hop] ?? target, target, row.protocol));
  };

  const edgesOfRow = table.edges.source.map((source, edge) => {
    const from = workloads[source];
    const to = workloads[table.edges.target[edge] ?? 0];
    const service = services[table.edges.service[edge] ?? 0];
    if (from === undefined || to === undefined || service === undefined) return [];
    return place({ source, from, to, service, protocol: protocolOf(table, edge) });
  });
  const hostOf = (edge: number) => services[table.edges.service[edge] ?? 0]?.host ?? "";

  fillRates(table, edgesOfRow, hostOf);
  if (latency === undefined) return;
  edgeRowKeys(table).forEach((key, row) => {
    const share = latency.get(key);
    if (share !== undefined) for (const edge of edgesOfRow[row] ?? []) edge.latency.push(share);
  });
}

type Row = {
  readonly source: number;
  readonly from: WorkloadCell;
  readonly to: WorkloadCell;
  readonly service: ServiceCell;
  readonly protocol: EdgeDraft["protocol"];
};

/** The nodes a row passes, two or three of them. */
function nodePath(
  draft: GraphDraft,
  row: Row,
  lookup: MeshLookup,
  options: PlaceOptions,
  dominant: ReadonlyMap<number, ServiceCell> | undefined,
): string[] {
  const { from, to, service } = row;
  const reportedFrom =
    from.cluster === "" ? { ...from, cluster: to.cluster === "" ? service.cluster : to.cluster } : from;
  const hasTarget = to.name !== "" || to.app !== "";
  const transport = isWaypoint(from, lookup) || isWaypoint(to, lookup);
  const wantsService = !hasTarget || options.graphType === "service" || (options.serviceNodes && !transport);
  const serviceId = wantsService ? placeService(draft, service, reportedFrom.cluster, lookup) : undefined;
  const sourceId = sourceNode(draft, reportedFrom, row.source, lookup, options, dominant);
  if (!hasTarget) return serviceId === undefined ? [] : [sourceId, serviceId];
  if (serviceId !== undefined && isEnvoyCluster(service)) return [sourceId, serviceId];
  if (serviceId !== undefined && options.graphType === "service") return [sourceId, serviceId];
  const targetId = placeWorkload(draft, to, options.graphType);
  return serviceId === undefined ? [sourceId, targetId] : [sourceId, serviceId, targetId];
}

function sourceNode(
  draft: GraphDraft,
  from: WorkloadCell,
  row: number,
  lookup: MeshLookup,
  options: PlaceOptions,
  dominant: ReadonlyMap<number, ServiceCell> | undefined,
): string {
  const service = dominant?.get(row);
  const id = service === undefined ? undefined : placeService(draft, service, from.cluster, lookup);
  return id ?? placeWorkload(draft, from, options.graphType);
}

function isWaypoint(cell: WorkloadCell, lookup: MeshLookup): boolean {
  return lookup.workload(cell.cluster, cell.namespace, cell.name)?.role === "waypoint";
}

function fillRates(
  table: EdgeTable,
  edgesOfRow: readonly (readonly EdgeDraft[])[],
  hostOf: (edge: number) => string,
): void {
  const { strings, responses, tcp, security } = table;
  responses.edge.forEach((row, index) => {
    const response = {
      code: strings[responses.code[index] ?? 0] ?? "-",
      flags: strings[responses.flags[index] ?? 0] ?? "-",
      host: hostOf(row),
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
    for (const edge of edgesOfRow[row] ?? []) {
      edge.mutualTls += security.mutualTls[index] ?? 0;
      edge.securityReported += security.reported[index] ?? 0;
    }
  });
}
