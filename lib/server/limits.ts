/**
 * How much one viewer may ask for, so that one script does not slow the map of everybody else. Refusals are 429 with
 * Retry-After. What all viewers together may ask for is bounded too: expensive answers wait in a line, and before all of
 * this cli/guarded.ts bounds how much is answered at once.
 */
import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import { durationSchema } from "#lib/api/query.ts";
import { ANONYMOUS } from "./access/accessControl.ts";
import type { Viewer } from "./access/viewer.ts";
import { Lane } from "./lane.ts";
import { ProblemError } from "./problemError.ts";

/** `stream` stays open; `expensive` is computed for one caller alone, or reads hours of telemetry. */
export type Cost = "read" | "expensive" | "stream";

/**
 * `made` when the answer is made, `closed` when its connection is done with it. Each works once. An expensive answer keeps
 * its place in the line until it is sent: answers of megabytes that wait to be compressed and sent would pile up otherwise.
 * It does not keep it for long, since a client that reads slowly must not hold up the others.
 */
export type Admission = { readonly made: () => void; readonly closed: () => void };

export type LimitSettings = {
  /** Of one viewer, whatever they cost. */
  readonly requestsPerMinute: number;
  /** Of one viewer, without streams. */
  readonly concurrentRequests: number;
};

/** Why a request was refused, for our metrics. */
export type LimitReason = "rate" | "concurrency" | "expensive" | "streams" | "busy";

/** Limits that can be set otherwise. */
const SETTINGS: ReadonlyMap<LimitReason, string> = new Map([
  ["rate", "MESHSCOPE_REQUESTS_PER_MINUTE"],
  ["concurrency", "MESHSCOPE_CONCURRENT_REQUESTS"],
]);
/** Longer windows are read in many samples. */
const LONG_WINDOW_SECONDS = 6 * 3600;
/** Answers of theirs are computed on the one thread there is: more at once would only take memory. */
const EXPENSIVE_OF_VIEWER = 8;
const EXPENSIVE = { most: 4, mostWaiting: 64, mostWaitingOfOne: EXPENSIVE_OF_VIEWER };
const LONGEST_SENDING_MS = 2000;
const STREAMS_OF_VIEWER = 100;
const STREAMS = 1000;

const COMPUTED_FOR_ONE: ReadonlySet<string> = new Set(["graph", "compare"]);

/** What an answer costs, from the route's name and its query (which has not been checked yet). */
export function costOf(route: string, { searchParams }: URL): Cost {
  if (route === "events") return "stream";
  if (COMPUTED_FOR_ONE.has(route)) return "expensive";
  const seconds = durationSchema.safeParse(searchParams.get("window") ?? searchParams.get("duration")).data ?? 0;
  const span = Number(searchParams.get("end")) - Number(searchParams.get("start"));
  return Math.max(seconds, span || 0) > LONG_WINDOW_SECONDS ? "expensive" : "read";
}

/** Under what a request is counted: its viewer or, where nobody is known, the network it comes from. */
export function limitKey(viewer: Viewer | undefined, network: string): string {
  return viewer === undefined || viewer.id === ANONYMOUS.id ? `network ${network}` : `viewer ${viewer.id}`;
}

export class Limits {
  readonly #rate: RateLimiterMemory;
  readonly #requestsOf: Tally;
  readonly #expensiveOf = new Tally(EXPENSIVE_OF_VIEWER);
  readonly #streamsOf = new Tally(STREAMS_OF_VIEWER);
  readonly #streams = new Tally(STREAMS);
  readonly #expensive = new Lane(EXPENSIVE);
  readonly #onRefusal: (reason: LimitReason) => void;

  constructor(settings: LimitSettings, onRefusal: (reason: LimitReason) => void) {
    this.#rate = new RateLimiterMemory({ points: settings.requestsPerMinute, duration: 60 });
    this.#requestsOf = new Tally(settings.concurrentRequests);
    this.#onRefusal = onRefusal;
  }

