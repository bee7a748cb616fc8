import { expect, it } from "vitest";
import { alignRange } from "./useSeries.ts";

it("gives viewers a few seconds apart the same range", () => {
  expect(alignRange(3607, 3600, 120)).toEqual({ startSeconds: 0, endSeconds: 3600, stepSeconds: 30 });
  expect(alignRange(3619, 3600, 120)).toEqual(alignRange(3607, 3600, 120));
});

it("never steps finer than a usual scrape", () => {
  expect(alignRange(600, 60, 120).stepSeconds).toBe(15);
});
