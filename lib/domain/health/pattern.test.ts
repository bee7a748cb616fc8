import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileCodePattern, compilePattern } from "./pattern.ts";

function matches(pattern: ReturnType<typeof compilePattern>, text: string): boolean {
  if ("problem" in pattern) throw new Error(pattern.problem);
  return pattern.matches(text);
}

describe("patterns", () => {
  it("match the whole text", () => {
    expect(matches(compilePattern("cart"), "cart")).toBe(true);
    expect(matches(compilePattern("cart"), "cart-v1")).toBe(false);
    expect(matches(compilePattern("prod-.*|stage-.*"), "my-stage-1")).toBe(false);
    expect(matches(compilePattern("(cart|pay)-v\\d+"), "pay-v12")).toBe(true);
    expect(matches(compilePattern("^cart$"), "cart")).toBe(true);
    expect(matches(compilePattern(".*"), "x".repeat(300))).toBe(true);
  });

  it("of codes read X as any digit", () => {
    for (const code of ["500", "503", "599"]) expect(matches(compileCodePattern("5XX"), code)).toBe(true);
    expect(matches(compileCodePattern("5xx"), "404")).toBe(false);
    expect(matches(compileCodePattern("^[1-9]$|^1[0-6]$"), "14")).toBe(true);
    expect(matches(compileCodePattern("-"), "-")).toBe(true);
  });

  it.each([
    ["(", "is not a regular expression"],
    ["a)|(b", "is not a regular expression"],
    ["a".repeat(257), "is longer than 256"],
    ["(a)\\1", "refers back"],
    ["(?=a).*", "looks ahead"],
    ["(?<name>a)", "names a group"],
    ["(a+)+", "repeats a group"],
    ["(a|a){30}", "repeats a group"],
    [".*a.*b.*c.*d", "too many ways"],
    ["(a|a)".repeat(30), "too many ways"],
    [`${"a?".repeat(30)}${"a".repeat(30)}`, "too many ways"],
  ])("are refused when they could take long or say nothing: %s", (source, problem) => {
    expect(compilePattern(source)).toEqual({ problem: expect.stringContaining(problem) });
  });

  it("of codes look at no text that is longer than codes are, but match any with .*", () => {
    expect(matches(compileCodePattern("a.*"), "a".repeat(16))).toBe(true);
    expect(matches(compileCodePattern("a.*"), "a".repeat(17))).toBe(false);
    expect(matches(compileCodePattern(".*"), "a".repeat(250))).toBe(true);
  });

  it("that are accepted never take long, whatever the text", () => {
    const piece = fc.constantFrom("a", ".", "a*", "a+", "a?", "(", "(?:", ")", "|", "{2}", "{1,9}", "[ab]", "\\w", "b");
    const source = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(""));
    const slowest = "a".repeat(250);
    fc.assert(
      fc.property(source, (text) => {
        const pattern = compilePattern(text);
        if ("problem" in pattern) return;
        const before = process.threadCpuUsage();
        pattern.matches(`${slowest}c`);
        // Some milliseconds of this thread, however busy the machine; what backtracks without bound takes hours.
        expect(process.threadCpuUsage(before).user).toBeLessThan(5_000_000);
      }),
    );
  });
});
