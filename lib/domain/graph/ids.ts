/**
 * Ids of nodes, boxes and edges: made here, split here. Segments are percent-encoded, so any name survives.
 *
 *   workload/primary/bookinfo/reviews-v2      app/primary/bookinfo/reviews[/v2]
 *   service/primary/bookinfo/reviews          unknown/primary   passthrough/primary   blackhole/primary
 *   operation/primary/bookinfo/reviews/GetReview
 *   inaccessible/callers   inaccessible/called      all that the viewer may not see, as one that calls and one that is called
 *   box/primary   box/primary/bookinfo   box/primary/bookinfo/reviews      a cluster's, a namespace's and an app's box
 *   <source>|<target>|http
 *
 * An id names what telemetry and configuration agree on; whether a workload is a gateway does not change its id.
 */
import type { Protocol } from "#lib/domain/telemetry/edgeTable.ts";

/** Two, so that no way through the graph leads from one to the other. */
export const INACCESSIBLE_ENDS = ["callers", "called"] as const;
export type InaccessibleEnd = (typeof INACCESSIBLE_ENDS)[number];

export type NodeKey =
  | { readonly kind: "workload"; readonly cluster: string; readonly namespace: string; readonly workload: string }
  | {
      readonly kind: "app";
      readonly cluster: string;
      readonly namespace: string;
      readonly app: string;
      readonly version?: string;
    }
  | { readonly kind: "service"; readonly cluster: string; readonly namespace: string; readonly service: string }
  | {
      readonly kind: "operation";
      readonly cluster: string;
      readonly namespace: string;
      /** What is called: the service, or the workload where no service is named. */
      readonly service: string;
      readonly operation: string;
    }
  | { readonly kind: "unknown" | "passthrough" | "blackhole"; readonly cluster: string }
  | { readonly kind: "inaccessible"; readonly end: InaccessibleEnd }
  | { readonly kind: "clusterBox"; readonly cluster: string }
  | { readonly kind: "box"; readonly cluster: string; readonly namespace: string }
  | { readonly kind: "appBox"; readonly cluster: string; readonly namespace: string; readonly app: string };

export function formatNodeId(key: NodeKey): string {
  switch (key.kind) {
    case "workload":
      return join(key.kind, key.cluster, key.namespace, key.workload);
    case "app":
      return key.version === undefined
        ? join(key.kind, key.cluster, key.namespace, key.app)
        : join(key.kind, key.cluster, key.namespace, key.app, key.version);
    case "service":
      return join(key.kind, key.cluster, key.namespace, key.service);
    case "operation":
      return join(key.kind, key.cluster, key.namespace, key.service, key.operation);
    case "inaccessible":
      return join(key.kind, key.end);
    case "clusterBox":
      return join("box", key.cluster);
    case "box":
      return join("box", key.cluster, key.namespace);
    case "appBox":
      return join("box", key.cluster, key.namespace, key.app);
    default:
      return join(key.kind, key.cluster);
  }
}

function join(...segments: readonly string[]): string {
  return segments.map((segment) => encodeURIComponent(segment.toWellFormed())).join("/");
}

/** The key an id was made from; undefined for text that is no id. */
export function parseNodeId(id: string): NodeKey | undefined {
  const segments = decodeSegments(id);
  if (segments === undefined) return undefined;
  const [kind, cluster = "", namespace = "", name = "", last = ""] = segments;
  switch (`${kind}:${segments.length}`) {
    case "workload:4":
      return { kind: "workload", cluster, namespace, workload: name };
    case "app:4":
      return { kind: "app", cluster, namespace, app: name };
    case "app:5":
      return { kind: "app", cluster, namespace, app: name, version: last };
    case "service:4":
      return { kind: "service", cluster, namespace, service: name };
    case "operation:5":
      return { kind: "operation", cluster, namespace, service: name, operation: last };
    case "box:2":
      return { kind: "clusterBox", cluster };
    case "box:3":
      return { kind: "box", cluster, namespace };
    case "box:4":
      return { kind: "appBox", cluster, namespace, app: name };
    case "unknown:2":
    case "passthrough:2":
    case "blackhole:2":
      return { kind: kind as "unknown" | "passthrough" | "blackhole", cluster };
    case "inaccessible:2": {
      const end = INACCESSIBLE_ENDS.find((name) => name === cluster);
      return end === undefined ? undefined : { kind: "inaccessible", end };
    }
    default:
      return undefined;
  }
}

function decodeSegments(id: string): string[] | undefined {
  try {
    return id.split("/").map((segment) => decodeURIComponent(segment));
  } catch {
    return undefined;
  }
}

export function formatEdgeId(source: string, target: string, protocol: Protocol): string {
  return `${source}|${target}|${protocol}`;
}
