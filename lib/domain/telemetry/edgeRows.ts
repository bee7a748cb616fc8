/** Reading an EdgeTable back: the strings behind the indexes. */

import { edgeKey } from "./edgeKey.ts";
import { type EdgeTable, PROTOCOLS, type Protocol } from "./edgeTable.ts";

/** A workload cell of the table; all "" for row 0, "no workload known". */
export type WorkloadCell = {
  readonly cluster: string;
  readonly namespace: string;
  readonly name: string;
  readonly app: string;
  readonly version: string;
};

/** A service cell of the table; all "" for row 0, "no service named". */
export type ServiceCell = {
  readonly cluster: string;
  readonly namespace: string;
  readonly name: string;
  readonly host: string;
};

/** The decoded workloads, in row order. */
export function workloadCells(table: EdgeTable): WorkloadCell[] {
  const { strings, workloads } = table;
  return workloads.name.map((name, row) => ({
    cluster: strings[workloads.cluster[row] ?? 0] ?? "",
    namespace: strings[workloads.namespace[row] ?? 0] ?? "",
    name: strings[name] ?? "",
    app: strings[workloads.app[row] ?? 0] ?? "",
    version: strings[workloads.version[row] ?? 0] ?? "",
  }));
}

/** The decoded services, in row order. */
export function serviceCells(table: EdgeTable): ServiceCell[] {
  const { strings, services } = table;
  return services.name.map((name, row) => ({
    cluster: strings[services.cluster[row] ?? 0] ?? "",
    namespace: strings[services.namespace[row] ?? 0] ?? "",
    name: strings[name] ?? "",
    host: strings[services.host[row] ?? 0] ?? "",
  }));
}

/** Every namespace that calls, is called or has a service that is. */
export function namespacesOf({ strings, workloads, services }: EdgeTable): Set<string> {
  return new Set([...workloads.namespace, ...services.namespace].map((index) => strings[index] ?? ""));
}

/** Protocol of an edge row. */
export function protocolOf(table: EdgeTable, edge: number): Protocol {
  return PROTOCOLS[table.edges.protocol[edge] ?? 0] ?? "http";
}

/** Tables never change, and latencies are looked up by key for every view of one. */
const keysOfTables = new WeakMap<EdgeTable, readonly string[]>();

/** edgeKey of every edge, in row order: the same for the same edge in any reading. */
export function edgeRowKeys(table: EdgeTable): readonly string[] {
  const known = keysOfTables.get(table);
  if (known !== undefined) return known;
  const keys = buildKeys(table);
  keysOfTables.set(table, keys);
  return keys;
}

/** Stands in keys for what may not be seen, so that it is not taken for what nobody knows. No workload has such a name. */
const WITHHELD = "(withheld)";

function buildKeys(table: EdgeTable): string[] {
  const workloads = workloadCells(table).map((cell, row) =>
    row === table.withheld?.workload ? { ...cell, name: WITHHELD } : cell,
  );
  const services = serviceCells(table);
  return table.edges.source.map((source, edge) => {
    const from = workloads[source];
    const to = workloads[table.edges.target[edge] ?? 0];
    const service = services[table.edges.service[edge] ?? 0];
    return edgeKey(
      {
        sourceCluster: from?.cluster ?? "",
        sourceNamespace: from?.namespace ?? "",
        sourceWorkload: from?.name ?? "",
        sourceApp: from?.app ?? "",
        sourceVersion: from?.version ?? "",
        destinationCluster: to?.cluster ?? "",
        destinationServiceNamespace: service?.namespace ?? "",
        destinationService: service?.host ?? "",
        destinationServiceName: service?.name ?? "",
        destinationNamespace: to?.namespace ?? "",
        destinationWorkload: to?.name ?? "",
        destinationApp: to?.app ?? "",
        destinationVersion: to?.version ?? "",
      },
      protocolOf(table, edge),
    );
  });
}
