import { describe, expect, it } from "vitest";
import { benjaminiHochberg, durationChance, rateChance, shareChance } from "./noise.ts";

const events = (count: number, seconds = 300) => ({ events: count, seconds });

describe("two rates", () => {
  it("are compared almost as exactly as whole counts can be", () => {
    // Exact, two-sided: 2 × 2⁻⁹ = 0.0039 and 2 × 2⁻²⁵ = 6.0e-8.
    expect(rateChance(events(0), events(9)) / 0.0039).toBeCloseTo(0.85, 1);
    expect(rateChance(events(0), events(25)) / 6e-8).toBeCloseTo(0.8, 1);
    // 2 × P(X ≤ 10), X of 50 with ½.
    expect(rateChance(events(10), events(40)) / 2.39e-5).toBeCloseTo(1, 1);
  });

  it("need no windows of one length", () => {
    expect(rateChance(events(600, 600), events(60, 60))).toBe(1);
    expect(rateChance(events(600, 600), events(150, 60))).toBeLessThan(1e-9);
  });

  it("are the same when nothing happened", () => {
    expect(rateChance(events(0), events(0))).toBe(1);
  });
});

describe("two shares", () => {
  it("differ by chance when there were few requests", () => {
    expect(shareChance({ of: 0, among: 10 }, { of: 2, among: 10 })).toBeGreaterThan(0.05);
    // One failure of ten is no proof beside one of ten thousand.
    expect(shareChance({ of: 1, among: 10 }, { of: 1, among: 10_000 })).toBeGreaterThan(0.001);
  });

  it("differ for sure when there were many", () => {
    expect(shareChance({ of: 0, among: 3000 }, { of: 60, among: 3000 })).toBeLessThan(1e-9);
  });

  it("say nothing without requests on one side", () => {
    expect(shareChance({ of: 0, among: 0 }, { of: 9, among: 10 })).toBe(1);
  });
});

it("needs more requests to believe in a small change of durations", () => {
  const chance = (ratio: number, requests: number) =>
    durationChance({ milliseconds: 100, requests }, { milliseconds: 100 * ratio, requests }, 1.5);
  expect(chance(1.3, 50)).toBeGreaterThan(0.3);
  expect(chance(1.3, 5000)).toBeLessThan(1e-9);
  expect(chance(1 / 1.3, 5000)).toBeCloseTo(chance(1.3, 5000), 12);
  expect(durationChance({ milliseconds: 0, requests: 9 }, { milliseconds: 5, requests: 9 }, 1.5)).toBe(1);
});

it("believes the more tests the more of them are unlikely", () => {
  // Limits at 1 %: 0.0025, 0.005, 0.0075, 0.01.
  expect(benjaminiHochberg([0.004, 0.9, 0.001, 0.02], 0.01)).toEqual([true, false, true, false]);
  expect(benjaminiHochberg([0.004, 0.9, 0.004, 0.02], 0.01)).toEqual([true, false, true, false]);
  expect(benjaminiHochberg([0.004, 0.9, 0.8, 0.02], 0.01)).toEqual([false, false, false, false]);
  expect(benjaminiHochberg([], 0.01)).toEqual([]);
});
