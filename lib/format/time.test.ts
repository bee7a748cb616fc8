import { describe, expect, it } from "vitest";
import { formatAge, formatMoment, formatSpan, formatTime } from "./time.ts";

const plain = (text: string) => text.replaceAll("\u00a0", " ");
// 2026-11-21T13:03:20Z
const moment = Date.UTC(2026, 10, 21, 13, 3, 20) / 1000;
const zone = { timeZone: "Europe/Berlin" };

it("writes the time of day in the viewer's zone", () => {
  expect(formatTime(moment, zone)).toBe("14:03:20");
  expect(formatTime(undefined)).toBe("—");
});

it("writes midnight as 00, never 24", () => {
  expect(formatTime(Date.UTC(2026, 0, 1) / 1000, { timeZone: "UTC" })).toBe("00:00:00");
});

it("writes a moment in the viewer's zone and in UTC", () => {
  expect(formatMoment(moment, zone)).toBe("21 Nov 2026, 14:03:20 (13:03:20 UTC)");
});

describe("formatAge", () => {
  it.each([
    [-3, "0 s"],
    [12.9, "12 s"],
    [59.99, "59 s"],
    [240, "4 min"],
    [3 * 3600, "3 h"],
    [2 * 86_400 + 5, "2 d"],
    [undefined, "—"],
  ])("writes %s seconds as %s", (age, text) => expect(plain(formatAge(age))).toBe(text));
});

describe("formatSpan", () => {
  it.each([
    [0, "0s"],
    [90, "1m30s"],
    [300, "5m"],
    [21_600, "6h"],
    [86_400, "1d"],
  ])("writes %s seconds as %s", (span, text) => expect(formatSpan(span)).toBe(text));
});
