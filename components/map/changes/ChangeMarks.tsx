"use client";
import { useTimeFormat } from "#components/shell/useTimeFormat.ts";
import { Button } from "#components/ui/Button.tsx";
import { PopoverPanel } from "#components/ui/PopoverPanel.tsx";
import { useIsNarrow } from "#components/ui/useIsNarrow.ts";
import type { ConfigurationChange } from "#lib/api/changes.ts";
import { formatCount } from "#lib/format/quantity.ts";
import { ChangeList } from "./ChangeList.tsx";
import { type ChangeMark, groupChanges } from "./changeMarks.ts";
import { nameOfObject, wordsOfChange } from "./changeWords.ts";

/** Marks are 24 px wide; strips some 1,100 px, on a phone 390 px. */
const GAP = { wide: 0.024, narrow: 0.065 };

/** Marks over the time strip where the configuration changed; each opens a list and leads to its moment. */
export function ChangeMarks(props: {
  readonly changes: readonly ConfigurationChange[];
  readonly range: { readonly startSeconds: number; readonly endSeconds: number };
  readonly onMoment: (atSeconds: number) => void;
}) {
  const gap = useIsNarrow() ? GAP.narrow : GAP.wide;
  const marks = groupChanges(props.changes, props.range, gap);
  return (
    <div role="group" aria-label="Changes of the configuration" className="pointer-events-none absolute inset-0">
      {marks.map((mark) => (
        <Mark key={mark.startSeconds} mark={mark} onMoment={props.onMoment} />
      ))}
    </div>
  );
}

function Mark({ mark, onMoment }: { readonly mark: ChangeMark; readonly onMoment: (atSeconds: number) => void }) {
  const { formatTime } = useTimeFormat();
  const { changes, share, startSeconds } = mark;
  const [only] = changes;
  const count = changes.length;
  const what =
    count === 1 && only !== undefined
      ? `${nameOfObject(only)} ${wordsOfChange(only)}`
      : `${formatCount(count)} changes from`;
  return (
    <PopoverPanel
      title={`Changes at ${formatTime(startSeconds)}`}
      side="top"
      align="center"
      onHover
      className="w-80"
      trigger={
        <button
          type="button"
          aria-label={`${what} ${formatTime(startSeconds)}`}
          style={{ left: `${share * 100}%` }}
          className="group pointer-events-auto absolute top-0 flex h-6 w-6 -translate-x-1/2 cursor-pointer items-start justify-center pt-1 focus-visible:-outline-offset-2"
        >
          <span
            aria-hidden
            className="pointer-events-none absolute top-2 h-11 border-l border-dashed border-ink-3 group-hover:border-ink"
          />
          {count === 1 ? (
            <span aria-hidden className="relative mt-0.5 size-2 bg-ink" />
          ) : (
            <span
              aria-hidden
              className="relative h-4 min-w-4 rounded-sm bg-ink px-1 text-center text-12 leading-4 font-medium text-panel"
            >
              {count > 99 ? "99+" : count}
            </span>
          )}
        </button>
      }
    >
      <ChangeList changes={changes} />
      <Button className="mt-3" onClick={() => onMoment(startSeconds)}>
        Show {formatTime(startSeconds)}
      </Button>
    </PopoverPanel>
  );
}
