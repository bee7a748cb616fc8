/**
 * Single flight: callers who ask for the same thing at the same time share one call. It is cancelled when the last
 * of them has gone away, so that nobody's closed tab keeps a Prometheus busy.
 */
type Flight<Result> = { readonly result: Promise<Result>; readonly controller: AbortController; callers: number };

export class SharedCalls<Result> {
  readonly #flights = new Map<string, Flight<Result>>();

  /** Joins the call under `key`, or begins it. Rejects with the signal's reason when the caller leaves first. */
  async join(key: string, begin: (signal: AbortSignal) => Promise<Result>, signal: AbortSignal): Promise<Result> {
    signal.throwIfAborted();
    const flight = this.#flights.get(key) ?? this.#begin(key, begin);
    flight.callers += 1;
    let leave: (() => void) | undefined;
    const left = new Promise<never>((_, reject) => {
      leave = () => reject(signal.reason);
      signal.addEventListener("abort", leave, { once: true });
    });
    try {
      return await Promise.race([flight.result, left]);
    } finally {
      if (leave !== undefined) signal.removeEventListener("abort", leave);
      flight.callers -= 1;
      if (flight.callers === 0 && signal.aborted) {
        if (this.#flights.get(key) === flight) this.#flights.delete(key);
        flight.controller.abort(new DOMException("Nobody waits for this any more", "AbortError"));
      }
    }
  }

  #begin(key: string, begin: (signal: AbortSignal) => Promise<Result>): Flight<Result> {
    const controller = new AbortController();
    const result = begin(controller.signal).finally(() => {
      if (this.#flights.get(key) === flight) this.#flights.delete(key);
    });
    // Every caller may have left before it fails; that is nobody's error then.
    result.catch(() => {});
    const flight: Flight<Result> = { result, controller, callers: 0 };
    this.#flights.set(key, flight);
    return flight;
  }
}
