/** Rates over time of one scope or object: what sparklines and the time strip draw. */

/** What a call leaves or arrives at. Absent cluster means "any". */
export type EndScope =
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

/**
 * What the series are about. An edge is the calls from one end to another; from a Service to a workload or app these
 * are the calls through that Service that reach it, since a Service itself calls nobody.
 */
export type SeriesScope =
  | { readonly kind: "mesh" }
  | EndScope
  | { readonly kind: "edge"; readonly from: EndScope; readonly to: EndScope };

/** Whether the calls of an edge go through its source, a Service, rather than start there. */
export function passesThrough(from: EndScope, to: EndScope): boolean {
  return from.kind === "service" && to.kind !== "service";
}

export type SeriesRequest = {
  readonly scope: SeriesScope;
  /** Calls that arrive at the scope, or calls that leave it. Of an edge there is only one kind. */
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
