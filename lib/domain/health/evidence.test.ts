import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { leastPercent, reaches } from "./evidence.ts";

const counts = fc
  .tuple(fc.integer({ min: 0, max: 2000 }), fc.integer({ min: 1, max: 100_000 }))
  .map(([count, more]) => [count, count + more] as const);

describe("the least a share can be", () => {
  it("is Wilson's lower end at 99 %", () => {
    expect(leastPercent(1, 3)).toBeCloseTo(4.04, 2);
    expect(leastPercent(2, 6)).toBeCloseTo(6.82, 2);
    expect(leastPercent(150, 1500)).toBeCloseTo(8.18, 2);
    expect(leastPercent(1, 1000)).toBeCloseTo(0.0117, 4);
    expect(leastPercent(0, 100)).toBe(0);
    expect(leastPercent(0, 0)).toBe(0);
  });

  it("lies between nothing and the share", () => {
    fc.assert(
      fc.property(counts, ([count, total]) => {
        expect(leastPercent(count, total)).toBeGreaterThanOrEqual(0);
        expect(leastPercent(count, total)).toBeLessThanOrEqual((100 * count) / total);
      }),
    );
  });
});

describe("a threshold", () => {
  it.each([
    // One bad of three: visible, but no proof of 10 %.
    [0.1, 1, 3, true],
    [10, 1, 3, false],
    [10, 2, 3, true],
    // One bad of a thousand is 0.1 %, and may be bad luck.
    [0.1, 1, 1000, false],
    [0.1, 1, 230, true],
    [0.1, 30, 30_000, true],
    [0.1, 1, 1_000_000, false],
    [10, 3000, 30_000, true],
    [10, 2999, 30_000, false],
  ])("of %d %% is reached by %d of %d: %s", (threshold, count, total, expected) => {
    expect(reaches(threshold, count, total)).toBe(expected);
  });

  it("is decided by the share alone from 15 bad responses on", () => {
    fc.assert(
      fc.property(counts, fc.constantFrom(0.1, 1, 10, 20, 50), ([count, total], threshold) => {
        fc.pre(count >= 15);
        expect(reaches(threshold, count, total)).toBe((100 * count) / total >= threshold);
      }),
    );
  });

  it("of zero is reached by the first", () => {
    expect(reaches(0, 1, 1_000_000)).toBe(true);
  });
});
