/** Whether a source answers: since when it does not, and when it is worth trying again. */
import type { Clock, SourceError, SourceStatus } from "#lib/ports.ts";

const FIRST_RETRY_SECONDS = 1;
const LAST_RETRY_SECONDS = 30;

/**
 * Failures double the pause, from one second to thirty, with up to half of it taken off at random so that several
 * servers do not knock at once.
 */
export class SourceHealth {
  #status: SourceStatus;
  #failures = 0;
  #error: SourceError | undefined;
  readonly #clock: Clock;
  readonly #random: () => number;

  constructor(clock: Clock, random: () => number) {
    this.#clock = clock;
    this.#random = random;
    this.#status = { state: "starting", sinceSeconds: clock.nowSeconds() };
  }

  get status(): SourceStatus {
    return this.#status;
  }

  /** The last failure while it is too early to try again. */
  get pausedBy(): SourceError | undefined {
    const status = this.#status;
    if (status.state !== "failing" || status.retryAtSeconds === undefined) return undefined;
    return this.#clock.nowSeconds() < status.retryAtSeconds ? this.#error : undefined;
  }

  succeeded(): void {
    this.#failures = 0;
    this.#error = undefined;
    if (this.#status.state !== "ok") this.#status = { state: "ok", sinceSeconds: this.#clock.nowSeconds() };
  }

  failed(error: SourceError): void {
    const now = this.#clock.nowSeconds();
    const pause = Math.min(LAST_RETRY_SECONDS, FIRST_RETRY_SECONDS * 2 ** this.#failures);
    this.#failures += 1;
    this.#error = error;
    this.#status = {
      state: "failing",
      sinceSeconds: this.#status.state === "failing" ? this.#status.sinceSeconds : now,
      kind: error.kind,
      message: error.message,
      hint: error.hint,
      retryAtSeconds: now + pause * (1 - this.#random() / 2),
    };
  }
}
