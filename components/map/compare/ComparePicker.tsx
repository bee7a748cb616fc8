"use client";
import { ChevronDown, GitCompareArrows } from "lucide-react";
import { useState } from "react";
import { usePreferences } from "#components/shell/preferences.ts";
import { useTimeFormat } from "#components/shell/useTimeFormat.ts";
import { Button, controlClass } from "#components/ui/Button.tsx";
import { PopoverPanel } from "#components/ui/PopoverPanel.tsx";
import { formatSpan } from "#lib/format/time.ts";
import type { CompareMoment } from "../viewState.ts";

const AGO = [
  ["15 min ago", 900],
  ["1 h ago", 3600],
  ["6 h ago", 21_600],
  ["Yesterday", 86_400],
  ["2 days ago", 172_800],
  ["A week ago", 604_800],
] as const;

/** Which moment the map is compared with: some time before the one shown, or a chosen one. */
export function ComparePicker(props: {
  readonly compare: CompareMoment | undefined;
  /** Server's clock, for the moment to start from. */
  readonly nowSeconds: number | undefined;
  readonly onChange: (compare: CompareMoment | undefined) => void;
}) {
  const { compare, nowSeconds } = props;
  const [open, setOpen] = useState(false);
  const { utc } = usePreferences();
  const { formatTime } = useTimeFormat();
  const choose = (chosen: CompareMoment | undefined) => {
    props.onChange(chosen);
    setOpen(false);
  };
  return (
    <PopoverPanel
      title="Choose a moment to compare with"
      className="w-72"
      open={open}
      onOpenChange={setOpen}
      trigger={
        <button
          type="button"
          className={controlClass()}
          aria-label={compare === undefined ? "Compare" : `Compare with ${describeMoment(compare, formatTime)}`}
          title="Compare with another moment"
        >
          <GitCompareArrows aria-hidden size={14} className="text-ink-3" />
          <span className="hidden roomy:inline">Compare</span>
          <ChevronDown aria-hidden size={12} className="hidden text-ink-3 wide:block" />
        </button>
      }
    >
      <p className="mb-1.5 text-12 font-medium text-ink-3">Compare with</p>
      <div className="grid grid-cols-3 gap-1.5">
        {AGO.map(([name, agoSeconds]) => (
          <Button key={name} onClick={() => choose({ agoSeconds })}>
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
          if (Number.isFinite(seconds)) choose({ atSeconds: Math.floor(seconds) });
        }}
      >
        <label className="flex flex-col gap-1 text-12 font-medium text-ink-3">
          {utc ? "A moment (UTC)" : "A moment (local time)"}
          <input
            name="moment"
            type="datetime-local"
            step={1}
            required
            key={String(utc)}
            defaultValue={inputValue(nowSeconds, utc)}
            className="h-7 rounded-md border border-control bg-canvas px-2 text-13 font-normal text-ink"
          />
        </label>
        <div className="flex gap-1.5">
          <Button type="submit" look="primary">
            Compare with it
          </Button>
          <Button disabled={compare === undefined} onClick={() => choose(undefined)}>
            Stop comparing
          </Button>
        </div>
      </form>
    </PopoverPanel>
  );
}

/** "1h before", or the time of day. */
export function describeMoment(compare: CompareMoment, formatTime: (seconds: number) => string): string {
  return "atSeconds" in compare ? formatTime(compare.atSeconds) : `${formatSpan(compare.agoSeconds)} before`;
}

/** An hour before now, as <input type="datetime-local"> wants it. */
function inputValue(nowSeconds: number | undefined, utc: boolean): string | undefined {
  if (nowSeconds === undefined) return undefined;
  const date = new Date((nowSeconds - 3600) * 1000);
  const offsetMinutes = utc ? 0 : date.getTimezoneOffset();
  return new Date(date.getTime() - offsetMinutes * 60_000).toISOString().slice(0, 19);
}
