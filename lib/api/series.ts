/** GET /api/v1/series: rates over time of a scope or object, for sparklines and the time strip. */
import { z } from "zod";
import type { SeriesScope, TimeSeries } from "#lib/domain/telemetry/timeSeries.ts";
import { warningSchema } from "./reading.ts";

const values = z.array(z.number().nullable());

export const seriesSchema = z.object({
  startSeconds: z.number(),
  stepSeconds: z.number(),
  requestsPerSecond: values,
  errorsPerSecond: values,
  p95Milliseconds: values,
  tcpBytesPerSecond: values,
  /** What is missing from them. */
  warnings: z.array(warningSchema),
});
export type Series = z.infer<typeof seriesSchema>;

/**
 * Query form of a scope: `mesh`, `namespaces:a,b`, `workload:ns/name`, `app:ns/name[/version]`, `service:ns/name`
 * (with `/workload…` that it stands for as a caller), `hosts:a,b`, `operation:ns/operation[/service]`, `unknown:`,
 * `passthrough:`, `blackhole:`, where `@cluster` may follow; `cluster:@cluster`; `edge:<from>><to>` of any two but `mesh`.
 */
export function formatScope(scope: SeriesScope): string {
  const part = (name: string) => encodeURIComponent(name.toWellFormed());
  if (scope.kind === "mesh") return "mesh";
  if (scope.kind === "edge") return `edge:${formatScope(scope.from)}>${formatScope(scope.to)}`;
  const suffix = scope.cluster === undefined ? "" : `@${part(scope.cluster)}`;
  switch (scope.kind) {
    case "namespaces":
      return `namespaces:${scope.namespaces.map(part).join(",")}${suffix}`;
    case "workload":
      return `workload:${part(scope.namespace)}/${part(scope.workload)}${suffix}`;
    case "service":
      return `service:${[scope.namespace, scope.service, ...(scope.workloads ?? [])].map(part).join("/")}${suffix}`;
    case "app": {
      const version = scope.version === undefined ? "" : `/${part(scope.version)}`;
      return `app:${part(scope.namespace)}/${part(scope.app)}${version}${suffix}`;
    }
    case "hosts":
      return `hosts:${scope.hosts.map(part).join(",")}${suffix}`;
    case "operation": {
      const service = scope.service === undefined ? "" : `/${part(scope.service)}`;
      return `operation:${part(scope.namespace)}/${part(scope.operation)}${service}${suffix}`;
    }
    default:
      return `${scope.kind}:${suffix}`;
  }
}

/** The wire form: null stands for a gap, since JSON has no undefined. */
export function toSeries(series: TimeSeries, stepSeconds: number): Series {
  const gaps = (column: readonly (number | undefined)[]) => column.map((value) => value ?? null);
  return {
    startSeconds: series.times[0] ?? 0,
    stepSeconds,
    requestsPerSecond: gaps(series.requestsPerSecond),
    errorsPerSecond: gaps(series.errorsPerSecond),
    p95Milliseconds: gaps(series.p95Milliseconds),
    tcpBytesPerSecond: gaps(series.tcpBytesPerSecond),
    warnings: [...series.warnings],
  };
}
