/**
 * The regular expressions of tolerances. They run in the page for every name of the mesh, so none may take long, and
 * JavaScript's own engine tries one way to match after the other. So the ways are counted before a pattern is accepted:
 *
 *   reviews-v\d+                    253 ways: one repetition
 *   (cart|pay)-.*                   506 ways: two alternatives, one repetition
 *   prod-.*|stage-.*                253 + 253
 *   .*a.*b.*c.*d                    170 million: refused
 *   (a+)+                           a repeated group: refused
 *
 * A linear-time engine (re2js) needs no such limit, and is 65 kB more for every page to load.
 */

const LONGEST_PATTERN = 256;
/** Names are 253 characters at most; longer texts match nothing. */
const LONGEST_TEXT = 253;
/** Three repetitions: 253³ / 3! ways to divide a name among them, some ten milliseconds. */
const MOST_WAYS = 3_000_000;

export type Pattern = { matches(text: string): boolean };
export type PatternProblem = { readonly problem: string };

/** Real codes have three characters. What telemetry calls one may be long, and be asked of every tolerance there is. */
const LONGEST_CODE = 16;

/** A pattern that must match the whole text, or what is wrong with it. Texts longer than names are match nothing. */
export function compilePattern(source: string, longestText = LONGEST_TEXT): Pattern | PatternProblem {
  if (source === ".*") return { matches: () => true };
  const problem = problemOf(source);
  if (problem !== undefined) return { problem: `${JSON.stringify(source.slice(0, LONGEST_PATTERN))} ${problem}` };
  const regex = new RegExp(`^(?:${source})$`);
  return { matches: (text) => text.length <= longestText && regex.test(text) };
}

/** A pattern of response codes, in which X or x is any digit: "5XX", "404|409", "-" for no response. */
export function compileCodePattern(source: string): Pattern | PatternProblem {
  return compilePattern(source.replaceAll(/x/gi, "\\d"), LONGEST_CODE);
}

function problemOf(source: string): string | undefined {
  if (source.length > LONGEST_PATTERN) return `is longer than ${LONGEST_PATTERN} characters`;
  try {
    new RegExp(source);
  } catch {
    return "is not a regular expression";
  }
  if (/\\[1-9k]/.test(source)) return "refers back to a group, which patterns may not";
  if (/\(\?[^:]/.test(source)) return "looks ahead or behind, or names a group, which patterns may not";
  const ways = waysToMatch(source);
  if (ways === undefined) return "repeats a group: write its alternatives out";
  return ways > MOST_WAYS ? "can match in too many ways: use fewer repetitions, or split it with |" : undefined;
}

const TOKEN = /\\.|\[(?:\\.|[^\]\\])*\]|\(\?:|[*+?]\??|\{\d+(?:,\d*)?\}\??|./gs;

/** An upper bound of the ways the engine may try; undefined when a group is repeated, which has none. */
function waysToMatch(source: string): number | undefined {
  let total = 0;
  let ways = 1;
  let repetitions = 0;
  let before = "";
  const open: { alternatives: number }[] = [];
  for (const [token] of source.matchAll(TOKEN)) {
    const group = open.at(-1);
    if (token.startsWith("(")) open.push({ alternatives: 1 });
    else if (token === ")") ways *= open.pop()?.alternatives ?? 1;
    else if (token === "|" && group !== undefined) group.alternatives += 1;
    else if (token === "|") {
      total += ways;
      ways = 1;
      repetitions = 0;
    } else if (/^(?:[*+?]|\{\d+,)/.test(token)) {
      if (before === ")") return undefined;
      repetitions += 1;
      ways *= LONGEST_TEXT / repetitions;
    } else if (before === ")" && /^\{\d/.test(token)) return undefined;
    before = token;
  }
  return total + ways;
}
