"use client";
import { useTimeFormat } from "#components/shell/useTimeFormat.ts";
import type { ConfigurationChange } from "#lib/api/changes.ts";
import { formatCount } from "#lib/format/quantity.ts";
import { nameOfObject, wordsOfChange } from "./changeWords.ts";

const MOST_LISTED = 50;

/** Changes one below the other: when, what, by whom. */
export function ChangeList({ changes }: { readonly changes: readonly ConfigurationChange[] }) {
  const { formatTime, formatMoment } = useTimeFormat();
  const hidden = changes.length - MOST_LISTED;
  return (
    <>
      <ul className="flex flex-col gap-2">
        {changes.slice(0, MOST_LISTED).map((change) => (
          <li
            key={`${change.cluster} ${change.group} ${change.kind} ${change.namespace} ${change.name} ${change.at} ${change.action}`}
            className="grid grid-cols-[auto_1fr] gap-x-3"
          >
            <time title={formatMoment(change.at)} className="text-ink-2">
              {formatTime(change.at)}
            </time>
            <span className="min-w-0">
              <span className="block break-words">{nameOfObject(change)}</span>
              <span className="block break-words text-ink-2">{wordsOfChange(change)}</span>
            </span>
          </li>
        ))}
      </ul>
      {hidden > 0 && <p className="mt-2 text-ink-2">and {formatCount(hidden)} more</p>}
    </>
  );
}
