import { expect, it } from "vitest";
import { momentAt, moveMoment, shareOfRange, stripRange } from "./timeRange.ts";

const now = 100_000;

it("shows the last hour, also when a moment within it is chosen", () => {
  const live = stripRange(now, undefined);
  expect(live.endSeconds - live.startSeconds).toBe(3600);
  expect(now - live.endSeconds).toBeLessThan(live.stepSeconds);
  expect(stripRange(now, now - 1200)).toEqual(live);
});

it("puts an older moment in the middle", () => {
  const at = 50_000;
  expect(shareOfRange(stripRange(now, at), at)).toBeCloseTo(0.5, 1);
});

it("finds the moment under the pointer again", () => {
  const range = stripRange(now, undefined);
  const moment = momentAt(range, 0.25, now);
  expect(shareOfRange(range, moment ?? 0)).toBeCloseTo(0.25, 2);
});

it("takes the right end for now", () => {
  const range = stripRange(now, undefined);
  expect(momentAt(range, 1, now)).toBeUndefined();
  expect(momentAt(range, 7, now)).toBeUndefined();
});

it("steps back from now and forward to it", () => {
  const range = stripRange(now, undefined);
  const back = moveMoment(range, undefined, -1, now);
  expect(back).toBe(range.endSeconds - range.stepSeconds);
  expect(moveMoment(range, back, 2, now)).toBeUndefined();
});
