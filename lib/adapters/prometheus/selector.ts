/** Series selectors: a metric name and label matchers, always quoted. */
import { escapeRegex, quote } from "./escape.ts";

export type Matcher = {
  readonly label: string;
  readonly operator: "=" | "!=" | "=~" | "!~";
  /** Literal text, or RE2 source for =~ and !~. */
  readonly value: string;
};

export function equals(label: string, value: string): Matcher {
  return { label, operator: "=", value };
}

export function matches(label: string, regex: string): Matcher {
  return { label, operator: "=~", value: regex };
}

/** Matches any of the literal values; "" also matches series without the label. */
export function anyOf(label: string, values: readonly string[]): Matcher {
  const [only] = values;
  if (values.length === 1 && only !== undefined) return equals(label, only);
  return matches(label, values.map(escapeRegex).join("|"));
}

/** `metric{label="value",…}`. Metric and label names are ours or checked by parseQueryScope. */
export function selector(metric: string, matchers: readonly Matcher[]): string {
  return `${metric}{${matchers.map(({ label, operator, value }) => `${label}${operator}${quote(value)}`).join(",")}}`;
}
