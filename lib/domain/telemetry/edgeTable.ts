/**
 * The wire form of one reading: who calls whom, how often, with what result. Columnar and dictionary-encoded, so that
 * 3,000 edges travel in tens of kilobytes and the browser derives every view from it without asking again.
 *
 *   strings    ["", "primary", "bookinfo", "reviews-v2", …]
 *   workloads  cluster | namespace | name | app | version        each cell an index into strings
 *   services   cluster | namespace | name | host                 each cell an index into strings
 *   edges      source → workloads, target → workloads, service → services, protocol → PROTOCOLS
 *   responses  edge → edges, code → strings, flags → strings, perSecond
 *   tcp        edge → edges, sent, received, opened (per second)
 *   security   edge → edges, mutualTls, reported (per second; requests for HTTP, bytes for TCP)
 *
 * Row 0 of workloads is "no workload known", row 0 of services "no service named"; all their cells are "".
 */
export const PROTOCOLS = ["http", "grpc", "tcp"] as const;
export type Protocol = (typeof PROTOCOLS)[number];

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
    readonly mutualTls: readonly number[];
    readonly reported: readonly number[];
  };
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
