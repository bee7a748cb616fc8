import fc from "fast-check";
import { expect, test } from "vitest";
import { describeDuration, usableMoment, usableWindow } from "./moment.ts";

const NOW = 1_000_000;
const server = { scrapeIntervalSeconds: 15, retentionSeconds: 3_600 };

test("a window that holds four scrapes is used as asked", () => {
  expect(usableMoment({ windowSeconds: 60, atSeconds: NOW }, server, NOW)).toEqual({
    windowSeconds: 60,
    atSeconds: NOW,
    warnings: [],
  });
});

test("a narrower window is widened to four scrapes, with a warning", () => {
  const moment = usableMoment({ windowSeconds: 30, atSeconds: NOW }, server, NOW);
  expect(moment.windowSeconds).toBe(60);
  expect(moment.warnings.map(({ code }) => code)).toEqual(["window-widened"]);
});

test("rounding up to whole seconds is not worth a warning", () => {
  expect(usableMoment({ windowSeconds: 90.5, atSeconds: NOW }, server, NOW)).toMatchObject({
    windowSeconds: 91,
    warnings: [],
  });
});

test("a moment before the oldest data becomes the first whose window is whole, with a warning", () => {
  // now - retention + window = 1,000,000 - 3,600 + 300
  const moment = usableMoment({ windowSeconds: 300, atSeconds: NOW - 86_400 }, server, NOW);
  expect(moment.atSeconds).toBe(996_700);
  expect(moment.warnings.map(({ code }) => code)).toEqual(["before-retention"]);
});

test("a moment in the future is now", () => {
  expect(usableMoment({ windowSeconds: 300, atSeconds: NOW + 60 }, server, NOW).atSeconds).toBe(NOW);
});

test("an unknown retention forbids no moment", () => {
  const moment = usableMoment({ windowSeconds: 300, atSeconds: 5 }, { scrapeIntervalSeconds: 15 }, NOW);
  expect(moment).toMatchObject({ atSeconds: 5, warnings: [] });
});

test("a window is whole seconds", () => {
  expect(usableWindow(10, 7.1)).toBe(29);
});

test("a window of one second is widened, and its moment stays", () => {
  expect(usableMoment({ windowSeconds: 1, atSeconds: NOW - 10 }, server, NOW)).toMatchObject({
    windowSeconds: 60,
    atSeconds: NOW - 10,
    warnings: [{ code: "window-widened" }],
  });
});

test("a window longer than what is kept is all that is kept, up to now, with a warning", () => {
  const moment = usableMoment({ windowSeconds: 30 * 86_400, atSeconds: NOW }, server, NOW);
  expect(moment).toMatchObject({
    windowSeconds: 3_600,
    atSeconds: NOW,
    warnings: [
      {
        code: "window-shortened",
        message: "Rates are over 60 minutes instead of 30 days: Prometheus keeps no more.",
      },
    ],
  });
});

test("a window longer than what is kept, at a moment before now, is told both", () => {
  const moment = usableMoment({ windowSeconds: 7_200, atSeconds: NOW - 600 }, server, NOW);
  expect(moment).toMatchObject({ windowSeconds: 3_600, atSeconds: NOW });
  expect(moment.warnings.map(({ code }) => code)).toEqual(["window-shortened", "before-retention"]);
});

test("a server that keeps less than four scrapes is still asked for four", () => {
  const moment = usableMoment(
    { windowSeconds: 300, atSeconds: NOW },
    { scrapeIntervalSeconds: 60, retentionSeconds: 30 },
    NOW,
  );
  expect(moment).toMatchObject({ windowSeconds: 240, atSeconds: NOW });
});

test("fractions of a second are moments like others", () => {
  expect(usableMoment({ windowSeconds: 300, atSeconds: NOW - 0.5 }, server, NOW).atSeconds).toBe(NOW - 0.5);
  expect(usableMoment({ windowSeconds: 0.25, atSeconds: NOW }, server, NOW).windowSeconds).toBe(60);
});

const kept = fc.integer({ min: 60, max: 40 * 86_400 });

test("whatever is asked for, the window lies within what is kept", () => {
  const windows = fc.double({ min: 0.001, max: 60 * 86_400, noNaN: true });
  const ages = fc.double({ min: -86_400, max: 80 * 86_400, noNaN: true });
  fc.assert(
    fc.property(kept, windows, ages, (retentionSeconds, windowSeconds, age) => {
      const asked = { windowSeconds, atSeconds: NOW - age };
      const moment = usableMoment(asked, { scrapeIntervalSeconds: 15, retentionSeconds }, NOW);
      expect(moment.atSeconds).toBeLessThanOrEqual(NOW);
      expect(moment.windowSeconds).toBeGreaterThanOrEqual(60);
      expect(moment.atSeconds - moment.windowSeconds).toBeGreaterThanOrEqual(NOW - retentionSeconds);
    }),
  );
});

test("what lies within it already is used as asked, without a word", () => {
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(kept, share, share, (retentionSeconds, ofRoom, ofRest) => {
      const windowSeconds = 60 + Math.floor(ofRoom * (retentionSeconds - 60));
      const asked = { windowSeconds, atSeconds: NOW - Math.floor(ofRest * (retentionSeconds - windowSeconds)) };
      const moment = usableMoment(asked, { scrapeIntervalSeconds: 15, retentionSeconds }, NOW);
      expect(moment).toEqual({ ...asked, warnings: [] });
    }),
  );
});

test.each([
  [90, "90 seconds"],
  [600, "10 minutes"],
  [3_600, "60 minutes"],
  [36_000, "10 hours"],
  [86_400, "24 hours"],
  [604_800, "7 days"],
  [648_000, "7.5 days"],
])("%d s are %s", (seconds, words) => {
  expect(describeDuration(seconds)).toBe(words);
});
