"use client";
import { ChevronDown, Clock } from "lucide-react";
import { useState } from "react";
import { Button, controlClass } from "#components/ui/Button.tsx";
import { PopoverPanel } from "#components/ui/PopoverPanel.tsx";
import { setPreferences, usePreferences } from "./preferences.ts";
import { useTimeFormat } from "./useTimeFormat.ts";

const AGO = [
  ["5 min", 300],
  ["15 min", 900],
  ["30 min", 1800],
  ["1 h", 3600],
  ["6 h", 21_600],
  ["1 d", 86_400],
] as const;

/** Which moment the window ends at: now, some time ago, or a chosen one. `nowSeconds` is the server's clock. */
export function MomentPicker(props: {
  readonly atSeconds: number | undefined;
  readonly nowSeconds: number | undefined;
  readonly onChange: (atSeconds: number | undefined) => void;
}) {
  const [open, setOpen] = useState(false);
  const { atSeconds, nowSeconds } = props;
  const { utc } = usePreferences();
  const { formatTime, formatMoment } = useTimeFormat();
  const choose = (moment: number | undefined) => {
    props.onChange(moment === undefined ? undefined : Math.floor(moment));
    setOpen(false);
  };
  const label = atSeconds === undefined ? "Now" : formatTime(atSeconds);
  return (
    <>
      <PopoverPanel
        title="Choose a moment"
        className="w-64"
        open={open}
        onOpenChange={setOpen}
        trigger={
          <button
            type="button"
            className={controlClass()}
            aria-label={`Moment: ${label}`}
            title={atSeconds === undefined ? "The latest reading" : formatMoment(atSeconds)}
          >
            <Clock aria-hidden size={14} className="text-ink-3" />
            {label}
            <ChevronDown aria-hidden size={12} className="text-ink-3" />
          </button>
        }
      >
        <p className="mb-1.5 text-12 font-medium text-ink-3">Ago</p>
        <div className="grid grid-cols-3 gap-1.5">
          {AGO.map(([name, seconds]) => (
            <Button
              key={name}
              disabled={nowSeconds === undefined}
              onClick={() => nowSeconds !== undefined && choose(nowSeconds - seconds)}
            >
              {name}
            </Button>
          ))}
        </div>
        <form
          className="mt-3 flex flex-col gap-1.5"
          onSubmit={(event) => {
            event.preventDefault();
            const text = new FormData(event.currentTarget).get("moment");
            const seconds = typeof text === "string" ? Date.parse(utc ? `${text}Z` : text) / 1000 : Number.NaN;
            if (Number.isFinite(seconds)) choose(seconds);
          }}
        >
          <label className="flex flex-col gap-1 text-12 font-medium text-ink-3">
            {utc ? "At (UTC)" : "At (local time)"}
            <input
              name="moment"
              type="datetime-local"
              step={1}
              required
              // Another zone is another text: the field begins anew.
              key={String(utc)}
              defaultValue={inputValue(atSeconds ?? nowSeconds, utc)}
              className="h-7 rounded-md border border-control bg-canvas px-2 text-13 font-normal text-ink"
            />
          </label>
          <div className="flex gap-1.5">
            <Button type="submit" look="primary">
              Go there
            </Button>
            <Button disabled={atSeconds === undefined} onClick={() => choose(undefined)}>
              Back to now
            </Button>
          </div>
        </form>
        <label className="mt-3 flex items-center gap-2 border-t border-hairline pt-3">
          <input
            type="checkbox"
            checked={utc}
            onChange={(event) => setPreferences({ utc: event.target.checked })}
            className="size-3.5 accent-accent"
          />
          Write all times in UTC
        </label>
      </PopoverPanel>
      {atSeconds !== undefined && (
        <Button look="primary" onClick={() => choose(undefined)}>
          Back to now
        </Button>
      )}
    </>
  );
}

/** "2026-11-21T14:03:20", as <input type="datetime-local"> wants it. */
function inputValue(seconds: number | undefined, utc: boolean): string | undefined {
  if (seconds === undefined) return undefined;
  const date = new Date(seconds * 1000);
  const offsetMinutes = utc ? 0 : date.getTimezoneOffset();
  return new Date(date.getTime() - offsetMinutes * 60_000).toISOString().slice(0, 19);
}
