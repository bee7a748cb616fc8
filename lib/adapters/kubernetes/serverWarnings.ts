/** What an API server warns of beside its answer: deprecated versions, fields without effect. */

/** A text in quotes, in which quotes and backslashes are escaped. */
const WARNING = /\b299 \S+ "((?:[^"\\]|\\.)*)"/g;
const MOST_WARNINGS = 20;
const LONGEST = 1_000;

/**
 * The texts of a Warning header: `299 - "unknown field \"spec.htp\""`, several separated by commas.
 * @see https://kubernetes.io/blog/2020/09/03/warnings/
 */
export function serverWarnings(header: string | undefined): string[] {
  const texts = [...(header ?? "").matchAll(WARNING)].map(([, quoted = ""]) => quoted.replace(/\\(.)/g, "$1"));
  return [...new Set(texts)].slice(0, MOST_WARNINGS).map((text) => text.slice(0, LONGEST));
}
