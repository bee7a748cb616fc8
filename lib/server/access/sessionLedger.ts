/**
 * What the cookies themselves cannot say: which sessions were ended, and which generation of a session is in use.
 * Both live as long as the process.
 *
 *   generation 4 ── sealed anew ──▶ generation 5 ── first used at t
 *   4 is still taken until t + 60 s (requests under way, and late answers that brought it back); after that somebody kept a copy
 */
import { RecentMap } from "../recentMap.ts";

const MOST_ENDED = 100_000;
const MOST_GENERATIONS = 100_000;
const GRACE_SECONDS = 60;

type Ended = { readonly issuedAtSeconds: number; readonly untilSeconds: number };

export class SessionLedger {
  readonly #ended = new Map<string, Ended>();
  readonly #generations = new RecentMap<string, { readonly newest: number; readonly sinceSeconds: number }>(
    MOST_GENERATIONS,
  );
  readonly #mostEnded: number;
  /** Sessions that began by then are refused: more were ended than there is room to remember. */
  #refusedBySeconds = Number.NEGATIVE_INFINITY;

  constructor(mostEnded = MOST_ENDED) {
    this.#mostEnded = mostEnded;
  }

  /** Refuses the session from now on, until it would have been over anyway. */
  end(id: string, issuedAtSeconds: number, untilSeconds: number, nowSeconds: number): void {
    this.#ended.set(id, { issuedAtSeconds, untilSeconds });
    if (this.#ended.size <= this.#mostEnded) return;
    for (const [other, ended] of this.#ended) if (ended.untilSeconds <= nowSeconds) this.#ended.delete(other);
    // Rather end sessions that nobody ended than let one live that somebody did.
    for (const [other, ended] of this.#ended) {
      if (this.#ended.size <= this.#mostEnded) return;
      this.#ended.delete(other);
      this.#refusedBySeconds = Math.max(this.#refusedBySeconds, ended.issuedAtSeconds);
    }
  }

  hasEnded(id: string, issuedAtSeconds: number): boolean {
    return this.#ended.has(id) || issuedAtSeconds <= this.#refusedBySeconds;
  }

  /** Whether a newer generation has been used. */
  isOlder(id: string, generation: number): boolean {
    return generation < (this.#generations.get(id)?.newest ?? 0);
  }

  /** Notes that a generation is used; false when its successor has been for a while. */
  admits(id: string, generation: number, nowSeconds: number): boolean {
    const known = this.#generations.get(id);
    if (generation > (known?.newest ?? 0)) {
      this.#generations.set(id, { newest: generation, sinceSeconds: nowSeconds });
      return true;
    }
    if (known === undefined || generation === known.newest) return true;
    return generation === known.newest - 1 && nowSeconds - known.sinceSeconds <= GRACE_SECONDS;
  }
}
