import { expect, test } from "vitest";
import { callsUntil, jobLoad, steadyLoad, userLoad } from "./loadCurve.ts";

const NOON = 1_795_262_400;
const DAY = 86_400;

test.each([
  ["users", userLoad(10, 1, "a")],
  ["machines", steadyLoad(10, 1, "a")],
  ["a job", jobLoad(10, 600, 180)],
])("%s never make a negative number of calls", (_, load) => {
  for (let at = NOON; at < NOON + DAY; at += 97)
    expect(callsUntil(load, at + 97) - callsUntil(load, at)).toBeGreaterThanOrEqual(0);
});

test("users come to their mean rate over a day, and are busier by day than by night", () => {
  const load = userLoad(10, 1, "a");
  const mean = (from: number, seconds: number) => (callsUntil(load, from + seconds) - callsUntil(load, from)) / seconds;
  expect(mean(NOON, DAY)).toBeCloseTo(10, 0);
  expect(mean(NOON, 3600)).toBeGreaterThan(1.5 * mean(NOON - DAY / 2, 3600));
});

test("a job calls in the active part of its period and not in the rest", () => {
  const load = jobLoad(6, 600, 180);
  const calls = (from: number, to: number) => callsUntil(load, NOON + to) - callsUntil(load, NOON + from);
  expect(calls(0, 60)).toBe(360);
  expect(calls(120, 240)).toBe(360);
  expect(calls(180, 600)).toBe(0);
  expect(calls(0, 600)).toBe(6 * 180);
});
