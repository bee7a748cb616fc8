/** The event hub as server-sent events. @see https://html.spec.whatwg.org/multipage/server-sent-events.html */
import type { Sight } from "#lib/domain/access/sight.ts";
import type { Viewer } from "./access/viewer.ts";
import type { ChangeEvent } from "./eventHub.ts";
import { isProblemError } from "./problemError.ts";
import type { Runtime } from "./running.ts";

/** Proxies close connections that stay silent for a minute. */
const HEARTBEAT_MS = 25_000;

/**
 * An open response that ends when the client leaves, the server stops, or the viewer may not look any more. Changes of a
 * cluster are told to those who see something of it.
 */
export function streamEvents(
  { events, stopping, access }: Pick<Runtime, "events" | "stopping" | "access">,
  viewer: Viewer,
  signal: AbortSignal,
): Response {
  const encoder = new TextEncoder();
  let end = () => {};
  let isOver = false;
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      const send = (text: string) => controller.enqueue(encoder.encode(text));
      const tell = async ({ type, ...data }: ChangeEvent) => {
        if (isOver) return;
        try {
          const sight = await access.sightOf(viewer, signal);
          if (!isOver && seesEvent(sight, data)) send(`event: ${type}\ndata: ${JSON.stringify(data)}\n\n`);
        } catch (error) {
          // Rights that cannot be asked for now may be known at the next event; who is not known any more must log in.
          if (isProblemError(error)) stop();
        }
      };
      // One after the other: rights are asked for again with each, and answers must not overtake one another. Of what comes
      // meanwhile the newest counts: while a cluster stalls, nothing piles up.
      const waiting = new Map<string, ChangeEvent>();
      let isTelling = false;
      const tellAll = async () => {
        for (const [key, event] of waiting) {
          waiting.delete(key);
          await tell(event);
        }
        isTelling = false;
      };
      const unsubscribe = events.subscribe((event) => {
        waiting.set(event.type === "configuration" ? `${event.type} ${event.cluster}` : event.type, event);
        if (isTelling) return;
        isTelling = true;
        void tellAll();
      });
      const heartbeat = setInterval(() => send(": still here\n\n"), HEARTBEAT_MS);
      end = () => {
        end = () => {};
        isOver = true;
        clearInterval(heartbeat);
        unsubscribe();
        signal.removeEventListener("abort", stop);
        stopping.removeEventListener("abort", stop);
      };
      const stop = () => {
        if (isOver) return;
        end();
        controller.close();
      };
      signal.addEventListener("abort", stop, { once: true });
      stopping.addEventListener("abort", stop, { once: true });
      send("retry: 2000\n\n");
      if (signal.aborted || stopping.aborted) stop();
    },
    cancel() {
      end();
    },
  });
  return new Response(stream, {
    headers: {
      "content-type": "text/event-stream",
      "cache-control": "no-cache, no-transform",
      "x-accel-buffering": "no",
    },
  });
}

function seesEvent({ clusters }: Sight, event: object): boolean {
  if (clusters === "everything" || !("cluster" in event)) return true;
  return typeof event.cluster === "string" && clusters.has(event.cluster);
}
