"use client";
import { useChanges } from "#components/shell/useChanges.ts";
import { useTimeFormat } from "#components/shell/useTimeFormat.ts";
import { Button } from "#components/ui/Button.tsx";
import { Notice } from "#components/ui/Notice.tsx";
import { PopoverPanel } from "#components/ui/PopoverPanel.tsx";
import { ChangeList } from "./ChangeList.tsx";
import { changesSince } from "./changeWords.ts";

const MINUTE = 60;

/** Kubernetes keeps no past configuration: a past map shows today's, and this says how much has changed in between. */
export function PastConfiguration(props: {
  readonly atSeconds: number;
  readonly nowSeconds: number;
  readonly namespaces: readonly string[];
  readonly configurationVersion: number;
}) {
  const { atSeconds, nowSeconds, namespaces, configurationVersion } = props;
  // On the minute, so that a refresh asks again only where something changed.
  const endSeconds = Math.ceil(nowSeconds / MINUTE) * MINUTE;
  const { data } = useChanges({ startSeconds: atSeconds, endSeconds, namespaces }, configurationVersion);
  const { formatTime, formatMoment } = useTimeFormat();
  const isPartlyKnown = data?.since !== undefined && data.since > atSeconds;
  return (
    <Notice
      tone="info"
      action={
        data !== undefined &&
        data.changes.length > 0 && (
          <PopoverPanel title="Changes since then" align="end" className="w-96" trigger={<Button>Details</Button>}>
            <div className="max-h-96 overflow-y-auto">
              <ChangeList changes={data.changes} />
              {isPartlyKnown && (
                <p className="mt-3 text-ink-2">
                  What was removed before {formatMoment(data.since)} is not known, nor are earlier changes by the same
                  manager.
                </p>
              )}
            </div>
          </PopoverPanel>
        )
      }
    >
      <span className="text-ink-2">Traffic is of {formatTime(atSeconds)}, configuration is as of now. </span>
      {data === undefined ? "" : changesSince(data, formatTime(atSeconds))}
    </Notice>
  );
}
