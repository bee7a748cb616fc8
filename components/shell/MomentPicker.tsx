"use client";
import { ChevronDown, Clock } from "lucide-react";
import { useState } from "react";
import { Button, controlClass } from "#components/ui/Button.tsx";
import { PopoverPanel } from "#components/ui/PopoverPanel.tsx";
import { MomentForm } from "./MomentForm.tsx";
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
        <MomentForm label="At" utc={utc} initial={atSeconds ?? nowSeconds} submit="Go there" onSubmit={choose}>
          <Button disabled={atSeconds === undefined} onClick={() => choose(undefined)}>
            Back to now
          </Button>
        </MomentForm>
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
