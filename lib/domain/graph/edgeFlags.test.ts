import { expect, it } from "vitest";
import { edgeOf, graphOf } from "#test/builders/graphWorld.ts";
import { requestRow, tcpRow } from "#test/builders/reports.ts";
import { flagRates, hasOpenBreaker } from "./edgeFlags.ts";

const call = { from: "web", to: "cart-v1", service: "cart" };
const edgeWith = (...rows: readonly (readonly [code: string, flags: string, perSecond: number])[]) =>
  edgeOf(
    graphOf({
      requests: rows.map(([responseCode, responseFlags, perSecond]) =>
        requestRow({ ...call, responseCode, responseFlags, perSecond }),
      ),
    }),
    "web",
    "cart-v1",
  );

it("says by code how many calls carry a flag, and counts a call with two flags for both", () => {
  // 10 rps: 5 fine, 3 "503 UF,URX", 1 "503 UF", 1 "504 UT"
  expect(flagRates(edgeWith(["200", "-", 5], ["503", "UF,URX", 3], ["503", "UF", 1], ["504", "UT", 1]))).toEqual([
    { code: "503", flag: "UF", perSecond: 4, percent: 40 },
    { code: "503", flag: "URX", perSecond: 3, percent: 30 },
    { code: "504", flag: "UT", perSecond: 1, percent: 10 },
  ]);
});

it("sees an open circuit breaker whatever code came with it, and nothing else as one", () => {
  expect(hasOpenBreaker(edgeWith(["200", "-", 5], ["503", "UO", 0.01]))).toBe(true);
  expect(hasOpenBreaker(edgeWith(["429", "URX,UO", 1]))).toBe(true);
  expect(hasOpenBreaker(edgeWith(["503", "UH", 1], ["200", "-", 1]))).toBe(false);
});

it("has nothing to say of TCP", () => {
  expect(flagRates(edgeOf(graphOf({ tcp: [tcpRow({ ...call, perSecond: 1 })] }), "web", "cart-v1"))).toEqual([]);
});
