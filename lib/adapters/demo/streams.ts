/**
 * What telemetry is made of. A stream is one label set of one reporter, and lives as long as the mesh; a flow says how
 * many of a stream's events one request of a call graph's node makes, and lives as long as the configuration. Only
 * request_operation is a flow's own: few ask for it, and the others want its parts as one.
 */
import type { EdgeLabels, Reporter } from "#lib/domain/telemetry/reports.ts";
import type { Workload } from "./meshView.ts";
import type { ResponseTime } from "./responseTime.ts";
import type { ServiceIdentity } from "./routing.ts";

export type Stream = {
  /** Its place among all streams: arrays of figures are kept by it. */
  readonly index: number;
  /** "messages": of a gRPC stream that stays open, which has no result to report yet. */
  readonly kind: "request" | "messages" | "tcp";
  readonly reporter: Reporter;
  readonly edge: EdgeLabels;
  /** The `app` and `version` labels of the peers as such; "unknown" where absent. */
  readonly peers: {
    readonly sourceApp: string;
    readonly sourceVersion: string;
    readonly destinationApp: string;
    readonly destinationVersion: string;
  };
  readonly sourcePrincipal: string;
  readonly destinationPrincipal: string;
  readonly protocol: string;
  readonly responseCode: string;
  readonly grpcStatus: string;
  readonly responseFlags: string;
  readonly securityPolicy: string;
  /** Namespace and `app` label of the reporting pods. */
  readonly reporterNamespace: string;
  readonly reporterApp: string;
  /** Whether sums over the mesh count this stream: every call is told by exactly one such stream. */
  readonly counted: boolean;
};

/** A part of a stream: so many of its events for one request of a node. */
export type Flow = {
  readonly stream: Stream;
  /** Place of the node in the call graph. */
  readonly node: number;
  readonly perRequest: number;
  readonly pods: readonly string[];
  /** Only of requests. */
  readonly time?: ResponseTime | undefined;
  /** Label request_operation; "" where the reporter does not name operations. */
  readonly operation: string;
  /** Bytes, gRPC messages and connections of one event. */
  readonly requestBytes: number;
  readonly responseBytes: number;
  readonly requestMessages: number;
  readonly responseMessages: number;
  readonly connections: number;
};

/** Finds the stream of a key, or makes it. */
export type StreamOf = (key: string, make: () => Omit<Stream, "index">) => Stream;

/** One end of a call; undefined where the reporter cannot tell who it is. */
export type Peer = Workload | undefined;

/** Istio's labels of an edge; what is not known is "unknown", and its revision "latest". */
export function edgeLabels(from: Peer, to: Peer, service: ServiceIdentity): EdgeLabels {
  return {
    sourceCluster: from?.cluster ?? "unknown",
    sourceNamespace: from?.namespace ?? "unknown",
    sourceWorkload: from?.name ?? "unknown",
    sourceApp: from?.app ?? "unknown",
    sourceVersion: from?.version ?? "latest",
    destinationCluster: to?.cluster ?? "unknown",
    destinationServiceNamespace: service.namespace,
    destinationService: service.host,
    destinationServiceName: service.name,
    destinationNamespace: to?.namespace ?? "unknown",
    destinationWorkload: to?.name ?? "unknown",
    destinationApp: to?.app ?? "unknown",
    destinationVersion: to?.version ?? "latest",
  };
}

/** Labels of the peers that repeat their pods' labels. */
export function peerLabels(from: Peer, to: Peer): Stream["peers"] {
  return {
    sourceApp: from?.labels["app"] ?? "unknown",
    sourceVersion: from?.labels["version"] ?? "unknown",
    destinationApp: to?.labels["app"] ?? "unknown",
    destinationVersion: to?.labels["version"] ?? "unknown",
  };
}
