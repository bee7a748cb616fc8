/**
 * What telemetry sources say, before any interpretation: one row for each label set a proxy reported.
 * Label meanings: https://istio.io/latest/docs/reference/config/metrics/
 * Merging the reporters into one truth is mergeReporters.ts.
 */
import type { QualityNote } from "./quality.ts";

/** Who measured: the client's sidecar, the server's sidecar, a waypoint in between, or (TCP only) a ztunnel on either side. */
export type Reporter = "source" | "destination" | "waypoint";

/** Closest to the server first: the order in which reporters are believed. */
export const REPORTERS: readonly Reporter[] = ["destination", "waypoint", "source"];

/** What is read only when a view asks for it: each costs a mesh-wide query of its own. */
export const DETAILS = ["messages", "throughput", "operations"] as const;
export type Detail = (typeof DETAILS)[number];

/** The thirteen labels that name an edge. Values as reported; "" where the label is absent, "unknown" where Istio says so. */
export type EdgeLabels = {
  readonly sourceCluster: string;
  readonly sourceNamespace: string;
  readonly sourceWorkload: string;
  readonly sourceApp: string;
  readonly sourceVersion: string;
  readonly destinationCluster: string;
  readonly destinationServiceNamespace: string;
  /** The host called: FQDN, external host, or an address. */
  readonly destinationService: string;
  readonly destinationServiceName: string;
  readonly destinationNamespace: string;
  readonly destinationWorkload: string;
  readonly destinationApp: string;
  readonly destinationVersion: string;
};

/** The identities of a connection, from the reports of its server's side; "" or "unknown" where not known. */
export type PrincipalLabels = { readonly sourcePrincipal: string; readonly destinationPrincipal: string };

/** One row of istio_requests_total. `perSecond` is a rate over the window. */
export type RequestReport = EdgeLabels &
  PrincipalLabels & {
    readonly reporter: Reporter;
    /** request_protocol: "http", "grpc", … */
    readonly protocol: string;
    /** response_code as reported; "0" when there was no response. */
    readonly responseCode: string;
    /** grpc_response_status; "" on HTTP rows. */
    readonly grpcStatus: string;
    /** response_flags; "-" when none. */
    readonly responseFlags: string;
    /** connection_security_policy: "mutual_tls", "none", "unknown" (always so at the source) or "". */
    readonly securityPolicy: string;
    readonly perSecond: number;
  };

/** One row of istio_tcp_*: bytes are seen from the server, so "received" is what the client sent (istio#32399). */
export type TcpReport = EdgeLabels &
  PrincipalLabels & {
    readonly reporter: Reporter;
    /** The `app` pod label of the reporting proxy: "ztunnel" tells L4 legs of ambient traffic. "" where dropped. */
    readonly reporterApp: string;
    readonly responseFlags: string;
    readonly securityPolicy: string;
    readonly metric: "sentBytes" | "receivedBytes" | "connectionsOpened";
    readonly perSecond: number;
  };

export type ReportWarning = { readonly code: string; readonly message: string; readonly hint?: string };

export type RateReport = {
  /** The moment the rates end at, unix seconds. */
  readonly atSeconds: number;
  /** The window actually used: wider than asked when it held fewer than four scrapes. */
  readonly windowSeconds: number;
  readonly requests: readonly RequestReport[];
  readonly tcp: readonly TcpReport[];
  readonly warnings: readonly ReportWarning[];
  /** Series that were left out or repaired while decoding, and why. */
  readonly quality: readonly QualityNote[];
};

/** gRPC messages: istio_request_messages_total ("sent", by the client) and istio_response_messages_total ("received"). */
export type MessageReport = EdgeLabels & {
  readonly reporter: Reporter;
  readonly metric: "sent" | "received";
  readonly perSecond: number;
};

/** Body bytes of requests and responses: istio_request_bytes_sum and istio_response_bytes_sum as rates. */
export type ThroughputReport = EdgeLabels & {
  readonly reporter: Reporter;
  readonly protocol: string;
  readonly metric: "requestBytes" | "responseBytes";
  readonly perSecond: number;
};

/** Requests by the request_operation a Telemetry or attribute-generation filter gave them. */
export type OperationReport = EdgeLabels & {
  readonly reporter: Reporter;
  readonly protocol: string;
  readonly operation: string;
  readonly responseCode: string;
  readonly grpcStatus: string;
  readonly responseFlags: string;
  readonly perSecond: number;
};

/** Absent parts were not asked for; empty ones are not reported by this mesh. */
export type DetailReport = {
  readonly atSeconds: number;
  readonly windowSeconds: number;
  readonly messages?: readonly MessageReport[];
  readonly throughput?: readonly ThroughputReport[];
  readonly operations?: readonly OperationReport[];
  readonly warnings: readonly ReportWarning[];
  readonly quality: readonly QualityNote[];
};

/** Time spent in requests: istio_request_duration_milliseconds_sum and _count as rates. Their quotient is the mean in ms. */
export type DurationReport = EdgeLabels & {
  readonly reporter: Reporter;
  readonly protocol: string;
  readonly millisecondsPerSecond: number;
  readonly countPerSecond: number;
};

/** One cumulative histogram bucket (`le` in milliseconds, Infinity for "+Inf") as a rate. */
export type BucketReport = EdgeLabels & {
  readonly reporter: Reporter;
  readonly protocol: string;
  readonly le: number;
  readonly perSecond: number;
};

export type LatencyReport = {
  readonly atSeconds: number;
  readonly windowSeconds: number;
  readonly durations: readonly DurationReport[];
  readonly buckets: readonly BucketReport[];
  readonly warnings: readonly ReportWarning[];
};
