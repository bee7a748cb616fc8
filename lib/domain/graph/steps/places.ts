/** Where the workloads and services of a table stand in the draft: each row is placed once, however many edges use it. */

import { joinKey } from "#lib/domain/telemetry/edgeKey.ts";
import { serviceCells, workloadCells } from "#lib/domain/telemetry/edgeRows.ts";
import type { EdgeTable } from "#lib/domain/telemetry/edgeTable.ts";
import type { GraphDraft } from "../draft.ts";
import type { GraphType } from "../graph.ts";
import { formatNodeId, type InaccessibleEnd } from "../ids.ts";
import type { MeshLookup } from "../meshLookup.ts";
import { isEnvoyCluster, placeInaccessible, placeService, placeWorkload } from "./placeNodes.ts";

/** All arguments are rows of the table's workloads or services. */
export type Places = {
  /** The cluster that made the call: the source's, or that of what it reached where the source is unknown. */
  callerCluster(source: number, target: number, service: number): string;
  isNamed(workload: number): boolean;
  isWaypoint(workload: number): boolean;
  isEnvoy(service: number): boolean;
  /** Whether the row stands for workloads that the viewer may not see. */
  isWithheld(workload: number): boolean;
  /** Whether of the service only its host may be known. */
  isHostOnly(service: number): boolean;
  /** Node id of what the viewer may not see, at one end of a call. */
  inaccessibleId(end: InaccessibleEnd): string;
  /** Id of the workload itself, whatever the graph type; nothing is placed. */
  ownId(workload: number): string;
  /** Node id; `cluster` stands in where the row names none. */
  workloadId(workload: number, cluster: string): string;
  /** Node id; undefined when the row names no service. The caller's namespace decides which ServiceEntries it may use. */
  serviceId(service: number, callerCluster: string, callerNamespace: string): string | undefined;
  namespaceOf(workload: number): string;
};

export function createPlaces(draft: GraphDraft, table: EdgeTable, lookup: MeshLookup, graphType: GraphType): Places {
  const workloads = workloadCells(table);
  const services = serviceCells(table);
  const named = workloads.map(({ name, app }) => name !== "" || app !== "");
  const envoy = services.map(isEnvoyCluster);
  const waypoints = workloads.map(
    ({ cluster, namespace, name }) => lookup.workload(cluster, namespace, name)?.role === "waypoint",
  );
  const hostOnly = new Set(table.withheld?.services);
  const workloadIds = new Map<string, (string | undefined)[]>();
  const serviceIds = new Map<string, (string | null | undefined)[]>();

  return {
    callerCluster: (source, target, service) =>
      workloads[source]?.cluster || workloads[target]?.cluster || services[service]?.cluster || "",
    isNamed: (workload) => named[workload] ?? false,
    isWaypoint: (workload) => waypoints[workload] ?? false,
    isEnvoy: (service) => envoy[service] ?? false,
    isWithheld: (workload) => workload === table.withheld?.workload,
    isHostOnly: (service) => hostOnly.has(service),
    inaccessibleId: (end) => placeInaccessible(draft, end),
    namespaceOf: (workload) => workloads[workload]?.namespace ?? "",
    ownId(workload) {
      const { cluster = "", namespace = "", name = "" } = workloads[workload] ?? {};
      return formatNodeId({ kind: "workload", cluster, namespace, workload: name });
    },
    workloadId(workload, cluster) {
      const cell = workloads[workload];
      if (cell === undefined) throw new Error(`No workload row ${workload} in a table of ${workloads.length}`);
      const ids = columnOf(workloadIds, cluster);
      return (ids[workload] ??= placeWorkload(draft, cell.cluster === "" ? { ...cell, cluster } : cell, graphType));
    },
    serviceId(service, callerCluster, callerNamespace) {
      const cell = services[service];
      if (cell === undefined) throw new Error(`No service row ${service} in a table of ${services.length}`);
      const scope = lookup.entries.scope(callerNamespace);
      const ids = columnOf(serviceIds, joinKey(callerCluster, scope));
      const known = ids[service];
      if (known !== undefined) return known ?? undefined;
      const id = placeService(draft, cell, { cluster: callerCluster, namespace: scope }, lookup);
      ids[service] = id ?? null;
      const node = id !== undefined && hostOnly.has(service) ? draft.nodes.get(id) : undefined;
      // The ServiceEntry that a host belongs to may be seen, whatever lies behind it.
      if (node?.type === "service") node.flags.add("inaccessible");
      return id;
    },
  };
}

function columnOf<Id>(columns: Map<string, Id[]>, cluster: string): Id[] {
  let column = columns.get(cluster);
  if (column === undefined) columns.set(cluster, (column = []));
  return column;
}
