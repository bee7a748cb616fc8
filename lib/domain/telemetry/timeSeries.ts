/** Rates over time of one scope or object: what sparklines and the time strip draw. */

/** What the series are about. Absent cluster means "any". */
export type SeriesScope =
  | { readonly kind: "mesh" }
  | { readonly kind: "namespaces"; readonly namespaces: readonly string[] }
  | { readonly kind: "workload"; readonly cluster?: string; readonly namespace: string; readonly workload: string }
  | {
      readonly kind: "app";
      readonly cluster?: string;
      readonly namespace: string;
      readonly app: string;
      readonly version?: string;
    }
  | { readonly kind: "service"; readonly cluster?: string; readonly namespace: string; readonly service: string };

export type SeriesRequest = {
  readonly scope: SeriesScope;
  /** Calls that arrive at the scope, or calls that leave it. */
  readonly direction: "inbound" | "outbound";
  readonly startSeconds: number;
  readonly endSeconds: number;
  readonly stepSeconds: number;
};

/** Values line up with `times`; undefined is a gap (no data), 0 is a measured zero. */
export type TimeSeries = {
  /** Unix seconds, evenly spaced by the step, ascending. */
  readonly times: readonly number[];
  readonly requestsPerSecond: readonly (number | undefined)[];
  /** No response, 5xx, or a gRPC status other than 0. */
  readonly errorsPerSecond: readonly (number | undefined)[];
  readonly p95Milliseconds: readonly (number | undefined)[];
  readonly tcpBytesPerSecond: readonly (number | undefined)[];
};
