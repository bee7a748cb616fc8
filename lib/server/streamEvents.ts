/** The event hub as server-sent events. @see https://html.spec.whatwg.org/multipage/server-sent-events.html */
import type { Runtime } from "./running.ts";

/** Proxies close connections that stay silent for a minute. */
const HEARTBEAT_MS = 25_000;

/** An open response that ends when the client leaves or the server stops. */
export function streamEvents(
  { events, stopping }: Pick<Runtime, "events" | "stopping">,
  signal: AbortSignal,
): Response {
  const encoder = new TextEncoder();
  let end = () => {};
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      const send = (text: string) => controller.enqueue(encoder.encode(text));
      const unsubscribe = events.subscribe(({ type, ...data }) => {
        send(`event: ${type}\ndata: ${JSON.stringify(data)}\n\n`);
      });
      const heartbeat = setInterval(() => send(": still here\n\n"), HEARTBEAT_MS);
      end = () => {
        end = () => {};
        clearInterval(heartbeat);
        unsubscribe();
        signal.removeEventListener("abort", stop);
        stopping.removeEventListener("abort", stop);
      };
      const stop = () => {
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
