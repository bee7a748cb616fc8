import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ProblemError } from "#lib/server/problemError.ts";
import { Browser } from "#test/server/asking.ts";
import { createLoginLimit, type LoginLimit } from "./loginLimit.ts";

const refused = () => Promise.reject(new ProblemError(401, "No", { detail: "No." }));
let limit: LoginLimit;

beforeEach(() => {
  vi.useFakeTimers();
  limit = createLoginLimit();
});
afterEach(() => vi.useRealTimers());

/** Status of each attempt, and how long to wait. */
async function attempt(network: string, login: () => Promise<unknown> = refused): Promise<string> {
  const browser = new Browser("http://mesh.example", { network });
  try {
    await browser.ask(() => limit.attempt(login));
    return "200";
  } catch (error) {
    const { status, headers: sent } = error as ProblemError;
    return [status, sent["retry-after"]].filter(Boolean).join(" after ");
  }
}

async function attempts(count: number, ...rest: Parameters<typeof attempt>): Promise<string[]> {
  return Promise.all(Array.from({ length: count }, () => attempt(...rest)));
}

describe("attempts to log in", () => {
  it("are refused after five failures, also when all come at once, and the wait grows", async () => {
    expect(await attempts(7, "203.0.113.9")).toEqual([
      ...Array.from({ length: 5 }, () => "401"),
      "429 after 60",
      "429 after 60",
    ]);
    expect(await attempt("203.0.113.9", async () => "in")).toBe("429 after 60");
    vi.advanceTimersByTime(60_001);
    expect((await attempts(6, "203.0.113.9")).at(-1)).toBe("429 after 120");
  });

  it("of others are not", async () => {
    await attempts(6, "203.0.113.9");
    expect(await attempt("203.0.113.10", async () => "in")).toBe("200");
  });

  it("that succeed, or that nobody could answer, do not count", async () => {
    const down = () => Promise.reject(new ProblemError(503, "Away", { detail: "Away." }));
    for (let time = 0; time < 20; time += 1) await attempt("203.0.113.9", time % 2 === 0 ? down : async () => "in");
    expect(await attempt("203.0.113.9", async () => "in")).toBe("200");
  });

  it("of a thousand addresses together have a limit", async () => {
    const tried = await Promise.all(
      Array.from({ length: 320 }, (_, index) => attempt(`198.51.${index >> 8}.${index & 255}`)),
    );
    expect(tried.filter((status) => status === "401")).toHaveLength(300);
  });

  it("of one address that goes on and on keep nobody else out", async () => {
    await attempts(1000, "203.0.113.9");
    expect(await attempt("203.0.113.10", async () => "in")).toBe("200");
  });
});
