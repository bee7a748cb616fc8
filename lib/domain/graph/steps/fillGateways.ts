/**
 * Calls to a gateway's Service that do not say which workload answered end at the gateway: TLS and plain TCP carry no
 * peer metadata, so the client's proxy only knows the Service.
 *
 *   reported   web ─▶ [egress]     egress-v1 ─▶ {api.example}
 *   drawn      web ─▶ [egress] ─▶ egress-v1 ─▶ {api.example}
 *
 * - The Service must select exactly one workload, and that must be a gateway: of several nobody knows which answered.
 * - Calls that a proxy ended before it chose an endpoint (UH, NR …) reached no gateway, and end at the Service.
 */
import type { WorkloadNode } from "#lib/domain/mesh/meshNodes.ts";
import { joinKey } from "#lib/domain/telemetry/edgeKey.ts";
import { serviceCells, workloadCells } from "#lib/domain/telemetry/edgeRows.ts";
import { type EdgeTable, PROTOCOLS } from "#lib/domain/telemetry/edgeTable.ts";
import { neverArrived } from "#lib/domain/telemetry/responseFlags.ts";
import type { MeshLookup } from "../meshLookup.ts";

const TCP = PROTOCOLS.indexOf("tcp");

/** The table with those targets filled in, rows in the same order; the same table when there are none. */
export function fillGateways(table: EdgeTable, lookup: MeshLookup): EdgeTable {
  const { edges } = table;
  const cells = workloadCells(table);
  const unnamed = cells.map(({ name, app }, row) => name === "" && app === "" && row !== table.withheld?.workload);
  const isOpen = (row: number) => unnamed[edges.target[row] ?? 0] === true;
  const gateways = gatewaysBehind(table, isOpen, lookup);
  if (gateways.size === 0) return table;
  const answered = answeredRows(table);
  const strings = [...table.strings];
  const rowOf = new Map<string, number>();
  cells.forEach(({ cluster, namespace, name }, row) => rowOf.set(joinKey(cluster, namespace, name), row));
  const target = edges.target.map((own, row) => {
    const gateway = gateways.get(edges.service[row] ?? 0);
    if (!isOpen(row) || gateway === undefined || !answered.has(row)) return own;
    const { cluster, namespace, name, app, version } = gateway;
    const key = joinKey(cluster, namespace, name);
    const known = rowOf.get(key);
    if (known !== undefined) return known;
    rowOf.set(key, cells.length);
    return cells.push({ cluster, namespace, name, app, version }) - 1;
  });
  const column = (name: "cluster" | "namespace" | "name" | "app" | "version") => [
    ...table.workloads[name],
    ...cells.slice(table.workloads.name.length).map((cell) => strings.push(cell[name]) - 1),
  ];
  const workloads = {
    cluster: column("cluster"),
    namespace: column("namespace"),
    name: column("name"),
    app: column("app"),
    version: column("version"),
  };
  return { ...table, strings, workloads, edges: { ...edges, target } };
}

/** By row of `table.services`: the one gateway behind it. Only for services of open rows. */
function gatewaysBehind(
  table: EdgeTable,
  isOpen: (row: number) => boolean,
  lookup: MeshLookup,
): Map<number, WorkloadNode> {
  const services = serviceCells(table);
  const gateways = new Map<number, WorkloadNode>();
  for (const row of new Set(table.edges.service.filter((_, edge) => isOpen(edge)))) {
    const { cluster = "", namespace = "", name = "" } = services[row] ?? {};
    const [only, ...others] = lookup.service(cluster, namespace, name)?.workloads ?? [];
    const workload = only === undefined || others.length > 0 ? undefined : lookup.workload(cluster, namespace, only);
    if (workload?.role === "egressGateway" || workload?.role === "ingressGateway") gateways.set(row, workload);
  }
  return gateways;
}

/** Rows of which at least one call or byte reached an endpoint. */
function answeredRows({ strings, edges, responses }: EdgeTable): Set<number> {
  const answered = new Set<number>();
  edges.protocol.forEach((protocol, row) => {
    if (protocol === TCP) answered.add(row);
  });
  responses.edge.forEach((row, index) => {
    if (!neverArrived(strings[responses.flags[index] ?? 0] ?? "-")) answered.add(row);
  });
  return answered;
}
