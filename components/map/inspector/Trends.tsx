"use client";
import { Sparkline } from "#components/charts/Sparkline.tsx";
import { alignRange, useSeries } from "#components/shell/useSeries.ts";
import { useTimeFormat } from "#components/shell/useTimeFormat.ts";
import { Skeleton } from "#components/ui/Skeleton.tsx";
import type { SeriesScope } from "#lib/domain/telemetry/timeSeries.ts";
import { formatBytesRate, formatMilliseconds, formatRate } from "#lib/format/quantity.ts";
import { Section } from "./parts.tsx";

const SPAN_SECONDS = 3600;
const POINTS = 120;

/** Requests, errors and 95th percentile of the hour before the moment shown. */
export function Trends(props: {
  readonly scope: SeriesScope;
  readonly direction: "inbound" | "outbound";
  readonly asOf: number;
}) {
  const range = alignRange(props.asOf, SPAN_SECONDS, POINTS);
  const { formatTime } = useTimeFormat();
  const { data, error } = useSeries(props.scope, props.direction, range);
  const which = props.scope.kind === "edge" ? "" : `${props.direction}, `;
  const title = `Last hour, ${which}until ${formatTime(range.endSeconds)}`;
  if (data === undefined) {
    return (
      <Section title={title}>
        {error === null ? (
          <div className="flex flex-col gap-3">
            <p className="sr-only">Loading the last hour</p>
            <Skeleton className="h-18.5" />
            <Skeleton className="h-18.5" />
          </div>
        ) : (
          <p className="text-ink-2">
            {error.message} {error.hint}
          </p>
        )}
      </Section>
    );
  }
  const hasTcp = data.tcpBytesPerSecond.some((value) => (value ?? 0) > 0);
  const hasRequests = data.requestsPerSecond.some((value) => (value ?? 0) > 0);
  return (
    <Section title={title}>
      <div className="flex flex-col gap-3">
        {(hasRequests || !hasTcp) && (
          <>
            <Sparkline title="Requests" values={data.requestsPerSecond} format={formatRate} />
            <Sparkline title="Errors" values={data.errorsPerSecond} format={formatRate} tone="bad" />
            {data.p95Milliseconds.some((value) => value !== null) && (
              <Sparkline title="p95" values={data.p95Milliseconds} format={formatMilliseconds} />
            )}
          </>
        )}
        {hasTcp && <Sparkline title="TCP" values={data.tcpBytesPerSecond} format={formatBytesRate} />}
        {data.warnings.map(({ message }) => (
          <p key={message} className="text-ink-2">
            {message}
          </p>
        ))}
      </div>
    </Section>
  );
}
