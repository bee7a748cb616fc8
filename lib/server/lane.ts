/**
 * Answers that are made at the same time, up to a number; more wait in line. However many ask at once, memory stays
 * bounded. Those who wait take turns by who they are, so that a thousand requests of one do not stand before one of
 * another:
 *
 *   waiting   a: a1 a2 a3 …    b: b1        begins   a1  b1  a2  a3 …
 *
 * One begins in each turn of the event loop. Where nothing has to be waited for, a request is answered within the callback
 * that reads it: a hundred that arrive together would be answered in one turn, and a probe that arrives with them would
 * wait for all of them.
 */
export class Lane {
  readonly #most: number;
  readonly #mostWaiting: number;
  readonly #mostWaitingOfOne: number;
  /** In the order of their next turn; nobody is here who does not wait. */
  readonly #waiting = new Map<string, Set<() => void>>();
  #waitingCount = 0;
  #running = 0;
  #isScheduled = false;

  constructor(bounds: { readonly most: number; readonly mostWaiting: number; readonly mostWaitingOfOne: number }) {
    this.#most = bounds.most;
    this.#mostWaiting = bounds.mostWaiting;
    this.#mostWaitingOfOne = bounds.mostWaitingOfOne;
  }

  /**
   * Calls `begin` when the turn of this request of `who` comes; it is given the way to make room for the next. Returns the
   * way to leave the line, which does nothing once it has begun; undefined when too many wait.
   */
  enter(who: string, begin: (leave: () => void) => void): (() => void) | undefined {
    const own = this.#waiting.get(who) ?? new Set();
    if (this.#waitingCount >= this.#mostWaiting || own.size >= this.#mostWaitingOfOne) return undefined;
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
    this.#waiting.set(who, own.add(run));
    this.#waitingCount += 1;
    this.#schedule();
    return () => this.#remove(who, run);
  }

  #schedule(): void {
    if (this.#isScheduled || this.#running >= this.#most || this.#waitingCount === 0) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      const [[who, own] = []] = this.#waiting;
      const [run] = own ?? [];
      if (who === undefined || own === undefined || run === undefined) return;
      this.#remove(who, run);
      // To the end of the line, behind everybody else.
      if (this.#waiting.delete(who)) this.#waiting.set(who, own);
      try {
        run();
      } finally {
        this.#schedule();
      }
    });
  }

  #remove(who: string, run: () => void): void {
    const own = this.#waiting.get(who);
    if (own?.delete(run) !== true) return;
    this.#waitingCount -= 1;
    if (own.size === 0) this.#waiting.delete(who);
  }
}
