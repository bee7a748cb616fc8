/** Which window and moment can be answered: rates need several scrapes inside the window, and data at the moment. */
import type { Moment, Warning } from "#lib/ports.ts";

/**
 * rate() needs two samples; with fewer than four scrapes in a window, late or lost scrapes make edges flicker in and out.
 *
 *   15 s scrapes, window 30 s   |---x---x--|     one lost scrape and the edge is gone
 *                window 60 s   |-x---x---x---x|
 */
const SCRAPES_PER_WINDOW = 4;

export type UsableMoment = Moment & { readonly warnings: readonly Warning[] };

/** The smallest window, in whole seconds, that rates over this scrape interval can be trusted in. */
export function usableWindow(askedSeconds: number, scrapeIntervalSeconds: number): number {
  return Math.ceil(Math.max(askedSeconds, SCRAPES_PER_WINDOW * scrapeIntervalSeconds));
}

/**
 * Widens a window that is too narrow, shortens one that is longer than what is kept, and moves a moment out of the
 * future or from before the oldest whole window, saying so.
 *
 *      kept ├──────────────────────────────┤ now
 *   at ├window┤  ─▶  ├window┤ the oldest whole one
 */
export function usableMoment(
  asked: Moment,
  server: { readonly scrapeIntervalSeconds: number; readonly retentionSeconds?: number },
  nowSeconds: number,
): UsableMoment {
  const { scrapeIntervalSeconds, retentionSeconds = Number.POSITIVE_INFINITY } = server;
  const warnings: Warning[] = [];
  const widened = usableWindow(asked.windowSeconds, scrapeIntervalSeconds);
  const windowSeconds = Math.min(
    widened,
    Math.max(Math.floor(retentionSeconds), usableWindow(0, scrapeIntervalSeconds)),
  );
  if (widened > Math.ceil(asked.windowSeconds)) {
    warnings.push({
      code: "window-widened",
      message: `Rates are over ${windowSeconds} s instead of ${asked.windowSeconds} s: Prometheus scrapes every ${scrapeIntervalSeconds} s.`,
      hint: "A window holds at least four scrapes. Choose a longer window, or scrape the proxies more often.",
    });
  }
  if (windowSeconds < widened) {
    warnings.push({
      code: "window-shortened",
      message: `Rates are over ${describeDuration(windowSeconds)} instead of ${describeDuration(asked.windowSeconds)}: Prometheus keeps no more.`,
      hint: LONGER_RETENTION,
    });
  }
  const latest = Math.min(asked.atSeconds, nowSeconds);
  const earliest = Math.min(nowSeconds - retentionSeconds + windowSeconds, nowSeconds);
  if (latest >= earliest) return { windowSeconds, atSeconds: latest, warnings };
  warnings.push({
    code: "before-retention",
    message: `Prometheus keeps ${describeDuration(retentionSeconds)}; the oldest reading it can give is shown.`,
    hint: LONGER_RETENTION,
  });
  return { windowSeconds, atSeconds: earliest, warnings };
}

const LONGER_RETENTION =
  "Look further back with a longer retention (--storage.tsdb.retention.time) or a long-term store.";

/** 604800 → "7 days", 36000 → "10 hours", 90 → "90 seconds": the largest unit there are two of, to a tenth. */
export function describeDuration(seconds: number): string {
  const units: readonly [name: string, seconds: number][] = [
    ["days", 86_400],
    ["hours", 3_600],
    ["minutes", 60],
  ];
  const [name, size] = units.find(([, unit]) => seconds >= 2 * unit) ?? ["seconds", 1];
  return `${Math.round((seconds / size) * 10) / 10} ${name}`;
}
