import type { GraphNode } from "#lib/domain/graph/graph.ts";
import { parseNodeId } from "#lib/domain/graph/ids.ts";
import { isWithheld } from "#lib/domain/graph/withheld.ts";
import type { EndScope } from "#lib/domain/telemetry/timeSeries.ts";

/** What to ask series for. Undefined for an id that no node has, and for what may not be seen. */
export function endScope(node: GraphNode): EndScope | undefined {
  const { id, type, service, callers, hosts = [] } = node;
  const key = parseNodeId(id);
  // Where what answers runs is not shown; the host is all there is to ask by.
  if (isWithheld(node)) return hosts.length > 0 ? { kind: "hosts", hosts } : undefined;
  switch (key?.kind) {
    case "service": {
      // Entries and external services go by hosts, which telemetry spells in more ways than the node is named.
      const isCalledByHost = type === "serviceEntry" || key.service.includes(".");
      return isCalledByHost && hosts.length > 0
        ? { kind: "hosts", cluster: key.cluster, hosts }
        : { ...key, ...(callers === undefined ? {} : { workloads: callers }) };
    }
    case "operation": {
      const { kind, cluster, namespace, operation } = key;
      return { kind, cluster, namespace, operation, ...(service === undefined ? {} : { service }) };
    }
    case "box":
      return { kind: "namespaces", cluster: key.cluster, namespaces: [key.namespace] };
    case "clusterBox":
      return { kind: "cluster", cluster: key.cluster };
    case "appBox": {
      const { cluster, namespace, app } = key;
      return { kind: "app", cluster, namespace, app };
    }
    case "workload":
    case "app":
    case "unknown":
    case "passthrough":
    case "blackhole":
      return key;
    default:
      return undefined;
  }
}
