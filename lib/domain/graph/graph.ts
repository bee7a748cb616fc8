/** The service graph as drawn, exported and tested: the finished, immutable result of buildGraph. */

import type { Health, HealthReason } from "#lib/domain/health/health.ts";
import type { ProxySyncCount, Replicas } from "#lib/domain/health/judgePods.ts";
import type { DataPlaneMode, ServiceFlag } from "#lib/domain/mesh/meshNodes.ts";
import type { EdgeReporter } from "#lib/domain/telemetry/edgeTable.ts";
import type { Latency, LatencyShare } from "#lib/domain/telemetry/latency.ts";

export const GRAPH_TYPES = ["workload", "app", "versionedApp", "service"] as const;
export type GraphType = (typeof GRAPH_TYPES)[number];

export type NodeType =
  | "workload"
  | "app"
  | "service"
  | "serviceEntry"
  | "gateway"
  | "waypoint"
  | "operation"
  | "unknown"
  | "passthrough"
  | "blackhole"
  | "box";

/**
 * idle: known to configuration, no traffic in the window · outOfMesh: its pods run no proxy · dead: traffic, but nothing
 * by that name is configured · trafficSource: only sends · database: only receives TCP · outside: its namespace is not
 * one of the chosen ones · inaccessible: the viewer, or the process itself, may not see its namespace · workloadEntry: it runs on machines
 * outside the cluster.
 */
export type NodeFlag =
  | ServiceFlag
  | "idle"
  | "outOfMesh"
  | "ambient"
  | "dead"
  | "trafficSource"
  | "database"
  | "outside"
  | "inaccessible"
  | "workloadEntry";

/** Sums over the edges at one side of a node. Units: requests or bytes a second. */
export type TrafficTotals = {
  readonly httpPerSecond: number;
  readonly httpErrorsPerSecond: number;
  readonly grpcPerSecond: number;
  readonly grpcErrorsPerSecond: number;
  readonly tcpBytesPerSecond: number;
};

export type GraphNode = {
  readonly id: string;
  readonly type: NodeType;
  readonly cluster: string;
  /** "" for nodes outside every namespace (unknown, PassthroughCluster). */
  readonly namespace: string;
  /** What to write under the glyph. */
  readonly label: string;
  readonly workload?: string;
  readonly app?: string;
  readonly version?: string;
  readonly service?: string;
  /** Only for operations: the request_operation. */
  readonly operation?: string;
  /** Hosts of a service, service entry or gateway. */
  readonly hosts?: readonly string[];
  /** Only in the service graph: the workloads whose calls are drawn from this service. */
  readonly callers?: readonly string[];
  readonly mode?: DataPlaneMode;
  readonly replicas?: Replicas;
  readonly proxies?: ProxySyncCount;
  readonly health: Health;
  /** Why the health is not "healthy", worst first. */
  readonly reasons: readonly HealthReason[];
  readonly flags: readonly NodeFlag[];
  /** Values of each label among what the node stands for; absent where labels were not asked for. */
  readonly labels?: Readonly<Record<string, readonly string[]>>;
  readonly inbound: TrafficTotals;
  readonly outbound: TrafficTotals;
  /** Only for boxes: what is folded into this one. Namespaces only where it is a cluster. */
  readonly members?: {
    readonly namespaces?: number;
    readonly workloads: number;
    readonly services: number;
    readonly unhealthy: number;
  };
};

/** A share of an edge's requests: `code` is an HTTP status, a gRPC status, or "-" for no response. `flags` are Envoy's. */
export type ResponseRate = {
  readonly code: string;
  readonly flags: string;
  readonly host: string;
  readonly perSecond: number;
};

/** Body bytes a second of requests and responses. */
export type Throughput = { readonly requestBytesPerSecond: number; readonly responseBytesPerSecond: number };

/** gRPC messages a second, from the client's point of view. */
export type Messages = { readonly sentPerSecond: number; readonly receivedPerSecond: number };

/** Two identities that talked, the share of the edge's traffic between them and how much of that was mutual TLS (0–100). */
export type PrincipalPair = {
  /** "" where the connection carried none. */
  readonly source: string;
  readonly target: string;
  readonly trafficPercent: number;
  readonly mtlsPercent: number;
};

type EdgeBase = {
  readonly id: string;
  readonly source: string;
  readonly target: string;
  readonly health: Health;
  readonly reasons: readonly HealthReason[];
  /** Share of traffic over mutual TLS, 0–100; absent when no reporter could tell. */
  readonly mtlsPercent?: number;
  /** Busiest first; empty when no reporter could tell. */
  readonly principals: readonly PrincipalPair[];
  /** Who reported it: without "destination" or "waypoint", only clients say so. */
  readonly reporters: readonly EdgeReporter[];
};

export type RequestEdge = EdgeBase & {
  readonly protocol: "http" | "grpc";
  readonly requestsPerSecond: number;
  /** No response, 5xx, or a gRPC status other than 0. 4xx are counted apart. */
  readonly errorsPerSecond: number;
  readonly errorPercent: number;
  readonly clientErrorsPerSecond: number;
  readonly responses: readonly ResponseRate[];
  readonly latency?: Latency;
  /** Absent where it was not asked for, or not reported. */
  readonly throughput?: Throughput;
  /** Only for gRPC; absent where they were not asked for, or not reported. */
  readonly messages?: Messages;
};

export type TcpEdge = EdgeBase & {
  readonly protocol: "tcp";
  /** Sent by the server, received by the server (Istio's point of view, istio#32399). */
  readonly sentBytesPerSecond: number;
  readonly receivedBytesPerSecond: number;
  readonly connectionsOpenedPerSecond: number;
};

export type GraphEdge = RequestEdge | TcpEdge;

export type Graph = {
  readonly graphType: GraphType;
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  /** By id of an edge, what its latency was computed from: percentiles of several edges come from these, not from theirs. */
  readonly latencyShares?: ReadonlyMap<string, readonly LatencyShare[]>;
};
