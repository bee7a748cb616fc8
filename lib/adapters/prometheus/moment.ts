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

/** Widens a window that is too narrow and moves a moment out of the future or from before the oldest data, saying so. */
export function usableMoment(
  asked: Moment,
  server: { readonly scrapeIntervalSeconds: number; readonly retentionSeconds?: number },
  nowSeconds: number,
): UsableMoment {
  const warnings: Warning[] = [];
  const windowSeconds = usableWindow(asked.windowSeconds, server.scrapeIntervalSeconds);
  if (windowSeconds > Math.ceil(asked.windowSeconds)) {
    warnings.push({
      code: "window-widened",
      message: `Rates are over ${windowSeconds} s instead of ${asked.windowSeconds} s: Prometheus scrapes every ${server.scrapeIntervalSeconds} s.`,
      hint: "A window holds at least four scrapes. Choose a longer window, or scrape the proxies more often.",
    });
  }
  const latest = Math.min(asked.atSeconds, nowSeconds);
  const earliest = nowSeconds - (server.retentionSeconds ?? Number.POSITIVE_INFINITY) + windowSeconds;
  if (latest >= earliest) return { windowSeconds, atSeconds: latest, warnings };
  warnings.push({
    code: "before-retention",
    message: `Prometheus keeps ${describeDays(server.retentionSeconds ?? 0)}; the oldest reading it can give is shown.`,
    hint: "Look further back with a longer retention (--storage.tsdb.retention.time) or a long-term store.",
  });
  return { windowSeconds, atSeconds: Math.min(earliest, nowSeconds), warnings };
}

function describeDays(seconds: number): string {
  const days = seconds / 86_400;
  return days >= 2 ? `${Math.floor(days)} days` : `${Math.round(seconds / 3_600)} hours`;
}