  /** Counts a request that gets no further. Throws ProblemError 429 when there were too many under `key`. */
  async count(key: string): Promise<void> {
    try {
      await this.#rate.consume(key);
    } catch (spent) {
      if (!(spent instanceof RateLimiterRes)) throw spent;
      const seconds = Math.max(1, Math.ceil(spent.msBeforeNext / 1000));
      this.#refuse("rate", `You asked more than ${this.#rate.points} times within a minute.`, seconds);
    }
  }

  /**
   * Resolves when the request counted under `key` may be answered, with what to call afterwards. Throws ProblemError 429
   * when they ask for too much, 503 when everybody together does; rejects when `signal` aborts meanwhile.
   */
  async admit(key: string, cost: Cost, signal: AbortSignal): Promise<Admission> {
    await this.count(key);
    if (cost === "stream") return { made: () => {}, closed: this.#openStream(key) };
    const closed = this.#requestsOf.take(key) ?? this.#refuse("concurrency", "Too many requests of yours are open.", 1);
    if (cost === "read") return { made: () => {}, closed };
    try {
      return sending(await this.#waitInLine(key, signal), closed);
    } catch (error) {
      closed();
      throw error;
    }
  }

  #openStream(key: string): () => void {
    const close = this.#streamsOf.take(key) ?? this.#refuse("streams", "Too many pages of yours listen.", 30);
    const closeOfAll = this.#streams.take("") ?? (close(), this.#refuse("busy", "Too many pages listen.", 30, 503));
    return () => {
      close();
      closeOfAll();
    };
  }

  async #waitInLine(key: string, signal: AbortSignal): Promise<() => void> {
    const leave =
      this.#expensiveOf.take(key) ?? this.#refuse("expensive", "Too many large requests of yours are open.", 2);
    const turn = Promise.withResolvers<() => void>();
    const giveUp = this.#expensive.enter(key, (done) => turn.resolve(done));
    if (giveUp === undefined) {
      leave();
      this.#refuse("busy", "Many large requests wait already.", 5, 503);
    }
    const abort = () => {
      giveUp();
      turn.reject(signal.reason);
    };
    signal.addEventListener("abort", abort, { once: true });
    if (signal.aborted) abort();
    try {
      const done = await turn.promise;
      return () => {
        done();
        leave();
      };
    } catch (error) {
      leave();
      throw error;
    } finally {
      signal.removeEventListener("abort", abort);
    }
  }

  #refuse(reason: LimitReason, detail: string, retrySeconds: number, status: 429 | 503 = 429): never {
    this.#onRefusal(reason);
    const setting = SETTINGS.get(reason);
    throw new ProblemError(status, status === 429 ? "Too many requests" : "Busy", {
      detail,
      hint: `Try again in ${retrySeconds} s.${setting === undefined ? "" : ` ${setting} sets the limit.`}`,
      headers: { "retry-after": String(retrySeconds) },
    });
  }
}

/** The admission of an answer that has its place in the line until it is sent, or for a moment after it was made. */
function sending(leaveLine: () => void, closed: () => void): Admission {
  let late: NodeJS.Timeout | undefined;
  return {
    made() {
      late ??= setTimeout(leaveLine, LONGEST_SENDING_MS).unref();
    },
    closed() {
      clearTimeout(late);
      leaveLine();
      closed();
    },
  };
}

/** Counts what is open under each key, up to a number. */
class Tally {
  readonly #most: number;
  readonly #open = new Map<string, number>();

  constructor(most: number) {
    this.#most = most;
  }

  /** The way to give it back, which works once; undefined when all are taken. */
  take(key: string): (() => void) | undefined {
    const open = this.#open.get(key) ?? 0;
    if (open >= this.#most) return undefined;
    this.#open.set(key, open + 1);
    let given = false;
    return () => {
      if (given) return;
      given = true;
      const left = (this.#open.get(key) ?? 1) - 1;
      if (left === 0) this.#open.delete(key);
      else this.#open.set(key, left);
    };
  }
}
