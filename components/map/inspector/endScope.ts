import type { GraphNode } from "#lib/domain/graph/graph.ts";
import { parseNodeId } from "#lib/domain/graph/ids.ts";
import type { EndScope } from "#lib/domain/telemetry/timeSeries.ts";

/** What to ask series for; undefined for nodes that telemetry has no name for. */
export function endScope(node: GraphNode): EndScope | undefined {
  const key = parseNodeId(node.id);
  if (key === undefined || node.type === "serviceEntry") return undefined;
  switch (key.kind) {
    case "workload":
    case "app":
    case "service":
      return key;
    case "box":
      return { kind: "namespaces", namespaces: [key.namespace] };
    default:
      return undefined;
  }
}
