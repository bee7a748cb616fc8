import { expect, test } from "vitest";
import { parseQueryScope } from "./queryScope.ts";
import { selector } from "./selector.ts";

test("matchers are read as PromQL writes them, spaces and all", () => {
  expect(parseQueryScope(' mesh="east" , cluster=~"a|b,c",env!="",team!~"x.*", ')).toEqual([
    { label: "mesh", operator: "=", value: "east" },
    { label: "cluster", operator: "=~", value: "a|b,c" },
    { label: "env", operator: "!=", value: "" },
    { label: "team", operator: "!~", value: "x.*" },
  ]);
});

test("what is read is written again as it was", () => {
  expect(selector("up", parseQueryScope('path=~"a\\\\.b\\"c"'))).toBe('up{path=~"a\\\\.b\\"c"}');
});

test("no text means no matchers", () => {
  expect(parseQueryScope("  ")).toEqual([]);
});

test.each([
  "mesh",
  "mesh=east",
  '{mesh="east"}',
  'mesh="east" cluster="a"',
  'mesh="east"}',
  'mesh="bad\\escape \\x"',
  ",",
])("%s is refused with the way to write it", (text) => {
  expect(() => parseQueryScope(text)).toThrow(/query scope is not a list of label matchers/);
});
