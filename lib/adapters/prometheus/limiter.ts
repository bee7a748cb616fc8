/**
 * Bounds how many queries a Prometheus works on for us at once: a dashboard must not be what brings it down.
 * Urgent tasks (the rate lane, which everyone waits for) leave the queue before patient ones.
 */
export type Limiter = {
  /** Runs the task when a place is free. Rejects with the signal's reason, and gives the place up, when aborted while queued. */
  run<T>(task: () => Promise<T>, options: { signal: AbortSignal; urgent: boolean }): Promise<T>;
};

type Ticket = { readonly enter: () => void };

export function createLimiter(places: number): Limiter {
  const urgent: Ticket[] = [];
  const patient: Ticket[] = [];
  let free = places;

  function leave(): void {
    const next = urgent.shift() ?? patient.shift();
    if (next === undefined) free += 1;
    else next.enter();
  }

  function enter(queue: Ticket[], signal: AbortSignal): Promise<void> {
    if (free > 0) {
      free -= 1;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        queue.splice(queue.indexOf(ticket), 1);
        reject(signal.reason as Error);
      };
      const ticket: Ticket = {
        enter: () => {
          signal.removeEventListener("abort", onAbort);
          resolve();
        },
      };
      queue.push(ticket);
      signal.addEventListener("abort", onAbort, { once: true });
    });
  }

  return {
    async run(task, options) {
      options.signal.throwIfAborted();
      await enter(options.urgent ? urgent : patient, options.signal);
      try {
        return await task();
      } finally {
        leave();
      }
    },
  };
}
