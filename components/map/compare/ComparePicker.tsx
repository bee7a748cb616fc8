"use client";
import { ChevronDown, GitCompareArrows } from "lucide-react";
import { useState } from "react";
import { MomentForm } from "#components/shell/MomentForm.tsx";
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
      <MomentForm
        label="A moment"
        utc={utc}
        initial={nowSeconds === undefined ? undefined : nowSeconds - 3600}
        submit="Compare with it"
        onSubmit={(atSeconds) => choose({ atSeconds })}
      >
        <Button disabled={compare === undefined} onClick={() => choose(undefined)}>
          Stop comparing
        </Button>
      </MomentForm>
    </PopoverPanel>
  );
}

/** "1h before", or the time of day. */
export function describeMoment(compare: CompareMoment, formatTime: (seconds: number) => string): string {
  return "atSeconds" in compare ? formatTime(compare.atSeconds) : `${formatSpan(compare.agoSeconds)} before`;
}
