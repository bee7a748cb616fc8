/** What the inspector says of a box, whether it is open or folded into one node, and whether its border is drawn or not. */
import type { Graph, GraphNode, TrafficTotals } from "#lib/domain/graph/graph.ts";
import { type GroupCounts, groupGraph } from "#lib/domain/graph/group.ts";
import type { Health, HealthReason } from "#lib/domain/health/health.ts";

export type BoxFigures = {
  readonly health: Health;
  /** Why, where it is folded; while it is open its nodes say it. */
  readonly reasons: readonly HealthReason[];
  readonly counts: Omit<GroupCounts, "namespaces">;
  /** Across its border. */
  readonly inbound: TrafficTotals;
  readonly outbound: TrafficTotals;
  /** What is drawn inside; nothing while it is folded. */
  readonly nodes: readonly GraphNode[];
};

/** Undefined where the graph holds nothing of the box. */
export function boxFigures(graph: Graph, box: string): BoxFigures | undefined {
  const folded = graph.nodes.find(({ id }) => id === box);
  if (folded !== undefined)
    return { ...folded, counts: folded.members ?? { workloads: 0, services: 0, unhealthy: 0 }, nodes: [] };
  const group = groupGraph(graph).groups.get(box);
  if (group === undefined) return undefined;
  const inside = new Set(group.nodes);
  return { ...group, reasons: [], nodes: graph.nodes.filter(({ id }) => inside.has(id)) };
}
