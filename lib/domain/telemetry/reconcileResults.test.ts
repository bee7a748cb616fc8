import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CallResult, CallResults, hasReached } from "./callResult.ts";
import { reconcileResults } from "./reconcileResults.ts";

type Amounts = Readonly<Record<string, number>>;

const results = new CallResults();

/** "code flags" → amount, as the two sides count it. */
function amounts(written: Amounts): Map<CallResult, number> {
  return new Map(
    Object.entries(written).map(([result, amount]) => {
      const [code = "", flags = "-"] = result.split(" ");
      return [results.of(code, flags), amount];
    }),
  );
}

function reconciled(server: Amounts, client: Amounts): Amounts {
  const merged = reconcileResults(amounts(server), amounts(client)) ?? new Map();
  return Object.fromEntries(
    [...merged].map(([{ code, flags }, amount]) => [`${code} ${flags}`, Number(amount.toFixed(6))]),
  );
}

function total(written: Amounts): number {
  return Object.values(written).reduce((sum, amount) => sum + amount, 0);
}

describe("results of the two ends of a connection", () => {
  it("are one where they are the same", () => {
    expect(reconciled({ "200 -": 90, "404 -": 3 }, { "200 -": 90, "404 -": 3 })).toEqual({ "200 -": 90, "404 -": 3 });
  });

  it("are the caller's where the server answered too late", () => {
    // 90 calls: ten were answered 200 after the caller had given up
    expect(reconciled({ "200 -": 90 }, { "200 -": 80, "504 UT": 10 })).toEqual({ "200 -": 80, "504 UT": 10 });
  });

  it("are the caller's where the server saw the connection end", () => {
    expect(reconciled({ "200 -": 90, "- DC": 10 }, { "200 -": 90, "504 UT": 10 })).toEqual({
      "200 -": 90,
      "504 UT": 10,
    });
  });

  it("take calls without a response off before those that were merely answered late", () => {
    expect(reconciled({ "200 -": 95, "- DC": 5 }, { "200 -": 90, "504 UT": 10 })).toEqual({
      "200 -": 90,
      "504 UT": 10,
    });
  });

  it("add calls that the caller's proxy ended by itself, whatever the server counted", () => {
    expect(reconciled({ "200 -": 90, "503 -": 8 }, { "200 -": 90, "503 UH": 5, "503 UF,URX": 2 })).toEqual({
      "200 -": 90,
      "503 -": 8,
      "503 UH": 5,
      "503 UF,URX": 2,
    });
  });

  it("add what only the caller saw when the server has nothing left to match it with", () => {
    expect(reconciled({ "200 -": 90 }, { "200 -": 90, "503 UC": 4 })).toEqual({ "200 -": 90, "503 UC": 4 });
  });

  it("keep the reason of the side that knows one", () => {
    expect(reconciled({ "503 UC": 10, "403 UAEX": 5 }, { "503 -": 10, "403 -": 5 })).toEqual({
      "503 UC": 10,
      "403 UAEX": 5,
    });
    expect(reconciled({ "503 -": 10 }, { "503 URX": 10 })).toEqual({ "503 URX": 10 });
  });

  it("divide one code among several reasons by amount", () => {
    expect(reconciled({ "503 UC": 6, "503 -": 4 }, { "503 -": 10 })).toEqual({ "503 UC": 6, "503 -": 4 });
    expect(reconciled({ "503 UC": 6, "503 -": 4 }, { "503 -": 6, "503 URX": 4 })).toEqual({
      "503 UC": 6,
      "503 URX": 4,
    });
  });

  it("take no difference between scrapes for calls that the server gave another reason", () => {
    // 36 cut off by the application, 33 attempts failed and repeated
    expect(reconciled({ "503 UC": 36, "503 -": 33 }, { "503 -": 36 })).toEqual({ "503 UC": 36, "503 -": 33 });
  });

  it("replace what was answered in time before failures, which the caller may have repeated", () => {
    expect(reconciled({ "503 -": 5, "200 -": 5 }, { "504 UT": 5 })).toEqual({ "503 -": 5, "504 UT": 5 });
  });

  it("keep the caller's reason when both name one", () => {
    expect(reconciled({ "504 UT": 10 }, { "504 URX": 10 })).toEqual({ "504 URX": 10 });
  });

  it("count every attempt that the server answered when the caller tried again", () => {
    // five attempts failed, were repeated and succeeded; two calls failed at the third attempt
    expect(reconciled({ "200 -": 100, "503 -": 11 }, { "200 -": 100, "503 URX": 2 })).toEqual({
      "200 -": 100,
      "503 URX": 2,
      "503 -": 9,
    });
  });

  it("keep what a server counted and no scraped client accounts for", () => {
    expect(reconciled({ "200 -": 100, "500 -": 10 }, { "200 -": 40 })).toEqual({ "200 -": 100, "500 -": 10 });
  });

  it("keep what a client counted at servers that are not scraped", () => {
    expect(reconciled({ "200 -": 40 }, { "200 -": 100, "500 -": 10 })).toEqual({ "200 -": 100, "500 -": 10 });
  });

  it("show no result of its own for the difference between two scrapes", () => {
    expect(reconciled({ "200 -": 90, "- DC": 10 }, { "200 -": 88, "504 UT": 9.7 })).toEqual({
      "200 -": 90,
      "504 UT": 10,
    });
    expect(reconciled({ "503 UC": 10 }, { "503 -": 10.3 })).toEqual({ "503 UC": 10.3 });
    expect(reconciled({ "503 UC": 10.3 }, { "503 -": 10 })).toEqual({ "503 UC": 10.3 });
    // what was scraped earlier does not eat a server's failed attempts
    expect(reconciled({ "200 -": 90, "503 -": 2 }, { "200 -": 92 })).toEqual({ "200 -": 92, "503 -": 2 });
  });
});

