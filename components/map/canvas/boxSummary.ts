/** What the title bar of a namespace box says: its worst health and what crosses its border. */
import type { Graph, TrafficTotals } from "#lib/domain/graph/graph.ts";
import { type Health, worseHealth } from "#lib/domain/health/health.ts";
import { boxIdOf } from "#lib/layout/graphLayoutInput.ts";

export type BoxSummary = {
  readonly id: string;
  readonly cluster: string;
  readonly namespace: string;
  readonly health: Health;
  /** Traffic from and to elsewhere; calls within the namespace are not counted. */
  readonly inbound: TrafficTotals;
  readonly outbound: TrafficTotals;
};

type Sums = { -readonly [Key in keyof TrafficTotals]: number };

/** One summary a namespace box, by box id. */
export function summariseBoxes(graph: Graph): ReadonlyMap<string, BoxSummary> {
  const boxOf = new Map<string, string>();
  const boxes = new Map<string, Omit<BoxSummary, "inbound" | "outbound"> & { inbound: Sums; outbound: Sums }>();
  for (const node of graph.nodes) {
    const id = boxIdOf(node);
    if (id === "") continue;
    boxOf.set(node.id, id);
    const box = boxes.get(id);
    if (box === undefined) {
      const { cluster, namespace, health } = node;
      boxes.set(id, { id, cluster, namespace, health, inbound: noTraffic(), outbound: noTraffic() });
    } else boxes.set(id, { ...box, health: worseHealth(box.health, node.health) });
  }
  for (const edge of graph.edges) {
    const source = boxOf.get(edge.source);
    const target = boxOf.get(edge.target);
    if (source === target) continue;
    const sides = [boxes.get(source ?? "")?.outbound, boxes.get(target ?? "")?.inbound];
    for (const sums of sides) {
      if (sums === undefined) continue;
      if (edge.protocol === "tcp") sums.tcpBytesPerSecond += edge.sentBytesPerSecond + edge.receivedBytesPerSecond;
      else {
        sums[`${edge.protocol}PerSecond`] += edge.requestsPerSecond;
        sums[`${edge.protocol}ErrorsPerSecond`] += edge.errorsPerSecond;
      }
    }
  }
  return boxes;
}

function noTraffic(): Sums {
  return {
    httpPerSecond: 0,
    httpErrorsPerSecond: 0,
    grpcPerSecond: 0,
    grpcErrorsPerSecond: 0,
    tcpBytesPerSecond: 0,
  };
}
