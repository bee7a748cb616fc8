import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ProblemError } from "#lib/server/problemError.ts";
import { Browser } from "#test/server/asking.ts";
import { createLoginLimit, type LoginLimit } from "./loginLimit.ts";
import { createProxies } from "./proxies.ts";

const refused = () => Promise.reject(new ProblemError(401, "No", { detail: "No." }));
let limit: LoginLimit;

beforeEach(() => {
  vi.useFakeTimers();
  limit = createLoginLimit(createProxies(["10.0.0.0/8"]));
});
afterEach(() => vi.useRealTimers());

/** Status of each attempt, and how long to wait. */
async function attempt(peer: string, login: () => Promise<unknown> = refused, headers = {}): Promise<string> {
  const browser = new Browser("http://mesh.example", { peer });
  try {
    await browser.ask((request) => limit.attempt(request, login), browser.request("/", { headers }));
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

  it("count for the client behind a trusted proxy, not for the proxy", async () => {
    const from = (client: string) => ({ "x-forwarded-for": `198.51.100.7, ${client}` });
    await attempts(6, "10.0.0.5", refused, from("203.0.113.9"));
    expect(await attempt("10.0.0.5", refused, from("203.0.113.9"))).toBe("429 after 60");
    expect(await attempt("10.0.0.5", refused, from("203.0.113.10"))).toBe("401");
  });

  it("from all addresses of one IPv6 network are one's own", async () => {
    for (let host = 1; host <= 6; host += 1) await attempt(`2001:db8::${host}`);
    expect(await attempt("2001:db8:0:0:ffff::1")).toBe("429 after 60");
    expect(await attempt("2001:db8:0:1::1")).toBe("401");
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
});
