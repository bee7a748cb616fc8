/** Moments, ages and spans as people read them. Moments are unix seconds; ages and spans are seconds. */
import { ABSENT } from "./quantity.ts";

const SPACE = "\u00a0";
const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;

type Zone = { readonly timeZone?: string };

function clock(seconds: number, zone: Zone): string {
  // "en-GB" counts hours 00–23; hourCycle keeps midnight from reading 24:00:00.
  return new Intl.DateTimeFormat("en-GB", { timeStyle: "medium", hourCycle: "h23", ...zone }).format(seconds * 1000);
}

/** Time of day in the viewer's zone: "14:03:20". */
export function formatTime(seconds: number | undefined, zone: Zone = {}): string {
  return seconds === undefined ? ABSENT : clock(seconds, zone);
}

/** A moment in full, in the viewer's zone and in UTC: "21 Nov 2026, 14:03:20 (13:03:20 UTC)". */
export function formatMoment(seconds: number | undefined, zone: Zone = {}): string {
  if (seconds === undefined) return ABSENT;
  const date = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", ...zone }).format(seconds * 1000);
  return `${date}, ${clock(seconds, zone)} (${clock(seconds, { timeZone: "UTC" })} UTC)`;
}

/** How long ago, in one unit, rounded down so that it is never overstated: "12 s", "4 min", "3 h", "2 d". */
export function formatAge(ageSeconds: number | undefined): string {
  if (ageSeconds === undefined) return ABSENT;
  const age = Math.max(0, ageSeconds);
  if (age < MINUTE) return `${Math.floor(age)}${SPACE}s`;
  if (age < HOUR) return `${Math.floor(age / MINUTE)}${SPACE}min`;
  if (age < DAY) return `${Math.floor(age / HOUR)}${SPACE}h`;
  return `${Math.floor(age / DAY)}${SPACE}d`;
}

/** A span as it is typed, exact: 300 → "5m", 90 → "1m30s", 21600 → "6h". */
export function formatSpan(seconds: number): string {
  let rest = Math.round(seconds);
  let text = "";
  for (const [size, unit] of [
    [DAY, "d"],
    [HOUR, "h"],
    [MINUTE, "m"],
    [1, "s"],
  ] as const) {
    if (rest < size) continue;
    text += `${Math.floor(rest / size)}${unit}`;
    rest %= size;
  }
  return text === "" ? "0s" : text;
}
