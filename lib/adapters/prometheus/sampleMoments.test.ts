import fc from "fast-check";
import { expect, test } from "vitest";
import { sampleMoments } from "./sampleMoments.ts";

const NOW = 1_700_000_000;
const DAY = 86_400;
const options = { count: 12, leastSeconds: 60 };

const windows = fc.integer({ min: 21_601, max: 30 * DAY });

test("up to six hours a window is read whole", () => {
  const moment = { windowSeconds: 21_600, atSeconds: NOW };
  expect(sampleMoments(moment, options)).toEqual([moment]);
  expect(sampleMoments({ ...moment, windowSeconds: 21_601 }, options)).toHaveLength(12);
});

test.each([
  [0.5, 300],
  [1, 300],
  [7, 600],
  [30, 2_580],
])("samples of %d days are %d seconds long", (days, seconds) => {
  const samples = sampleMoments({ windowSeconds: days * DAY, atSeconds: NOW }, options);
  expect(new Set(samples.map(({ windowSeconds }) => windowSeconds))).toEqual(new Set([seconds]));
});

test("samples hold at least the scrapes that rates need", () => {
  const [sample] = sampleMoments({ windowSeconds: DAY, atSeconds: NOW }, { count: 12, leastSeconds: 1_200 });
  expect(sample?.windowSeconds).toBe(1_200);
});

test("a window that samples would fill is read whole", () => {
  const moment = { windowSeconds: DAY, atSeconds: NOW };
  expect(sampleMoments(moment, { count: 12, leastSeconds: 7_200 })).toEqual([moment]);
});

test("every sample lies within the window, and no two are the same", () => {
  fc.assert(
    fc.property(windows, (windowSeconds) => {
      const samples = sampleMoments({ windowSeconds, atSeconds: NOW }, options);
      for (const sample of samples) {
        expect(sample.atSeconds).toBeLessThanOrEqual(NOW);
        expect(sample.atSeconds - sample.windowSeconds).toBeGreaterThanOrEqual(NOW - windowSeconds);
      }
      expect(new Set(samples.map(({ atSeconds }) => atSeconds)).size).toBe(12);
    }),
  );
});

test("the same window is always read at the same moments", () => {
  const moment = { windowSeconds: 7 * DAY, atSeconds: NOW };
  expect(sampleMoments(moment, options)).toEqual(sampleMoments(moment, options));
});

/** The mean of a rate that swings once a day between 0 and 2, over all seconds of all samples. */
function meanOfDailySwing(samples: ReturnType<typeof sampleMoments>): number {
  const rate = (at: number) => 1 + Math.sin((2 * Math.PI * at) / DAY);
  const means = samples.map(({ atSeconds, windowSeconds }) => rate(atSeconds - windowSeconds / 2));
  return means.reduce((sum, mean) => sum + mean, 0) / means.length;
}

test("a daily rhythm averages out over whole days, the first four samples alone included", () => {
  const days = fc.integer({ min: 1, max: 30 });
  fc.assert(
    fc.property(days, fc.integer({ min: 0, max: DAY }), (count, shift) => {
      const samples = sampleMoments({ windowSeconds: count * DAY, atSeconds: NOW + shift }, options);
      expect(Math.abs(meanOfDailySwing(samples) - 1)).toBeLessThan(0.02);
      expect(Math.abs(meanOfDailySwing(samples.slice(0, 4)) - 1)).toBeLessThan(0.25);
    }),
  );
});
