/**
 * Calls to one of several servers that make a mesh. One that does not answer must not hold the others' answers back for
 * its timeout at every reading: after a failure it is left alone for a while, and then tried without being waited for.
 *
 *   answers   |──fails──|  paused   |─tried, 2 s waited─ ─ ─ answers|   waited for again
 *   readings  |────────30 s|─|─|─|──|───2 s──|──|─|─────────────────|──|
 */
import { setTimeout as sleep } from "node:timers/promises";
import { type Clock, isSourceError, type SourceError } from "#lib/ports.ts";
import { SourceHealth } from "./sourceHealth.ts";

export type MemberPatience = {
  readonly clock: Clock;
  readonly random: () => number;
  /** How long one that failed is waited for when it is tried again. */
  readonly trialMs?: number;
};

const TRIAL_MS = 2_000;

export class MemberCalls {
  readonly #health: SourceHealth;
  readonly #trialMs: number;
  #failure: SourceError | undefined;

  constructor({ clock, random, trialMs = TRIAL_MS }: MemberPatience) {
    this.#health = new SourceHealth(clock, random);
    this.#trialMs = trialMs;
  }

  /** `judges`: whether the failure of this call says that the server is not well; success always says that it is. */
  async run<Answer>(call: () => Promise<Answer>, judges: boolean, signal: AbortSignal): Promise<Answer> {
    const { pausedBy } = this.#health;
    if (pausedBy !== undefined) throw pausedBy;
    const failure = this.#failure;
    const answer = this.#judged(call, judges, signal);
    if (failure === undefined) return answer;
    // The trial goes on when nobody waits for it any more, and tells whether the server is back.
    answer.catch(() => {});
    const waited = new AbortController();
    const patience = sleep(this.#trialMs, undefined, { signal: waited.signal }).then(
      () => Promise.reject(failure),
      () => answer,
    );
    try {
      return await Promise.race([answer, patience]);
    } finally {
      waited.abort();
    }
  }

  async #judged<Answer>(call: () => Promise<Answer>, judges: boolean, signal: AbortSignal): Promise<Answer> {
    try {
      const answer = await call();
      this.#health.succeeded();
      this.#failure = undefined;
      return answer;
    } catch (error) {
      if (judges && isSourceError(error) && !signal.aborted) {
        this.#health.failed(error);
        this.#failure = error;
      }
      throw error;
    }
  }
}
