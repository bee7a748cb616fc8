import { expect, it } from "vitest";
import { areaPath, highest, linePath, summarize } from "./linePath.ts";

const plot = { width: 100, height: 10, top: 4 };

it("draws from zero at the bottom to the highest value at the top", () => {
  expect(linePath([0, 2, 4], plot)).toBe("M0,10L50,5L100,0");
});

it("leaves a gap where nothing is known", () => {
  // Two strokes: the third of five points is missing.
  expect(linePath([4, 4, null, 0, 0], plot)).toBe("M0,0L25,0M75,10L100,10");
});

it("closes areas at the bottom", () => {
  expect(areaPath([4, 0], plot)).toBe("M0,0L100,10L100,10L0,10Z");
});

it("draws a line of zeros at the bottom", () => {
  const zeros = [0, 0];
  expect(linePath(zeros, { ...plot, top: highest(zeros) })).toBe("M0,10L100,10");
});

it("sums up what is known, and only that", () => {
  expect(summarize([null, 3, 1, 2, undefined])).toEqual({ min: 1, max: 3, last: 2 });
  expect(summarize([null])).toBeUndefined();
});
