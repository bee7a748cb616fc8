"use client";
import clsx from "clsx";
import { CircleAlert, CircleCheck, LoaderCircle } from "lucide-react";
import { controlClass } from "#components/ui/Button.tsx";
import { PopoverPanel } from "#components/ui/PopoverPanel.tsx";
import type { SourceView } from "#lib/api/reading.ts";
import { formatSpan } from "#lib/format/time.ts";
import { ClusterFacts } from "./ClusterFacts.tsx";
import { useTimeFormat } from "./useTimeFormat.ts";

const CLUSTER_ID = "cluster/";

const STATES = {
  ok: { Icon: CircleCheck, word: "answers", className: "text-healthy-text" },
  starting: { Icon: LoaderCircle, word: "starting", className: "text-ink-3" },
  failing: { Icon: CircleAlert, word: "does not answer", className: "text-failing-text" },
} as const;

/** Where the data come from and how each source is doing: what, since when, what to do, when it is tried again. */
export function SourceStatus({ sources }: { readonly sources: readonly SourceView[] }) {
  const failing = sources.filter((source) => source.status.state === "failing").length;
  const starting = sources.filter((source) => source.status.state === "starting").length;
  const state = failing > 0 ? "failing" : starting > 0 ? "starting" : "ok";
  const label =
    failing > 0 ? `${failing} of ${sources.length} sources failing` : starting > 0 ? "Sources starting" : "Sources";
  const { Icon, className } = STATES[state];
  return (
    <PopoverPanel
      title="Data sources"
      align="end"
      className="w-96"
      trigger={
        <button type="button" className={controlClass("quiet")} aria-label={`Data sources: ${label}`}>
          <Icon aria-hidden size={15} className={className} />
          <span className={clsx("hidden roomy:inline", failing > 0 && className)}>{label}</span>
        </button>
      }
    >
      <SourceList sources={sources} />
    </PopoverPanel>
  );
}

/** Each source: its state, since when, what to do, and when it is tried again. */
export function SourceList({ sources }: { readonly sources: readonly SourceView[] }) {
  return (
    <ul className="flex flex-col gap-4">
      {sources.map((source) => (
        <li key={source.id}>
          <Source source={source} />
        </li>
      ))}
    </ul>
  );
}

function Source({ source }: { readonly source: SourceView }) {
  const { status } = source;
  const { formatTime, formatMoment } = useTimeFormat();
  const { Icon, word, className } = STATES[status.state];
  return (
    <>
      <div className="flex items-center gap-2">
        <Icon aria-hidden size={15} className={clsx("shrink-0", className)} />
        <span className="font-medium">{source.name}</span>
        <span className={clsx("ml-auto text-12", className)} title={formatMoment(status.sinceSeconds)}>
          {word} since {formatTime(status.sinceSeconds)}
        </span>
      </div>
      {status.state === "failing" && (
        <div className="mt-1 ml-6">
          <p className="break-words text-failing-text">{status.message}</p>
          <p className="text-ink-2">{status.hint}</p>
          {status.retryAtSeconds !== undefined && (
            <p className="text-12 text-ink-3">Tried again at {formatTime(status.retryAtSeconds)}.</p>
          )}
        </div>
      )}
      <p className="ml-6 text-12 text-ink-3">{describe(source)}</p>
      {source.id.startsWith(CLUSTER_ID) && <ClusterFacts cluster={source.id.slice(CLUSTER_ID.length)} />}
    </>
  );
}

function describe(source: SourceView): string {
  const parts = [`From ${source.foundBy}`];
  if (source.product !== undefined) parts.push([source.product, source.version].filter(Boolean).join(" "));
  if (source.scrapeIntervalSeconds !== undefined)
    parts.push(`scraped every ${formatSpan(source.scrapeIntervalSeconds)}`);
  if (source.retentionSeconds !== undefined) parts.push(`keeps ${formatSpan(source.retentionSeconds)}`);
  if (source.reads !== undefined) parts.push(source.reads);
  return parts.join(" · ");
}
