/** Signs that turn the direction of the text after them: no name needs them, and unclosed they reorder a whole line. */
const TURNS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
/** Letters written from right to left: Hebrew, Arabic and their neighbours. */
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
const ISOLATED = /^\u2068[^\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]*\u2069$/;

/**
 * A name as it is set into a sentence or beside others: whatever it holds, what stands around it keeps its order. Names
 * written from left to right stay as they are, and so do those set in before.
 * @see https://www.unicode.org/reports/tr9/#Explicit_Directional_Isolates
 */
export function isolate(name: string): string {
  if (ISOLATED.test(name)) return name;
  const shown = name.replace(TURNS, "\ufffd");
  return RIGHT_TO_LEFT.test(shown) ? `\u2068${shown}\u2069` : shown;
}
