import { expect, test } from "vitest";
import { serverWarnings } from "./serverWarnings.ts";

test.each([
  ["none", undefined, []],
  ["one", '299 - "v1beta1 is deprecated"', ["v1beta1 is deprecated"]],
  ["several, with commas and quotes in them", '299 - "a, b", 299 istio "say \\"c\\""', ["a, b", 'say "c"']],
  ["the same twice", '299 - "a", 299 - "a"', ["a"]],
  ["another code", '199 - "a"', []],
  ["an unfinished one", '299 - "a', []],
])("warnings of a header: %s", (_, header, expected) => {
  expect(serverWarnings(header)).toEqual(expected);
});
