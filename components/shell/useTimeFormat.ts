"use client";
import { useMemo } from "react";
import { formatMoment, formatTime } from "#lib/format/time.ts";
import { usePreferences } from "./preferences.ts";

export type TimeFormat = {
  /** "14:03:20", in the zone the viewer prefers. */
  readonly formatTime: (seconds: number | undefined) => string;
  /** With the date, and in UTC too. */
  readonly formatMoment: (seconds: number | undefined) => string;
};

/** Times as this viewer reads them: in their own zone or in UTC. */
export function useTimeFormat(): TimeFormat {
  const { utc } = usePreferences();
  return useMemo(() => {
    const zone = utc ? { timeZone: "UTC" } : {};
    return {
      formatTime: (seconds) => formatTime(seconds, zone),
      formatMoment: (seconds) => formatMoment(seconds, zone),
    };
  }, [utc]);
}
