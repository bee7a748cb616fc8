/** How a name is written under a glyph: two lines at most, broken at its own joints, shortened in the middle. */

/** Characters that fit on a line under a glyph at 12 px. */
export const LINE_LENGTH = 14;

/** Shortens in the middle, where names of workloads differ least: "productpage-v1-canary" → "productpa…-canary". */
export function middleEllipsis(text: string, length: number): string {
  const letters = [...text];
  if (letters.length <= length) return text;
  const tail = Math.floor((length - 1) / 2);
  return `${letters.slice(0, length - 1 - tail).join("")}…${letters.slice(letters.length - tail).join("")}`;
}

/** Full names of services end alike, so that the end tells none from another: "points-api.loyalty" is enough. */
const SERVICE_DOMAIN = ".svc.cluster.local";

/** One or two lines of at most `length` characters. The break comes after "-", ".", "_" or "/" where there is one. */
export function wrapLabel(text: string, length: number = LINE_LENGTH): readonly string[] {
  const own = text.endsWith(SERVICE_DOMAIN) ? text.slice(0, -SERVICE_DOMAIN.length) : text;
  const letters = [...own];
  if (letters.length <= length) return [own];
  let cut = length;
  for (let at = length; at > length / 3; at--) {
    if (isJoint(letters[at - 1]!, letters[at]!)) {
      cut = at;
      break;
    }
  }
  return [letters.slice(0, cut).join("").trimEnd(), middleEllipsis(letters.slice(cut).join(""), length)];
}

/** After punctuation, or before the capital of a new word: "Passthrough|Cluster". */
function isJoint(before: string, after: string): boolean {
  return "-._/ ".includes(before) || (/\p{Ll}/u.test(before) && /\p{Lu}/u.test(after));
}

const NARROW = /[iljtfr.,:'|\-\s]/;
const WIDE = /[mw@%]/i;
/** Beyond Latin letters: scripts and signs that are about as wide as high. */
const LAST_LATIN = "\u024f";

/** About how wide a line is, as a multiple of its font size: close enough to keep neighbours apart without a ruler. */
export function lineEms(line: string): number {
  let sum = 0;
  for (const letter of line) sum += NARROW.test(letter) ? 0.34 : WIDE.test(letter) || letter > LAST_LATIN ? 0.9 : 0.58;
  return sum;
}
