"use client";
import type { ReactNode } from "react";
import { Button } from "#components/ui/Button.tsx";

/** A field for a date and time, in the viewer's zone or UTC, and buttons beside the one that takes it. */
export function MomentForm(props: {
  /** Before the zone: "At", "A moment". */
  readonly label: string;
  readonly utc: boolean;
  /** Unix seconds the field begins with. */
  readonly initial: number | undefined;
  readonly submit: string;
  readonly onSubmit: (atSeconds: number) => void;
  readonly children: ReactNode;
}) {
  const { utc } = props;
  return (
    <form
      className="mt-3 flex flex-col gap-1.5"
      onSubmit={(event) => {
        event.preventDefault();
        const text = new FormData(event.currentTarget).get("moment");
        const seconds = typeof text === "string" ? Date.parse(utc ? `${text}Z` : text) / 1000 : Number.NaN;
        if (Number.isFinite(seconds)) props.onSubmit(Math.floor(seconds));
      }}
    >
      <label className="flex flex-col gap-1 text-12 font-medium text-ink-3">
        {`${props.label} ${utc ? "(UTC)" : "(local time)"}`}
        <input
          name="moment"
          type="datetime-local"
          step={1}
          required
          // Another zone is another text: the field begins anew.
          key={String(utc)}
          defaultValue={inputValue(props.initial, utc)}
          className="h-7 rounded-md border border-control bg-canvas px-2 text-13 font-normal text-ink"
        />
      </label>
      <div className="flex gap-1.5">
        <Button type="submit" look="primary">
          {props.submit}
        </Button>
        {props.children}
      </div>
    </form>
  );
}

/** "2026-11-21T14:03:20", as <input type="datetime-local"> wants it. */
function inputValue(seconds: number | undefined, utc: boolean): string | undefined {
  if (seconds === undefined) return undefined;
  const date = new Date(seconds * 1000);
  const offsetMinutes = utc ? 0 : date.getTimezoneOffset();
  return new Date(date.getTime() - offsetMinutes * 60_000).toISOString().slice(0, 19);
}
