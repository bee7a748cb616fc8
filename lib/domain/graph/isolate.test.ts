import fc from "fast-check";
import { expect, it } from "vitest";
import { isolate } from "./isolate.ts";

it("leaves names as they are that run from left to right", () => {
  expect(isolate("reviews-v3")).toBe("reviews-v3");
  expect(isolate("商店-🐟")).toBe("商店-🐟");
});

it("closes a name that runs from right to left in itself", () => {
  expect(isolate("חנות")).toBe("\u2068חנות\u2069");
});

it("shows signs that would turn what follows, instead of obeying them", () => {
  // "reviews‮3v-" would be read as "reviews-v3", and the rest of the line with it.
  expect(isolate("reviews\u202e3v-")).toBe("reviews\ufffd3v-");
  expect(isolate("\u2069x\u202e")).toBe("\ufffdx\ufffd");
});

it("opens nothing that it does not close, for any name", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (name) => {
      expect(isolate(isolate(name))).toBe(isolate(name));
      expect(isolate(name).replace(/^\u2068(.*)\u2069$/su, "$1")).not.toMatch(
        /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/,
      );
    }),
  );
});
