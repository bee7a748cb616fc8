/** The server's event stream: it says that telemetry or configuration changed, never the data itself. */
import { EVENTS_URL } from "#lib/api/urls.ts";

const EVENTS = ["telemetry", "configuration"] as const;
type ChangeEvent = (typeof EVENTS)[number];

const FIRST_RETRY_MS = 1000;
const LAST_RETRY_MS = 30_000;

/** How long to wait before connection attempt number `attempt` (from 0): doubling, with up to half taken off at random. */
export function retryDelayMs(attempt: number, random: number): number {
  const full = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** attempt);
  return full * (1 - random / 2);
}

/**
 * Listens while the page is visible and calls `onChange` for each event. A lost connection is taken up again with
 * backoff: EventSource alone gives up on an HTTP error and hammers a dead server otherwise. Returns the way to stop.
 */
export function listenForChanges(onChange: (event: ChangeEvent) => void): () => void {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let attempt = 0;

  const close = () => {
    clearTimeout(timer);
    source?.close();
    source = undefined;
  };
  const open = () => {
    close();
    if (document.hidden) return;
    source = new EventSource(EVENTS_URL);
    source.onopen = () => {
      attempt = 0;
    };
    source.onerror = () => {
      close();
      timer = setTimeout(open, retryDelayMs(attempt, Math.random()));
      attempt += 1;
    };
    for (const event of EVENTS) source.addEventListener(event, () => onChange(event));
  };

  document.addEventListener("visibilitychange", open);
  open();
  return () => {
    document.removeEventListener("visibilitychange", open);
    close();
  };
}
