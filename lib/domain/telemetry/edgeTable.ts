/**
 * The wire form of one reading: who calls whom, how often, with what result. Columnar and dictionary-encoded, so that
 * 3,000 edges travel in tens of kilobytes and the browser derives every view from it without asking again.
 *
 *   strings    ["", "primary", "bookinfo", "reviews-v2", …]
 *   workloads  cluster | namespace | name | app | version        each cell an index into strings
 *   services   cluster | namespace | name | host                 each cell an index into strings
 *   edges      source → workloads, target → workloads, service → services, protocol → PROTOCOLS, reporters (bits)
 *   responses  edge → edges, code → strings, flags → strings, perSecond
 *   tcp        edge → edges, sent, received, opened (per second)
 *   security   edge → edges, principals → strings, mutualTls, reported (per second; requests for HTTP, bytes for TCP);
 *              one row for each pair of principals
 *   messages, throughput, operations    edge → edges; absent where they were not asked for
 *   withheld   workload: the row that stands for all workloads the viewer may not see; services: rows of which only the
 *              host may be known. Absent where all may be seen.
 *
 * Row 0 of workloads is "no workload known", row 0 of services "no service named"; all their cells are "".
 */
export const PROTOCOLS = ["http", "grpc", "tcp"] as const;
export type Protocol = (typeof PROTOCOLS)[number];

/** Who reported an edge, as bits of `edges.reporters`. A ztunnel reports bytes of connections, never requests. */
export const REPORTER_BITS = { destination: 1, waypoint: 2, source: 4, ztunnel: 8 } as const;
export type EdgeReporter = keyof typeof REPORTER_BITS;

export type EdgeTable = {
  readonly strings: readonly string[];
  readonly workloads: {
    readonly cluster: readonly number[];
    readonly namespace: readonly number[];
    readonly name: readonly number[];
    readonly app: readonly number[];
    readonly version: readonly number[];
  };
  readonly services: {
    readonly cluster: readonly number[];
    readonly namespace: readonly number[];
    readonly name: readonly number[];
    readonly host: readonly number[];
  };
  readonly edges: {
    readonly source: readonly number[];
    readonly target: readonly number[];
    readonly service: readonly number[];
    readonly protocol: readonly number[];
    /** Sum of REPORTER_BITS. */
    readonly reporters: readonly number[];
  };
  readonly responses: {
    readonly edge: readonly number[];
    readonly code: readonly number[];
    readonly flags: readonly number[];
    readonly perSecond: readonly number[];
  };
  readonly tcp: {
    readonly edge: readonly number[];
    readonly sentBytesPerSecond: readonly number[];
    readonly receivedBytesPerSecond: readonly number[];
    readonly connectionsOpenedPerSecond: readonly number[];
  };
  readonly security: {
    readonly edge: readonly number[];
    readonly sourcePrincipal: readonly number[];
    readonly destinationPrincipal: readonly number[];
    readonly mutualTls: readonly number[];
    readonly reported: readonly number[];
  };
  /** gRPC messages a second, from the client's point of view. */
  readonly messages?: {
    readonly edge: readonly number[];
    readonly sentPerSecond: readonly number[];
    readonly receivedPerSecond: readonly number[];
  };
  /** Body bytes a second. */
  readonly throughput?: {
    readonly edge: readonly number[];
    readonly requestBytesPerSecond: readonly number[];
    readonly responseBytesPerSecond: readonly number[];
  };
  /** Requests a second by operation, code and flags (all three → strings). */
  readonly operations?: {
    readonly edge: readonly number[];
    readonly operation: readonly number[];
    readonly code: readonly number[];
    readonly flags: readonly number[];
    readonly perSecond: readonly number[];
  };
  /** What domain/access/cutEdgeTable.ts hid. All cells of that workload are "", as those of row 0. */
  readonly withheld?: { readonly workload?: number; readonly services: readonly number[] };
};

/** Durations of the edges of one EdgeTable: means for all, cumulative buckets (aligned with `le`, ms) for some. */
export type LatencyTable = {
  readonly le: readonly (number | "+Inf")[];
  readonly edge: readonly number[];
  readonly millisecondsPerSecond: readonly number[];
  readonly countPerSecond: readonly number[];
  /** One entry a row: cumulative rates for each `le`, or null where percentiles were not asked for. */
  readonly buckets: readonly (readonly number[] | null)[];
};
