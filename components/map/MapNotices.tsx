"use client";
import { useState } from "react";
import type { ApiError } from "#components/shell/apiClient.ts";
import { failingSources } from "#components/shell/freshness.ts";
import { useTimeFormat } from "#components/shell/useTimeFormat.ts";
import { Button } from "#components/ui/Button.tsx";
import { Notice } from "#components/ui/Notice.tsx";
import { PopoverPanel } from "#components/ui/PopoverPanel.tsx";
import type { Reading } from "#lib/api/reading.ts";
import { formatCount } from "#lib/format/quantity.ts";
import { PastConfiguration } from "./changes/PastConfiguration.tsx";
import { type FoldPlan, MOST_DRAWN_NODES } from "./foldPlan.ts";
import { explainQuality } from "./telemetryWords.ts";
import type { ViewState } from "./useViewState.ts";

/** What is stale, partial, folded or not understood: one line each, above the map. */
export function MapNotices(props: {
  readonly reading: Reading | undefined;
  readonly error: ApiError | undefined;
  readonly plan: FoldPlan | undefined;
  readonly state: ViewState;
}) {
  const { reading, plan, state } = props;
  return (
    <>
      <LinkNotice problems={state.problems} />
      {reading !== undefined && <StaleNotices reading={reading} error={props.error} />}
      {reading !== undefined && state.view.atSeconds !== undefined && (
        <PastConfiguration
          atSeconds={state.view.atSeconds}
          nowSeconds={reading.now}
          namespaces={state.view.namespaces}
          configurationVersion={reading.configurationVersion}
        />
      )}
      {reading !== undefined && <PartialNotice warnings={reading.warnings} />}
      {reading !== undefined && reading.quality.length > 0 && <QualityNotice notes={reading.quality} />}
      {plan !== undefined && plan.startsFolded && <FoldedNotice plan={plan} state={state} />}
    </>
  );
}

function LinkNotice({ problems }: { readonly problems: readonly string[] }) {
  const [dismissed, setDismissed] = useState("");
  const text = problems.join(" ");
  if (text === "" || text === dismissed) return null;
  return (
    <Notice tone="info" onDismiss={() => setDismissed(text)}>
      {text}
    </Notice>
  );
}

/** The last good data stay on the map; this says why, since when, and that it is being tried. */
function StaleNotices({ reading, error }: { readonly reading: Reading; readonly error: ApiError | undefined }) {
  const { formatTime } = useTimeFormat();
  return (
    <>
      {error !== undefined && (
        <Notice tone="warning">
          {error.message} The map is as of {formatTime(reading.asOf)}; it is tried again on its own.
        </Notice>
      )}
      {failingSources(reading).map(({ id, name, status }) =>
        status.state === "failing" ? (
          <Notice key={id} tone="warning">
            {name} has not answered since {formatTime(status.sinceSeconds)} ({status.message}).{" "}
            {id === "telemetry" ? `The map is stale, as of ${formatTime(reading.asOf)}.` : keptOf(reading, id)}{" "}
            <span className="text-ink-2">
              {status.hint}{" "}
              {status.retryAtSeconds === undefined
                ? "It is tried again."
                : `It is tried again at ${formatTime(status.retryAtSeconds)}.`}
            </span>
          </Notice>
        ) : null,
      )}
    </>
  );
}

/** What the map has of a cluster that does not answer. */
function keptOf({ mesh }: Reading, sourceId: string): string {
  const isKnown = mesh.namespaces.some(({ cluster }) => `cluster/${cluster}` === sourceId);
  return isKnown
    ? "What it last said is kept."
    : "The map shows traffic only: replicas, gateways and routing are not known.";
}

function PartialNotice({ warnings }: { readonly warnings: Reading["warnings"] }) {
  const [first] = warnings;
  if (first === undefined) return null;
  return (
    <Notice
      tone="info"
      action={
        <PopoverPanel
          title="What is missing"
          align="end"
          className="w-96"
          trigger={<Button>{warnings.length === 1 ? "Details" : `All ${formatCount(warnings.length)}`}</Button>}
        >
          <ul className="flex flex-col gap-3">
            {warnings.map((warning) => (
              <li key={`${warning.code} ${warning.message}`}>
                <p className="break-words">{warning.message}</p>
                {warning.hint !== undefined && <p className="text-ink-2">{warning.hint}</p>}
              </li>
            ))}
          </ul>
        </PopoverPanel>
      }
    >
      <span className="line-clamp-1">
        <span className="text-ink-2">Partial: </span>
        {first.message}
      </span>
    </Notice>
  );
}

/** Telemetry that is odd: what is not drawn because of it, or drawn as it came. */
function QualityNotice({ notes }: { readonly notes: Reading["quality"] }) {
  const rows = notes.reduce((total, note) => total + note.rows, 0);
  return (
    <Notice
      tone="info"
      action={
        <PopoverPanel title="Data quality" align="end" className="w-96" trigger={<Button>Details</Button>}>
          <ul className="flex max-h-96 flex-col gap-3 overflow-y-auto">
            {notes.map((note) => {
              const { title, hint } = explainQuality(note);
              return (
                <li key={note.problem}>
                  <p>{title}</p>
                  <p className="text-ink-2">{hint}</p>
                  <ul className="mt-1">
                    {note.examples.map((example) => (
                      <li key={example} className="font-mono text-12 break-all text-ink-2" dir="auto">
                        {example}
                      </li>
                    ))}
                  </ul>
                </li>
              );
            })}
          </ul>
        </PopoverPanel>
      }
    >
      <span className="text-ink-2">Data quality: </span>
      {formatCount(rows)} telemetry {rows === 1 ? "row is" : "rows are"} odd, and may be missing from the map.
    </Notice>
  );
}

function FoldedNotice({ plan, state }: { readonly plan: FoldPlan; readonly state: ViewState }) {
  const { view, change } = state;
  const nodes = formatCount(plan.fullNodeCount);
  if (plan.fullNodeCount > MOST_DRAWN_NODES) {
    return (
      <Notice tone="info">
        {nodes} nodes are more than can be read, so namespaces are folded. Unfold some, or choose namespaces above.
      </Notice>
    );
  }
  if (view.expanded === "all") {
    return (
      <Notice
        tone="info"
        action={<Button onClick={() => change({ expanded: [], collapsed: [] })}>Fold namespaces</Button>}
      >
        All {nodes} nodes are drawn.
      </Notice>
    );
  }
  return (
    <Notice tone="info" action={<Button onClick={() => change({ expanded: "all", collapsed: [] })}>Expand all</Button>}>
      Namespaces are folded, since there are {nodes} nodes.
    </Notice>
  );
}
