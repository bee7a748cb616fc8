/**
 * Connections that carry calls which somebody else reports in full: the same calls, so not drawn twice.
 *
 *   client ══▶ waypoint ══▶ server        bytes, reported by ztunnels            legs
 *   client ─────(cart)────▶ server        requests, reported by the waypoint     what they carry
 *
 * - Between two workloads: a leg when a sidecar or waypoint reports calls between the same two.
 * - To a waypoint: a leg when a waypoint reports calls of the same client. From one: calls to the same server.
 * - A leg and a call that name different services are different traffic; where one names none, they may be the same.
 *   The waypoint's own Service is where the connection goes, not what is called.
 * - A connection that nothing else tells of is no leg, and stays.
 */
import { joinKey } from "#lib/domain/telemetry/edgeKey.ts";
import { type ServiceCell, serviceCells, workloadCells } from "#lib/domain/telemetry/edgeRows.ts";
import { type EdgeTable, PROTOCOLS, REPORTER_BITS } from "#lib/domain/telemetry/edgeTable.ts";
import type { MeshLookup } from "../meshLookup.ts";
import type { Places } from "./places.ts";

const TCP = PROTOCOLS.indexOf("tcp");

/** Says of a row of `table.edges` whether it is a leg. */
export function findTunnelLegs(table: EdgeTable, places: Places, lookup: MeshLookup): (row: number) => boolean {
  const { source, target, service, protocol, reporters } = table.edges;
  const touchesWaypoint = (row: number) => places.isWaypoint(source[row] ?? 0) || places.isWaypoint(target[row] ?? 0);
  const mayBeLeg = (row: number) =>
    protocol[row] === TCP && (reporters[row] === REPORTER_BITS.ztunnel || touchesWaypoint(row));
  const candidates = [...source.keys()].filter(mayBeLeg);
  if (candidates.length === 0) return () => false;

  const nameOf = sameNames(table);
  const clients = new Set(candidates.map((row) => nameOf(source[row] ?? 0)));
  const servers = new Set(candidates.map((row) => nameOf(target[row] ?? 0)));
  const services = serviceCells(table);
  const told = {
    between: new Map<string, Set<string>>(),
    from: new Map<number, Set<string>>(),
    to: new Map<number, Set<string>>(),
  };
  source.forEach((from, row) => {
    if (mayBeLeg(row)) return;
    const host = services[service[row] ?? 0]?.host ?? "";
    const client = nameOf(from);
    const server = nameOf(target[row] ?? 0);
    if (clients.has(client) && servers.has(server)) note(told.between, `${client} ${server}`, host);
    if (((reporters[row] ?? 0) & REPORTER_BITS.waypoint) === 0) return;
    if (clients.has(client)) note(told.from, client, host);
    if (servers.has(server)) note(told.to, server, host);
  });

  return (row) => {
    if (!mayBeLeg(row)) return false;
    const from = source[row] ?? 0;
    const to = target[row] ?? 0;
    const cell = services[service[row] ?? 0];
    const host = cell === undefined || isWaypointsOwn(cell, lookup) ? "" : cell.host;
    if (covers(told.between.get(`${nameOf(from)} ${nameOf(to)}`), host)) return true;
    if (places.isWaypoint(to)) return covers(told.from.get(nameOf(from)), host);
    return places.isWaypoint(from) && covers(told.to.get(nameOf(to)), host);
  };
}

/** One number for all rows of `table.workloads` that name the same workload, whatever their app and version say. */
function sameNames(table: EdgeTable): (workload: number) => number {
  const first = new Map<string, number>();
  const names = workloadCells(table).map(({ cluster, namespace, name }, row) => {
    if (row === table.withheld?.workload) return row;
    const key = joinKey(cluster, namespace, name);
    if (!first.has(key)) first.set(key, row);
    return first.get(key) ?? row;
  });
  return (workload) => names[workload] ?? 0;
}

function isWaypointsOwn({ cluster, namespace, name }: ServiceCell, lookup: MeshLookup): boolean {
  const behind = lookup.service(cluster, namespace, name)?.workloads ?? [];
  return behind.some((workload) => lookup.workload(cluster, namespace, workload)?.role === "waypoint");
}

function note<Key>(hosts: Map<Key, Set<string>>, key: Key, host: string): void {
  const known = hosts.get(key);
  if (known === undefined) hosts.set(key, new Set([host]));
  else known.add(host);
}

function covers(hosts: ReadonlySet<string> | undefined, host: string): boolean {
  return hosts !== undefined && (host === "" || hosts.has(host) || hosts.has(""));
}
