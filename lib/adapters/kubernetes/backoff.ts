/** How long to wait before trying again. */

/** Full jitter: a random share of base × 2^attempt, capped, so that many watchers do not return in step. */
export function backoffMs(attempt: number, random: () => number, limits: { baseMs: number; capMs: number }): number {
  return random() * Math.min(limits.capMs, limits.baseMs * 2 ** Math.min(attempt, 30));
}

/** Pauses that can be cut short: all at once when the server is back, each when its owner stops. */
export class Pauses {
  readonly #pending = new Set<() => void>();

  /** Resolves after `ms`, on wake() or when the signal aborts; never rejects. */
  pause(ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        signal.removeEventListener("abort", end);
        this.#pending.delete(end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      signal.addEventListener("abort", end);
      this.#pending.add(end);
    });
  }

  /** Ends every pause now. */
  wake(): void {
    for (const end of [...this.#pending]) end();
  }
}
