import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyExpression, anyText } from "#test/builders/expressions.ts";
import { formatExpression } from "./expression.ts";
import { parseExpression } from "./parse.ts";

/** The tree in the language's own words, with all parentheses. */
function read(text: string): string {
  const parsed = parseExpression(text);
  if (!parsed.ok) throw new Error(parsed.problem.message);
  return formatExpression(parsed.expression);
}

function problemOf(text: string) {
  const parsed = parseExpression(text);
  if (parsed.ok) throw new Error(`${text} was understood`);
  return parsed.problem;
}

describe("an expression", () => {
  it.each([
    ["ns = shop", 'namespace = "shop"'],
    ["NS=shop", 'namespace = "shop"'],
    ["rt > 500ms", "responsetime > 500"],
    ["rt > 1.5 s", "responsetime > 1500"],
    ["http > 1.5rps", "http > 1.5"],
    ["tcp >= 2 MB/s", "tcp >= 2000000"],
    ["%httperr > 5 %", "%httperr > 5"],
    ["httpin = NaN", "httpin = NaN"],
    ['version = "NaN"', 'version = "NaN"'],
    ["wl startswith reviews", 'workload ^= "reviews"'],
    ["name !endswith v1", 'name !$= "v1"'],
    ["name not contains v1", 'name !*= "v1"'],
    ["name not = v1", 'name != "v1"'],
    ["rank not > 5", "not rank > 5"],
    ["code >= 500", "code >= 500"],
    ["code = 503", 'code = "503"'],
    ["Label:app.kubernetes.io/Name = x", 'label:app.kubernetes.io/Name = "x"'],
    ["cb", "circuitbreaker"],
    ["has not vs", "not virtualservice"],
    ["!is idle", "not idle"],
    ["mtls", "mtls"],
    ["mtls < 100%", "mtls < 100"],
    ["outofmesh or om", "outofmesh or outofmesh"],
    ["we", "workloadentry"],
    ["reviews", '"reviews"'],
    ['"rt"', '"rt"'],
    ["reviews v3", '"reviews" and "v3"'],
    ["destprincipal = spiffe://cluster.local/ns/a/sa/b", 'destprincipal = "spiffe://cluster.local/ns/a/sa/b"'],
    ["host $= .example.com", 'host $= ".example.com"'],
  ])("%s reads as %s", (text, expected) => {
    expect(read(text)).toBe(expected);
  });

  it("binds not, then and, then or, unless parentheses say otherwise", () => {
    expect(read("not idle and dead or healthy")).toBe("(not idle and dead) or healthy");
    expect(read("not (idle AND (dead OR healthy))")).toBe("not (idle and (dead or healthy))");
  });

  it("is the same after it is written and read again", () => {
    fc.assert(
      fc.property(anyExpression, (expression) => {
        expect(parseExpression(formatExpression(expression))).toEqual({ ok: true, expression });
      }),
    );
  });
});

describe("a text that is no expression", () => {
  it.each([
    ["http ", "expected an operator after `http`", 5],
    ["ns = ", "expected a value after `=`", 5],
    ["rt > fast", "expected a figure, if you like with us, µs, ms, s, min", 5],
    ["rt > 5rps", "expected a figure, if you like with us, µs, ms, s, min", 5],
    ["rt contains 5", "`responsetime` is a figure: expected =, !=, >, >=, < or <=", 3],
    ["app > 5", "`app` is text: expected =, !=, contains, startswith or endswith", 4],
    ["rt > NaN", "NaN is neither more nor less than anything: expected = or !=", 5],
    ["node = deployment", "expected one of workload, app, service, serviceEntry", 7],
    ["nmaespace = shop", "`nmaespace` is not something that can be compared; did you mean `namespace`?", 0],
    ["xyzzy = 1", "`xyzzy` is not something that can be compared", 0],
    ["idle = true", "`idle` is yes or no, and not compared", 5],
    ["(idle", "expected “and”, “or” or a closing parenthesis", 5],
    ["idle)", "expected “and”, “or” or the end", 4],
    ["idle and", "expected something to find after `and`", 8],
    ["or idle", "expected something to find", 0],
    ["", "expected something to find", 0],
    ["is quick", "expected a word such as healthy or idle after `is`", 3],
    ['ns = "sho', "the closing quote is missing", 5],
    ["label: = x", "expected the key of a label", 0],
    ["label:team", "expected an operator after `label:team`", 10],
    ["(".repeat(5000), "nested too deeply", 51],
    ["!".repeat(5000), "nested too deeply", 51],
  ])("%s", (text, message, position) => {
    const problem = problemOf(text);
    expect(problem.message).toContain(message);
    expect(problem.from).toBe(position);
  });

  it("of a hundred kilobytes is not repeated in its problem", () => {
    for (const text of [
      `${"a".repeat(100_000)} = 1`,
      `name = a ${"b".repeat(100_000)} < 3`,
      `rt > ${"1".repeat(100_000)}x`,
    ]) {
      const parsed = parseExpression(text);
      expect(parsed.ok ? "" : parsed.problem.message).toMatch(/^.{10,200}$/);
    }
  });

  it("never throws, and has its problem within it", () => {
    const words = fc.constantFrom(
      "(",
      ")",
      "!",
      "not",
      "and",
      "or",
      "ns",
      "rt",
      "=",
      "!*=",
      ">",
      "5ms",
      '"',
      "\\",
      "is",
      "we",
    );
    const texts = fc.oneof(
      anyText,
      fc.array(words).map((list) => list.join(" ")),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const parsed = parseExpression(text);
        if (parsed.ok) return;
        const { from, to } = parsed.problem;
        expect(0 <= from && from <= to && to <= text.length).toBe(true);
      }),
    );
  });
});
