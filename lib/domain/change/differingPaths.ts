/** Where two objects differ, as paths: "spec.http[0].route[1].weight". */

/** Of two large objects that have nothing in common the first paths say enough. */
const MOST_PATHS = 200;

const PLAIN = /^[A-Za-z_][\w-]*$/;

/**
 * Paths of the smallest values that differ, in order of appearance, at most two hundred. A value that only one of the two
 * has is one path, whatever is in it; the order of keys is no difference.
 */
export function differingPaths(left: unknown, right: unknown): string[] {
  const paths: string[] = [];
  compare(left, right, "", paths);
  return paths;
}

function compare(left: unknown, right: unknown, path: string, paths: string[]): void {
  if (Object.is(left, right) || paths.length >= MOST_PATHS) return;
  const both = [left, right];
  if (both.every(Array.isArray)) {
    const [one, other] = both as [unknown[], unknown[]];
    for (let at = 0; at < Math.max(one.length, other.length); at += 1)
      compare(one[at], other[at], `${path}[${at}]`, paths);
  } else if (both.every((value) => typeof value === "object" && value !== null && !Array.isArray(value))) {
    const [one, other] = both as [Readonly<Record<string, unknown>>, Readonly<Record<string, unknown>>];
    for (const key of new Set([...Object.keys(one), ...Object.keys(other)])) {
      compare(ownValue(one, key), ownValue(other, key), `${path}${segment(key, path)}`, paths);
    }
  } else paths.push(path);
}

/** "constructor" is a value of every object, but not one that anybody wrote. */
function ownValue(object: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

function segment(key: string, path: string): string {
  if (!PLAIN.test(key)) return `[${JSON.stringify(key)}]`;
  return path === "" ? key : `.${key}`;
}
