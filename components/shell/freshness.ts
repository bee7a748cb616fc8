/** How old what we see is, and when to say so in amber. */
import type { Reading, SourceView } from "#lib/api/reading.ts";

/**
 * Seconds between the end of the reading's window and this instant. The server says how old the reading was when it
 * answered; the browser only adds the time since then, so a wrong clock on either side does not matter.
 */
export function ageSeconds(reading: Reading, receivedAtMs: number, nowMs: number): number {
  return Math.max(0, reading.now - reading.asOf) + Math.max(0, (nowMs - receivedAtMs) / 1000);
}

/** A live reading is stale after two refreshes or four scrapes were missed, at least a minute. */
export function staleAfterSeconds(scrapeIntervalSeconds: number | undefined, refreshSeconds: number): number {
  return Math.max(60, 4 * (scrapeIntervalSeconds ?? 15), 2 * refreshSeconds);
}

/** A window moves on in steps a thousandth of it; ten such steps are a reading that is late. */
const STALE_SHARE_OF_WINDOW = 0.01;

/** A reading of a chosen moment never grows stale, and one of a week slowly. */
export function isStale(reading: Reading, age: number, refreshSeconds: number): boolean {
  if (reading.historical) return false;
  const telemetry = telemetryOf(reading);
  if (telemetry?.status.state === "failing") return true;
  const ofWindow = reading.windowSeconds * STALE_SHARE_OF_WINDOW;
  return age > Math.max(ofWindow, staleAfterSeconds(telemetry?.scrapeIntervalSeconds, refreshSeconds));
}

export function telemetryOf(reading: Reading): SourceView | undefined {
  return reading.sources.find((source) => source.id === "telemetry");
}

/** Sources that do not answer, telemetry first. */
export function failingSources(reading: Reading): readonly SourceView[] {
  return reading.sources
    .filter((source) => source.status.state === "failing")
    .sort((left, right) => Number(right.id === "telemetry") - Number(left.id === "telemetry"));
}
