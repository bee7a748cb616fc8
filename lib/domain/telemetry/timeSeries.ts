/** Rates over time of one scope or object: what sparklines and the time strip draw. */
import type { ReportWarning } from "./reports.ts";

/**
 * What a call leaves or arrives at. Absent cluster means "any".
 *
 * - service: what calls it; where it stands for a caller, the calls of `workloads`, or of its app where none are named.
 * - hosts: the names a ServiceEntry or an external service was called by, as telemetry says them.
 * - operation: calls that ask for it, of a Service, or of any workload in the namespace where no service is named.
 * - unknown: callers without any name. passthrough, blackhole: Envoy's clusters, where no workload is known behind them.
 *   Their cluster is that of the other end.
 */
export type EndScope =
  | { readonly kind: "cluster"; readonly cluster: string }
  | ({ readonly kind: "namespaces"; readonly namespaces: readonly string[] } & Place)
  | ({ readonly kind: "workload"; readonly namespace: string; readonly workload: string } & Place)
  | ({ readonly kind: "app"; readonly namespace: string; readonly app: string; readonly version?: string } & Place)
  | ({
      readonly kind: "service";
      readonly namespace: string;
      readonly service: string;
      readonly workloads?: readonly string[];
    } & Place)
  | { readonly kind: "hosts"; readonly cluster?: string; readonly hosts: readonly string[] }
  | ({
      readonly kind: "operation";
      readonly namespace: string;
      readonly operation: string;
      readonly service?: string;
    } & Place)
  | { readonly kind: (typeof NAMELESS)[number]; readonly cluster?: string };

type Place = {
  readonly cluster?: string;
  /** Calls whose cluster telemetry does not know are left out: they may be of a namespace of this name elsewhere. */
  readonly exact?: true;
};

/** Ends that are one a cluster. */
export const NAMELESS = ["unknown", "passthrough", "blackhole"] as const;

/** Names Envoy gives to the clusters that stand for "anywhere" and "nowhere". */
export const ENVOY_SERVICES = { passthrough: "PassthroughCluster", blackhole: "BlackHoleCluster" } as const;

/**
 * What the series are about. An edge is the calls from one end to another; from a Service to a workload or app these
 * are the calls through that Service that reach it, since a Service itself calls nobody; so are those of an operation.
 */
export type SeriesScope =
  | { readonly kind: "mesh" }
  | EndScope
  | { readonly kind: "edge"; readonly from: EndScope; readonly to: EndScope };

/** Whether the calls of an edge go through its source, a Service or an operation, rather than start there. */
export function passesThrough(from: EndScope, to: EndScope): boolean {
  if (from.kind === "operation") return true;
  const isService = (from.kind === "service" && from.workloads === undefined) || from.kind === "hosts";
  return (
    isService && (to.kind === "workload" || to.kind === "app" || to.kind === "namespaces" || to.kind === "cluster")
  );
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
  /** What is missing from them. */
  readonly warnings: readonly ReportWarning[];
};