describe("any two reports", () => {
  const side = fc.dictionary(
    fc.constantFrom("200 -", "404 -", "503 -", "503 UC", "503 URX", "503 UH", "504 UT", "- DC", "429 RL"),
    fc.integer({ min: 1, max: 1000 }),
  );

  it("make no fewer calls than either end counted, up to noise, and no more than both together", () => {
    fc.assert(
      fc.property(side, side, (server, client) => {
        const merged = total(reconciled(server, client));
        expect(merged).toBeGreaterThanOrEqual(Math.max(total(server), total(client)) * 0.999999);
        expect(merged).toBeLessThanOrEqual(total(server) + total(client) + 0.001);
      }),
      { seed: 11, numRuns: 500 },
    );
  });

  it("show no result that neither end has", () => {
    fc.assert(
      fc.property(side, side, (server, client) => {
        const known = new Set([...Object.keys(server), ...Object.keys(client)]);
        expect(Object.keys(reconciled(server, client)).filter((result) => !known.has(result))).toEqual([]);
      }),
      { seed: 12, numRuns: 500 },
    );
  });

  it("give every result of the caller its due, up to a reason that the server knows", () => {
    fc.assert(
      fc.property(side, side, (server, client) => {
        const byCode = (of: Amounts) => Object.entries(of).reduce(addToCode, new Map<string, number>());
        const merged = byCode(reconciled(server, client));
        for (const [code, amount] of byCode(client)) expect(merged.get(code)).toBeGreaterThanOrEqual(amount * 0.999999);
      }),
      { seed: 13, numRuns: 500 },
    );
  });
});

function addToCode(codes: Map<string, number>, [result, amount]: readonly [string, number]): Map<string, number> {
  const code = result.split(" ")[0] ?? "";
  return codes.set(code, (codes.get(code) ?? 0) + amount);
}

describe("response flags", () => {
  it("tell calls that were never sent from those that arrived, alone or together", () => {
    expect(["UH", "UF", "NR", "UO", "RL", "FI", "DI,FI", "UF,URX"].filter(hasReached)).toEqual([]);
    expect(["-", "UC", "UT", "URX", "DC", "LR", "UR", "SI", "UPE", "DI"].filter((flags) => !hasReached(flags))).toEqual(
      [],
    );
  });
});
