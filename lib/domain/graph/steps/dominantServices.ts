/**
 * In the service graph a workload's calls are drawn from a service. A workload behind two services made each call
 * once, and nothing tells on whose behalf; so its calls start at the service that brings it most traffic, and totals
 * stay true.
 *
 *   [shop] 90 rps ─▶ ┐
 *                    ├ cart-v1 ─▶ [stock] 100 rps     drawn as [shop] ─▶ [stock] 100 rps
 *   [cart] 10 rps ─▶ ┘
 */
import { type ServiceCell, serviceCells, workloadCells } from "#lib/domain/telemetry/edgeRows.ts";
import type { EdgeTable } from "#lib/domain/telemetry/edgeTable.ts";
import { isEnvoyCluster } from "./placeNodes.ts";

/** By row of `table.workloads`: the row of `table.services` most of its traffic (requests first, then bytes) arrives through. */
export function dominantServices(table: EdgeTable): Map<number, number> {
  const { edges, responses, tcp } = table;
  const workloads = workloadCells(table);
  const services = serviceCells(table);
  const envoy = services.map(isEnvoyCluster);
  const weights = new Map<number, Map<number, { requests: number; bytes: number }>>();
  const weigh = (edge: number, requests: number, bytes: number) => {
    const target = edges.target[edge] ?? 0;
    const service = edges.service[edge] ?? 0;
    const isNamed = workloads[target]?.name !== "" || workloads[target]?.app !== "";
    if (!isNamed || service === 0 || envoy[service] === true) return;
    let byService = weights.get(target);
    if (byService === undefined) weights.set(target, (byService = new Map()));
    const weight = byService.get(service) ?? { requests: 0, bytes: 0 };
    byService.set(service, { requests: weight.requests + requests, bytes: weight.bytes + bytes });
  };
  responses.edge.forEach((edge, row) => weigh(edge, responses.perSecond[row] ?? 0, 0));
  tcp.edge.forEach((edge, row) =>
    weigh(edge, 0, (tcp.sentBytesPerSecond[row] ?? 0) + (tcp.receivedBytesPerSecond[row] ?? 0)),
  );

  const dominant = new Map<number, number>();
  for (const [workload, byService] of weights) {
    const [first] = [...byService].sort(
      ([leftRow, left], [rightRow, right]) =>
        right.requests - left.requests ||
        right.bytes - left.bytes ||
        compareHosts(services[leftRow], services[rightRow]),
    );
    if (first !== undefined) dominant.set(workload, first[0]);
  }
  return dominant;
}

function compareHosts(left: ServiceCell | undefined, right: ServiceCell | undefined): number {
  return (left?.host ?? "") < (right?.host ?? "") ? -1 : 1;
}
