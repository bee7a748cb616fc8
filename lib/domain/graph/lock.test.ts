import { describe, expect, it } from "vitest";
import { edgeOf, graphOf } from "#test/builders/graphWorld.ts";
import { requestRow } from "#test/builders/reports.ts";
import { lockOf } from "./lock.ts";

const lockWith = (...rows: readonly (readonly [perSecond: number, securityPolicy: string])[]) => {
  const requests = rows.map(([perSecond, securityPolicy], index) =>
    requestRow({ from: "web", to: `cart-v${index}`, service: "cart", perSecond, securityPolicy }),
  );
  return lockOf(edgeOf(graphOf({ requests }, { graphType: "app" }), "(web)", "(cart)"));
};

describe("the lock of an edge", () => {
  it.each([
    [
      "full",
      [
        [1, "mutual_tls"],
        [9, "mutual_tls"],
      ],
    ],
    [
      "partial",
      [
        [1, "mutual_tls"],
        [99, "none"],
      ],
    ],
    ["none", [[1, "none"]]],
    ["unknown", [[1, "unknown"]]],
  ] as const)("is %s for %j", (lock, rows) => {
    expect(lockWith(...rows)).toBe(lock);
  });

  it("is not closed by rounding: one plain call in ten million leaves it partial", () => {
    expect(lockWith([9_999_999, "mutual_tls"], [1, "none"])).toBe("partial");
    expect(lockWith([1, "mutual_tls"], [9_999_999, "none"])).toBe("partial");
  });

  it("counts what was reported only: a version that nobody could tell of changes nothing", () => {
    expect(lockWith([1, "mutual_tls"], [9, "unknown"])).toBe("full");
  });
});
