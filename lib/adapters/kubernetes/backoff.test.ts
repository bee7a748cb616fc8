import { expect, test } from "vitest";
import { backoffMs, Pauses } from "./backoff.ts";

test("the wait doubles with each attempt up to the cap", () => {
  const limits = { baseMs: 500, capMs: 30_000 };
  const longest = [0, 1, 2, 5, 6, 7, 1_000].map((attempt) => backoffMs(attempt, () => 1, limits));
  expect(longest).toEqual([500, 1_000, 2_000, 16_000, 30_000, 30_000, 30_000]);
});

test("the jitter is full: any share of the wait down to none", () => {
  const limits = { baseMs: 500, capMs: 30_000 };
  expect(backoffMs(3, () => 0, limits)).toBe(0);
  expect(backoffMs(3, () => 0.25, limits)).toBe(1_000);
});

test("waking ends every pause that is under way", async () => {
  const pauses = new Pauses();
  const { signal } = new AbortController();
  const waiting = Promise.all([pauses.pause(3_600_000, signal), pauses.pause(3_600_000, signal)]);
  pauses.wake();
  await expect(waiting).resolves.toHaveLength(2);
});

test("stopping ends a pause, and a stopped owner does not pause at all", async () => {
  const pauses = new Pauses();
  const stop = new AbortController();
  const waiting = pauses.pause(3_600_000, stop.signal);
  stop.abort();
  await waiting;
  await expect(pauses.pause(3_600_000, stop.signal)).resolves.toBeUndefined();
});
