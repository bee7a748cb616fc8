/**
 * Answers that are made at the same time, up to a number; more wait in line. However many ask at once, memory stays
 * bounded.
 *
 * One begins in each turn of the event loop. Where nothing has to be waited for, a request is answered within the callback
 * that reads it: a hundred that arrive together would be answered in one turn, and a probe that arrives with them would
 * wait for all of them.
 */
export class Lane {
  readonly #most: number;
  readonly #mostWaiting: number;
  readonly #waiting = new Set<() => void>();
  #running = 0;
  #isScheduled = false;

  constructor({ most, mostWaiting }: { readonly most: number; readonly mostWaiting: number }) {
    this.#most = most;
    this.#mostWaiting = mostWaiting;
  }

  /**
   * Calls `begin` when its turn comes; it is given the way to make room for the next. Returns the way to leave the line,
   * which does nothing once it has begun; undefined when the line is full.
   */
  enter(begin: (leave: () => void) => void): (() => void) | undefined {
    if (this.#waiting.size >= this.#mostWaiting) return undefined;
    const run = () => {
      this.#running += 1;
      let left = false;
      begin(() => {
        if (left) return;
        left = true;
        this.#running -= 1;
        this.#schedule();
      });
    };
    this.#waiting.add(run);
    this.#schedule();
    return () => this.#waiting.delete(run);
  }

  #schedule(): void {
    if (this.#isScheduled || this.#running >= this.#most || this.#waiting.size === 0) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      const [first] = this.#waiting;
      if (first === undefined) return;
      this.#waiting.delete(first);
      try {
        first();
      } finally {
        this.#schedule();
      }
    });
  }
}
