/**
 * Reading user YAML without trusting it: every function takes `unknown` and answers with the wanted shape or nothing,
 * so that a malformed object loses the malformed field and no more.
 */
export type Shape = Readonly<Record<string, unknown>>;

/** The value if it is an object (not a list), else undefined. */
export function optionalShape(value: unknown): Shape | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Shape) : undefined;
}

/** The value if it is an object, else an empty one. */
export function shape(value: unknown): Shape {
  return optionalShape(value) ?? {};
}

/** The elements of a list that are objects; [] for anything that is no list. */
export function shapes(value: unknown): Shape[] {
  return Array.isArray(value) ? value.filter((item): item is Shape => optionalShape(item) !== undefined) : [];
}

/** A non-empty string, else undefined. */
export function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** The non-empty strings of a list. */
export function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item): item is string => text(item) !== undefined) : [];
}

/** A finite number, else undefined. */
export function finite(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

/** The entries of an object whose values are strings: labels, selectors. */
export function textMap(value: unknown): Record<string, string> {
  return Object.fromEntries(
    Object.entries(shape(value)).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}

const SECONDS_OF_UNIT: Readonly<Record<string, number>> = {
  h: 3600,
  m: 60,
  s: 1,
  ms: 1e-3,
  us: 1e-6,
  µs: 1e-6,
  ns: 1e-9,
};

/** A Go duration ("1.5s", "1m30s", "250ms") in seconds; undefined for anything else. */
export function durationSeconds(value: unknown): number | undefined {
  const source = text(value);
  if (source === undefined || !/^(?:\d+(?:\.\d*)?(?:h|ms|us|µs|ns|m|s))+$/.test(source)) return undefined;
  let seconds = 0;
  for (const [, amount, unit] of source.matchAll(/(\d+(?:\.\d*)?)(h|ms|us|µs|ns|m|s)/g))
    seconds += Number(amount) * (SECONDS_OF_UNIT[unit ?? ""] ?? 0);
  return seconds;
}
