/** How the demo's metrics would be scraped and kept, were there a server that does. */
export const SCRAPE_INTERVAL_SECONDS = 15;
export const RETENTION_SECONDS = 15 * 86_400;

/** A rate needs some scrapes to stand on; smaller windows are widened to four. */
export function effectiveWindow(windowSeconds: number): number {
  return Math.max(windowSeconds, 4 * SCRAPE_INTERVAL_SECONDS);
}
