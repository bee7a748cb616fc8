import { expect, test } from "vitest";
import { usableMoment, usableWindow } from "./moment.ts";

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
