"use client";
import { type KeyboardEvent, type PointerEvent, useState } from "react";
import { areaPath, highest, linePath, summarize } from "#components/charts/linePath.ts";
import { useChanges } from "#components/shell/useChanges.ts";
import { useSeries } from "#components/shell/useSeries.ts";
import { useTimeFormat } from "#components/shell/useTimeFormat.ts";
import { Skeleton } from "#components/ui/Skeleton.tsx";
import type { ChangesDocument } from "#lib/api/changes.ts";
import type { SeriesScope } from "#lib/domain/telemetry/timeSeries.ts";
import { formatRate } from "#lib/format/quantity.ts";
import { ChangeMarks } from "./changes/ChangeMarks.tsx";
import { countChanges } from "./changes/changeWords.ts";
import { momentAt, moveMoment, shareOfRange, stripRange } from "./timeRange.ts";

const WIDTH = 1000;
const HEIGHT = 44;
/** Errors up to this share of the peak of requests share one scale, so that a few in a million stay small. */
const MAGNIFIED_SHARE = 0.02;
const STEPS: Readonly<Record<string, number>> = {
  ArrowLeft: -1,
  ArrowDown: -1,
  ArrowRight: 1,
  ArrowUp: 1,
  PageDown: -20,
  PageUp: 20,
};

/**
 * Requests and errors of the scope over an hour, marked where its configuration changed; a click, a drag or the arrow keys
 * choose the moment that is shown.
 */
export function TimeStrip(props: {
  readonly namespaces: readonly string[];
  readonly nowSeconds: number;
  readonly atSeconds: number | undefined;
  /** Rises when the configuration changes. */
  readonly configurationVersion: number;
  readonly onMoment: (atSeconds: number | undefined) => void;
}) {
  const { namespaces, nowSeconds, atSeconds, onMoment } = props;
  const scope: SeriesScope = namespaces.length === 0 ? { kind: "mesh" } : { kind: "namespaces", namespaces };
  const [dragged, setDragged] = useState<{ readonly at: number | undefined }>();
  const range = stripRange(nowSeconds, atSeconds);
  const { data, error } = useSeries(scope, "inbound", range);
  const changes = useChanges({ ...range, namespaces }, props.configurationVersion).data;
  const { formatTime, formatMoment } = useTimeFormat();
  const shown = dragged === undefined ? atSeconds : dragged.at;
  const cursor = (shown === undefined ? 1 : shareOfRange(range, shown)) * WIDTH;

  const momentUnder = (event: PointerEvent<HTMLElement>) => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    return momentAt(range, (event.clientX - left) / width, nowSeconds);
  };
  const onKey = (event: KeyboardEvent) => {
    const steps = STEPS[event.key];
    if (event.key === "End") onMoment(undefined);
    else if (event.key === "Home") onMoment(range.startSeconds);
    else if (steps !== undefined) onMoment(moveMoment(range, atSeconds, steps, nowSeconds));
    else return;
    event.preventDefault();
  };

  return (
    <section aria-label="Time" className="flex h-18 shrink-0 border-t border-hairline bg-panel text-12">
      <div className="relative min-w-0 flex-1">
        <div
          role="slider"
          tabIndex={0}
          aria-label="Moment shown"
          aria-valuemin={range.startSeconds}
          aria-valuemax={range.endSeconds}
          aria-valuenow={shown ?? range.endSeconds}
          aria-valuetext={shown === undefined ? "now" : formatMoment(shown)}
          onKeyDown={onKey}
          onPointerDown={(event) => {
            event.currentTarget.setPointerCapture(event.pointerId);
            setDragged({ at: momentUnder(event) });
          }}
          onPointerMove={(event) => {
            if (dragged !== undefined) setDragged({ at: momentUnder(event) });
          }}
          onPointerUp={(event) => {
            setDragged(undefined);
            onMoment(momentUnder(event));
          }}
          onPointerCancel={() => setDragged(undefined)}
          className="relative size-full cursor-col-resize touch-none focus-visible:-outline-offset-2"
        >
          {data === undefined ? (
            <div className="flex h-full items-center px-4 text-ink-2">
              {error === null ? <Skeleton className="h-8 w-full" /> : `${error.message} ${error.hint}`}
            </div>
          ) : (
            <svg
              aria-hidden="true"
              viewBox={`0 0 ${WIDTH} ${HEIGHT + 8}`}
              preserveAspectRatio="none"
              className="absolute inset-x-0 top-0 h-13 w-full"
            >
              <Curves requests={data.requestsPerSecond} errors={data.errorsPerSecond} />
            </svg>
          )}
          <svg
            aria-hidden="true"
            viewBox={`0 0 ${WIDTH} 72`}
            preserveAspectRatio="none"
            className="absolute inset-0 size-full overflow-visible"
          >
            <line
              x1={cursor}
              x2={cursor}
              y1={0}
              y2={72}
              vectorEffect="non-scaling-stroke"
              className="stroke-accent stroke-[1.5]"
            />
          </svg>
          <div className="pointer-events-none absolute inset-x-2 bottom-0.5 flex justify-between text-ink-3">
            <span>{formatTime(range.startSeconds)}</span>
            <span className="font-medium text-accent">{shown === undefined ? "" : formatTime(shown)}</span>
            <span>{formatTime(range.endSeconds)}</span>
          </div>
        </div>
        {changes !== undefined && <ChangeMarks changes={changes.changes} range={range} onMoment={onMoment} />}
      </div>
      <StripFigures requests={data?.requestsPerSecond} errors={data?.errorsPerSecond} changes={changes} />
    </section>
  );
}

type Rates = readonly (number | null)[];

/**
 * Both begin at zero. Errors are magnified, since on the scale of requests the first of an incident would be a hair at
 * the bottom: 2 % of the peak fill half of the height, more than that still no more than half.
 */
function Curves({ requests, errors }: { readonly requests: Rates; readonly errors: Rates }) {
  const plot = { width: WIDTH, height: HEIGHT, top: highest(requests) };
  const errorPlot = { ...plot, top: 2 * highest(errors, MAGNIFIED_SHARE * plot.top) };
  return (
    <g transform="translate(0 6)">
      <path d={areaPath(requests, plot)} className="fill-ink-3 opacity-15" />
      <path
        d={linePath(requests, plot)}
        vectorEffect="non-scaling-stroke"
        className="fill-none stroke-ink-3 stroke-[1.25]"
      />
      <path d={areaPath(errors, errorPlot)} className="fill-failing opacity-25" />
      <path
        d={linePath(errors, errorPlot)}
        vectorEffect="non-scaling-stroke"
        className="fill-none stroke-failing stroke-1"
      />
    </g>
  );
}

/** What the curves and marks are: the value each reaches at its highest, and how many; without data there is none. */
function StripFigures({
  requests,
  errors,
  changes,
}: {
  readonly requests: Rates | undefined;
  readonly errors: Rates | undefined;
  readonly changes: ChangesDocument | undefined;
}) {
  return (
    <dl className="hidden w-48 shrink-0 grid-cols-[auto_1fr] content-center gap-x-3 gap-y-0.5 border-l border-hairline px-4 wide:grid">
      <dt className="text-ink-2">Peak requests</dt>
      <dd className="text-right">{formatRate(requests && summarize(requests)?.max)}</dd>
      <dt className="text-failing-text">Peak errors</dt>
      <dd className="text-right">{formatRate(errors && summarize(errors)?.max)}</dd>
      <dt className="text-ink-2">Changes</dt>
      <dd className="text-right">{countChanges(changes)}</dd>
    </dl>
  );
}
