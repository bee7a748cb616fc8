import { expect, test } from "vitest";
import { bucketShares, meanOf, type ResponseTime, shareWithin } from "./responseTime.ts";

const PLAIN: ResponseTime = { meanMilliseconds: 40, steepness: 3.2, delayedShare: 0, delayMilliseconds: 0 };
const DELAYED: ResponseTime = { ...PLAIN, delayedShare: 0.25, delayMilliseconds: 2000 };

test.each([
  ["undelayed", PLAIN, 40],
  ["partly delayed", DELAYED, 540],
])("the mean of %s answers is that of their distribution", (_, time, mean) => {
  // ∫ (1 - F(x)) dx, up to where nothing is left.
  let integral = 0;
  for (let x = 0; x < 60_000; x += 0.5) integral += 0.5 * (1 - shareWithin(time, x + 0.25));
  expect(integral).toBeCloseTo(mean, -0.5);
  expect(meanOf(time)).toBe(mean);
});

test("buckets grow to one", () => {
  const shares = [...bucketShares(DELAYED)];
  expect(shares).toEqual([...shares].sort((left, right) => left - right));
  expect(shares.at(-1)).toBe(1);
});

test("a delay moves its share of answers behind it", () => {
  expect(shareWithin(DELAYED, 1999)).toBeCloseTo(0.75, 2);
});
