import { describe, expect, it } from "vitest";
import type { Reading } from "#lib/api/reading.ts";
import { chooseReading } from "./useReading.ts";

const lane = (asOf: number | undefined, state: { isFetching?: boolean; isPlaceholderData?: boolean } = {}) => ({
  data: asOf === undefined ? undefined : ({ asOf } as Reading),
  dataUpdatedAt: 0,
  isFetching: false,
  isPlaceholderData: false,
  ...state,
});

describe("of the two lanes of a reading", () => {
  it("draws rates until the first percentiles are there", () => {
    expect(chooseReading(lane(15), lane(undefined, { isFetching: true })).data?.asOf).toBe(15);
  });

  it("keeps the older percentiles while newer ones are on their way, so that they do not blink", () => {
    expect(chooseReading(lane(30), lane(15, { isFetching: true })).data?.asOf).toBe(15);
  });

  it("does not keep them once that attempt has ended", () => {
    expect(chooseReading(lane(30), lane(15)).data?.asOf).toBe(30);
  });

  it("does not show another window's percentiles beside this window's rates", () => {
    const kept = lane(40, { isFetching: true, isPlaceholderData: true });
    expect(chooseReading(lane(30), kept).data?.asOf).toBe(30);
  });
});
