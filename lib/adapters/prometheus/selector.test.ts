import { expect, test } from "vitest";
import { anyOf, equals, selector } from "./selector.ts";

test("values are quoted, and regular expressions are built from escaped values", () => {
  expect(selector("up", [equals("job", 'x"y'), anyOf("host", ["a.b", "c"])])).toBe('up{job="x\\"y",host=~"a\\\\.b|c"}');
});

test("one value needs no regular expression", () => {
  expect(anyOf("host", ["a.b"])).toEqual({ label: "host", operator: "=", value: "a.b" });
});
