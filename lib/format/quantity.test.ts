import { describe, expect, it } from "vitest";
import { formatBytesRate, formatCount, formatMilliseconds, formatPercent, formatRate } from "./quantity.ts";

// A no-break space joins figure and unit; the tables below are easier to read with a plain one.
const plain = (text: string) => text.replaceAll("\u00a0", " ");

describe("formatRate", () => {
  it.each([
    [0, "0 rps"],
    [0.004, "<0.01 rps"],
    [0.051, "0.05 rps"],
    [5, "5.00 rps"],
    [12.44, "12.4 rps"],
    [999.4, "999 rps"],
    [999.6, "1.00 krps"],
    [1234, "1.23 krps"],
    [12_345_678, "12.3 Mrps"],
    [undefined, "—"],
  ])("writes %s as %s", (value, text) => expect(plain(formatRate(value))).toBe(text));
});

describe("formatPercent", () => {
  it.each([
    [0, "0 %"],
    [0.001, "<0.01 %"],
    [0.25, "0.25 %"],
    [1.6, "1.6 %"],
    [12.44, "12.4 %"],
    [99.97, ">99.9 %"],
    [100, "100 %"],
    [undefined, "—"],
  ])("writes %s as %s", (value, text) => expect(plain(formatPercent(value))).toBe(text));
});

describe("formatMilliseconds", () => {
  it.each([
    [0, "0 ms"],
    [0.001, "<0.01 ms"],
    [4.321, "4.32 ms"],
    [999.6, "1.00 s"],
    [1250, "1.25 s"],
    [126_000, "2.10 min"],
    [undefined, "—"],
  ])("writes %s as %s", (value, text) => expect(plain(formatMilliseconds(value))).toBe(text));
});

describe("formatBytesRate", () => {
  it.each([
    [0, "0 B/s"],
    [0.4, "<1 B/s"],
    [312, "312 B/s"],
    [4100, "4.10 kB/s"],
    [undefined, "—"],
  ])("writes %s as %s", (value, text) => expect(plain(formatBytesRate(value))).toBe(text));
});

it("writes counts in full", () => {
  expect(formatCount(1024)).toBe("1,024");
  expect(formatCount(undefined)).toBe("—");
});
