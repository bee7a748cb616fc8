import fc from "fast-check";
import { expect, test } from "vitest";
import { escapeRegex, quote } from "./escape.ts";

test("a quoted value cannot end its string", () => {
  expect(quote('a"} or up{x="')).toBe('"a\\"} or up{x=\\""');
  expect(quote("back\\slash")).toBe('"back\\\\slash"');
  expect(quote("two\nlines")).toBe('"two\\nlines"');
});

test("a lone surrogate, which Prometheus refuses, is replaced", () => {
  expect(quote("\ud800")).toBe('"\ufffd"');
});

test("an escaped text matches itself and nothing else", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (text, other) => {
      const regex = new RegExp(`^(?:${escapeRegex(text)})$`, "s");
      return regex.test(text) && (other === text || !regex.test(other));
    }),
  );
  expect(escapeRegex("a.b|c")).toBe("a\\.b\\|c");
});
