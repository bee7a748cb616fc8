/**
 * Rows of the EdgeTable become edges of the draft.
 *
 *   row:  productpage-v1 ──(reviews)──▶ reviews-v2
 *   with service nodes:     productpage-v1 ─▶ [reviews] ─▶ reviews-v2     both edges carry the row's traffic
 *   without:                productpage-v1 ─▶ reviews-v2
 *   service graph:          [productpage] ─▶ [reviews]
 *
 *   with operations:        productpage-v1 ─▶ GetReview ─▶ [reviews] ─▶ reviews-v2
 *                                         └──────────────▶ ┘             calls whose operation is not known
 *
 * - A row without a destination workload ends at its service, and so does one whose service the viewer knows by host only.
 * - Envoy's own clusters stand between nobody: a call past all services to a known workload goes straight to it.
 * - No service node is put before or after a waypoint: those legs are transport, not calls to a service.
 * - Operations stand between a caller and what it calls (placeOperations.ts); not in folded namespaces, nor on legs.
 */

import { protocolOf, serviceCells, workloadCells } from "#lib/domain/telemetry/edgeRows.ts";
import type { EdgeTable } from "#lib/domain/telemetry/edgeTable.ts";
import type { LatencyIndex } from "#lib/domain/telemetry/latency.ts";
import { draftEdge, type EdgeDraft, type GraphDraft } from "../draft.ts";
import type { GraphType } from "../graph.ts";
import { formatNodeId } from "../ids.ts";
import type { MeshLookup } from "../meshLookup.ts";
import { dominantServices } from "./dominantServices.ts";
import { fillEdges, type RowPart } from "./fillEdges.ts";
import { fillGateways } from "./fillGateways.ts";
import { operationShares } from "./operationShares.ts";
import { placeOperations } from "./placeOperations.ts";
import { createPlaces, type Places } from "./places.ts";
import { findTunnelLegs } from "./tunnelLegs.ts";

export type PlaceOptions = {
  readonly graphType: GraphType;
  readonly serviceNodes: boolean;
  readonly operations: boolean;
  readonly tunnelLegs: boolean;
  readonly collapsed: ReadonlySet<string>;
};

export function placeEdges(
  draft: GraphDraft,
  reported: EdgeTable,
  latency: LatencyIndex | undefined,
  lookup: MeshLookup,
  options: PlaceOptions,
): void {
  const table = fillGateways(reported, lookup);
  const places = createPlaces(draft, table, lookup, options.graphType);
  const dominant = options.graphType === "service" ? dominantServices(table) : undefined;
  const isLeg = options.tunnelLegs ? () => false : findTunnelLegs(table, places, lookup);
  const shares = options.operations ? operationShares(table) : undefined;
  const services = serviceCells(table);
  const workloads = workloadCells(table);
  const parts = new Map<number, readonly RowPart[]>();
  const whole = table.edges.source.map((source, row): readonly EdgeDraft[] => {
    const target = table.edges.target[row] ?? 0;
    if (isLeg(row)) {
      for (const end of [source, target]) if (places.isWaypoint(end)) draft.carriers.add(places.ownId(end));
      return NO_EDGES;
    }
    const path = nodePath(places, table, row, options, dominant);
    const protocol = protocolOf(table, row);
    const edge = (from: string, to: string): EdgeDraft => {
      const drawn = draftEdge(draft, from, to, protocol);
      drawn.reporters |= table.edges.reporters[row] ?? 0;
      return drawn;
    };
    const [caller, called] = path;
    if (dominant?.has(source) === true) noteCaller(draft, caller, workloads[source]?.name);
    const ofRow = places.isWaypoint(source) || places.isWaypoint(target) ? undefined : shares?.get(row);
    if (ofRow === undefined || caller === undefined || called === undefined || isFolded(draft, called, options))
      return edgesAlong(path, edge);
    const service = services[table.edges.service[row] ?? 0]?.name ?? "";
    const first = placeOperations(draft, { caller, called, service, shares: ofRow }, edge);
    const onward = edgesAlong(path.slice(1), edge);
    const [all] = first;
    if (all !== undefined && first.length === 1) return [...all.edges, ...onward];
    parts.set(row, first);
    return onward;
  });
  fillEdges(reported, latency, { whole, parts });
}

const NO_EDGES: readonly EdgeDraft[] = [];

function edgesAlong(path: readonly string[], edge: (from: string, to: string) => EdgeDraft): EdgeDraft[] {
  return path.slice(1).map((to, hop) => edge(path[hop] ?? to, to));
}

/** A service that calls stands for workloads: they are what telemetry names. */
function noteCaller(draft: GraphDraft, id: string | undefined, workload: string | undefined): void {
  const node = id === undefined ? undefined : draft.nodes.get(id);
  if (node?.service === undefined || workload === undefined || workload === "") return;
  (node.callers ??= new Set()).add(workload);
}

function isFolded(draft: GraphDraft, id: string, { collapsed }: PlaceOptions): boolean {
  const node = draft.nodes.get(id);
  if (node === undefined || collapsed.size === 0) return false;
  return collapsed.has(formatNodeId({ kind: "box", cluster: node.cluster, namespace: node.namespace }));
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
  const isHidden = places.isWithheld(target);
  // What is hidden behind a hidden host is that host.
  const hasTarget = places.isNamed(target) || (isHidden && !places.isHostOnly(service));
  const transport = places.isWaypoint(source) || places.isWaypoint(target);
  const wantsService =
    !hasTarget ||
    (!places.isEnvoy(service) && (options.graphType === "service" || (options.serviceNodes && !transport)));
  const serviceId = wantsService ? places.serviceId(service, cluster, places.namespaceOf(source)) : undefined;
  const standIn = dominant?.get(source);
  const sourceId =
    (standIn === undefined ? undefined : places.serviceId(standIn, cluster, places.namespaceOf(source))) ??
    (places.isWithheld(source) ? places.inaccessibleId("callers") : places.workloadId(source, cluster));
  if (!hasTarget) return serviceId === undefined ? [] : [sourceId, serviceId];
  if (serviceId !== undefined && options.graphType === "service") return [sourceId, serviceId];
  const targetId = isHidden ? places.inaccessibleId("called") : places.workloadId(target, cluster);
  return serviceId === undefined ? [sourceId, targetId] : [sourceId, serviceId, targetId];
}
