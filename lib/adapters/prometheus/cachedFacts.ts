/** Reads something once for everyone who asks, and again when it has grown old. A failure is not kept. */
import type { Clock } from "#lib/ports.ts";

/** `read` outlives the caller that started it: aborting one caller must not fail the others. */
export function cachedFacts<T>(read: () => Promise<T>, maxAgeSeconds: number, clock: Clock) {
  let cached: { readonly facts: Promise<T>; readonly readAt: number } | undefined;
  return (signal: AbortSignal): Promise<T> => {
    const now = clock.nowSeconds();
    if (cached === undefined || now - cached.readAt > maxAgeSeconds) {
      const entry = { facts: read(), readAt: now };
      cached = entry;
      entry.facts.catch(() => {
        if (cached === entry) cached = undefined;
      });
    }
    return unlessAborted(cached.facts, signal);
  };
}

function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason as Error);
    signal.addEventListener("abort", onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
