/**
 * What telemetry sources say, before any interpretation: one row for each label set a proxy reported.
 * Label meanings: https://istio.io/latest/docs/reference/config/metrics/
 * Merging the reporters into one truth is mergeReporters.ts.
 */

/** Who measured: the client's sidecar, the server's sidecar, a waypoint in between, or (TCP only) a ztunnel on either side. */
export type Reporter = "source" | "destination" | "waypoint";

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

/** One row of istio_requests_total. `perSecond` is a rate over the window. */
export type RequestReport = EdgeLabels & {
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
export type TcpReport = EdgeLabels & {
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
