"use client";
import { CircleAlert, CircleDashed, Lock } from "lucide-react";
import type { ApiError } from "#components/shell/apiClient.ts";
import { SourceList } from "#components/shell/SourceStatus.tsx";
import { Button } from "#components/ui/Button.tsx";
import { EmptyState } from "#components/ui/EmptyState.tsx";
import { Skeleton } from "#components/ui/Skeleton.tsx";
import type { Reading } from "#lib/api/reading.ts";
import { formatSpan } from "#lib/format/time.ts";
import type { ViewChange } from "./useViewState.ts";
import type { MapViewState } from "./viewState.ts";

/** Where the map will be, while the first reading is on its way; a slow one is spoken of. */
export function LoadingMap() {
  return (
    <div className="relative h-full overflow-hidden" role="status">
      <p className="sr-only">Loading the map</p>
      <div className="absolute inset-6 grid grid-cols-2 gap-6 roomy:grid-cols-3">
        {["a", "b", "c", "d", "e", "f"].map((box) => (
          <div key={box} className="flex flex-col gap-6 rounded-md border border-hairline p-4">
            <Skeleton className="h-4 w-28" />
            <div className="grid flex-1 grid-cols-3 place-items-center">
              <Skeleton className="size-7" />
              <Skeleton className="size-7" />
              <Skeleton className="size-7" />
            </div>
          </div>
        ))}
      </div>
      <p className="absolute inset-x-0 top-1/2 mx-auto w-96 max-w-full animate-late rounded-md border border-hairline bg-raised p-4 text-center">
        The metrics server has not answered yet. It is given the time of MESHSCOPE_PROMETHEUS_TIMEOUT_SECONDS; if it
        fails, this says why.
      </p>
    </div>
  );
}

/** The first reading could not be had: what is wrong, what to do, and again. */
export function FailedMap({ error, onRetry }: { readonly error: ApiError; readonly onRetry: () => void }) {
  return (
    <EmptyState
      alert
      icon={<CircleAlert aria-hidden size={28} className="text-failing" />}
      title={error.message}
      action={
        <Button look="primary" onClick={onRetry}>
          Try again
        </Button>
      }
    >
      {error.hint}
      {error.sources.length > 0 && (
        <section aria-label="Data sources" className="mt-6 w-104 max-w-full text-left">
          <SourceList sources={error.sources} />
        </section>
      )}
    </EmptyState>
  );
}

/** A reading without anything in scope: why that can be, and what to do about it. */
export function EmptyMap({
  view,
  warnings,
  onChange,
}: {
  readonly view: MapViewState;
  readonly warnings: Reading["warnings"];
  readonly onChange: (change: ViewChange) => void;
}) {
  const unscraped = warnings.find(({ code }) => code === "no-istio-metrics");
  if (unscraped !== undefined) {
    return (
      <EmptyState icon={<CircleDashed aria-hidden size={28} />} title="No metrics of a mesh yet">
        {unscraped.message} {unscraped.hint}
      </EmptyState>
    );
  }
  const unseen = warnings.find(({ code }) => code === "no-namespace-visible");
  if (unseen !== undefined) {
    return (
      <EmptyState icon={<Lock aria-hidden size={28} />} title={unseen.message}>
        {unseen.hint}
      </EmptyState>
    );
  }
  const filtered = view.namespaces.length > 0 || view.clusters.length > 0;
  return (
    <EmptyState
      icon={<CircleDashed aria-hidden size={28} />}
      title={filtered ? "No traffic in what you chose" : "No traffic yet"}
      action={
        <>
          {filtered && (
            <Button look="primary" onClick={() => onChange({ namespaces: [], clusters: [] })}>
              Show the whole mesh
            </Button>
          )}
          {view.windowSeconds < 3600 && <Button onClick={() => onChange({ windowSeconds: 3600 })}>Look at 1h</Button>}
          {!view.idleNodes && <Button onClick={() => onChange({ idleNodes: true })}>Show idle nodes</Button>}
        </>
      }
    >
      {filtered
        ? `Nothing was called in or from here during ${formatSpan(view.windowSeconds)}.`
        : `No proxy reported a request during ${formatSpan(view.windowSeconds)}. Workloads show up with their first call; without a sidecar or ambient mode they never do.`}
    </EmptyState>
  );
}
