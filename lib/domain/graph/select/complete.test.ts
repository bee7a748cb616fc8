import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyText } from "#test/builders/expressions.ts";
import { drawnNode, withTotals } from "#test/fixtures/graphs.ts";
import { completeExpression } from "./complete.ts";
import { parseExpression } from "./parse.ts";

const graph = withTotals(
  [
    drawnNode("bookinfo/reviews-v1", { version: "v1" }),
    drawnNode("bookinfo/reviews-v2", { version: "v2", labels: { team: ["books"], tier: ["back"] } }),
    drawnNode("books/idle", { label: "idle" }),
    drawnNode("odd/node", { label: "a name (odd)" }),
  ],
  [],
);

/** Completes at "▏", or at the end. */
function complete(text: string) {
  const at = text.indexOf("▏");
  const caret = at < 0 ? text.length : at;
  return completeExpression(text.replace("▏", ""), caret, graph);
}
const offered = (text: string) => complete(text).suggestions.map((suggestion) => suggestion.text);

describe("completion", () => {
  it("begins with what can be asked for", () => {
    expect(offered("")).toContain("namespace");
    expect(offered("not ")).toContain("healthy");
    expect(offered("is ")).not.toContain("namespace");
  });

  it("knows aliases", () => {
    expect(offered("rt")).toContain("responsetime");
    expect(offered("ns = odd and om")).toContain("outofmesh");
  });

  it("offers operators that fit the operand", () => {
    expect(offered("rt ")).toEqual([">", "<", ">=", "<=", "=", "!="]);
    expect(offered("name star")).toEqual(["startswith"]);
  });

  it("offers values of the graph, the most frequent first", () => {
    expect(offered("ns = ")).toEqual(["bookinfo", "books", "odd", "NaN"]);
    expect(offered("ns = bookin")).toEqual(["bookinfo"]);
    expect(offered("node = ser")).toEqual(["service", "serviceEntry"]);
  });

  it("offers labels and their values", () => {
    expect(offered("label:t")).toEqual(["label:team", "label:tier"]);
    expect(offered("label:team = ")).toEqual(["books", "NaN"]);
    expect(completeExpression("lab", 3, withTotals([], [])).suggestions).toMatchObject([{ text: "label:" }]);
  });

  it("offers units for a figure", () => {
    expect(offered("p95 > 5")).toEqual(["5us", "5µs", "5ms", "5s", "5min"]);
  });

  it("offers names to search for, in quotes where they are words of the language", () => {
    expect(offered("revi")).toEqual(["reviews-v1", "reviews-v2"]);
    expect(offered("id")).toEqual(expect.arrayContaining(["idle", '"idle"']));
    expect(offered("name = a")).toContain('"a name (odd)"');
  });

  it("replaces the word at the caret, before what follows", () => {
    expect(complete("ns = bo▏ok and idle")).toMatchObject({ from: 5, to: 9 });
    expect(complete("ns = ▏ and idle")).toMatchObject({ from: 5, to: 5 });
  });

  it("offers how to go on after a whole term", () => {
    expect(offered("ns = odd ").slice(0, 2)).toEqual(["and", "or"]);
  });

  it("is silent where the text makes no sense", () => {
    expect(offered("rt > fast and ")).toEqual([]);
    expect(offered("app > ")).toEqual([]);
  });

  it("gives values that the language reads as they are", () => {
    for (const value of offered("name = ")) expect(parseExpression(`name = ${value}`).ok).toBe(true);
  });

  it("replaces a part of the text, whatever it is", () => {
    fc.assert(
      fc.property(anyText, fc.nat(), (text, at) => {
        const caret = at % (text.length + 1);
        const { from, to } = completeExpression(text, caret, graph);
        expect(from <= caret && caret <= to && to <= text.length).toBe(true);
      }),
    );
  });
});
