import { expect, it } from "vitest";
import { retryDelayMs } from "./eventStream.ts";

it("waits twice as long after each failure, up to half a minute", () => {
  expect([0, 1, 2, 5, 50].map((attempt) => retryDelayMs(attempt, 0))).toEqual([1000, 2000, 4000, 30_000, 30_000]);
});

it("spreads reconnections over half of the wait", () => {
  expect(retryDelayMs(2, 1)).toBe(2000);
});
