/**
 * How often somebody may try to log in: five failures a minute from one network, then a wait that doubles up to a quarter
 * of an hour. All addresses together have a limit too, so that many of them do not help.
 */
import { RateLimiterMemory } from "rate-limiter-flexible";
import { isProblemError, ProblemError } from "../problemError.ts";
import { requestContext } from "../requestContext.ts";

const FAILURES = 5;
const ATTEMPTS_OF_ALL = 300;
const WINDOW_SECONDS = 60;
const LONGEST_WAIT_SECONDS = 900;

export type LoginLimit = {
  /** Makes an attempt, unless there were too many. Rejects with ProblemError 429, or with what the attempt rejects with. */
  attempt<Result>(login: () => Promise<Result>): Promise<Result>;
};

export function createLoginLimit(): LoginLimit {
  const failures = new RateLimiterMemory({ keyPrefix: "failures", points: FAILURES, duration: WINDOW_SECONDS });
  const everybody = new RateLimiterMemory({ keyPrefix: "all", points: ATTEMPTS_OF_ALL, duration: WINDOW_SECONDS });
  const waits = new RateLimiterMemory({ keyPrefix: "waits", points: Number.MAX_SAFE_INTEGER, duration: 3600 });

  /** Counts the attempt before it is made: a hundred at once are a hundred. */
  async function take(key: string): Promise<void> {
    try {
      await failures.consume(key);
    } catch (refusal) {
      const { consumedPoints = 0 } = refusal as { consumedPoints?: number };
      if (consumedPoints > FAILURES + 1) throw tooMany(waitOf(refusal));
      const { consumedPoints: times } = await waits.penalty(key);
      const seconds = Math.min(LONGEST_WAIT_SECONDS, WINDOW_SECONDS * 2 ** (times - 1));
      await failures.block(key, seconds);
      throw tooMany(seconds);
    }
    // After one's own limit: who goes on all the same must not use up what there is for everybody.
    try {
      await everybody.consume("all");
    } catch (refusal) {
      await failures.reward(key);
      throw tooMany(waitOf(refusal));
    }
  }

  return {
    async attempt(login) {
      const { network: key } = requestContext();
      await take(key);
      try {
        const result = await login();
        await failures.reward(key);
        return result;
      } catch (error) {
        // Only a refusal counts: a cluster that does not answer is nobody's fault.
        if (!(isProblemError(error) && error.status === 401)) await failures.reward(key);
        throw error;
      }
    },
  };
}

function waitOf(refusal: unknown): number {
  const { msBeforeNext = WINDOW_SECONDS * 1000 } = refusal as { msBeforeNext?: number };
  return Math.max(1, Math.ceil(msBeforeNext / 1000));
}

function tooMany(seconds: number): ProblemError {
  return new ProblemError(429, "Too many attempts to log in", {
    detail: `Wait ${seconds} seconds before the next one.`,
    extra: { reason: "too-many" },
    headers: { "retry-after": String(seconds) },
  });
}
