/** Label matchers put into every selector, so that one Prometheus can serve several meshes or tenants. */
import type { Matcher } from "./selector.ts";

const MATCHER = /\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*(=~|!~|!=|=)\s*("(?:[^"\\\n]|\\.)*")\s*(,|$)/y;

/**
 * Reads `mesh="east", cluster=~"a|b"`: PromQL matchers without the braces. Throws an Error that says where reading
 * stopped; the text comes from settings, not from the cluster.
 */
export function parseQueryScope(text: string): Matcher[] {
  const matchers: Matcher[] = [];
  if (text.trim() === "") return matchers;
  MATCHER.lastIndex = 0;
  for (;;) {
    const position = MATCHER.lastIndex;
    const found = MATCHER.exec(text);
    const [, label, operator, literal, end] = found ?? [];
    if (label === undefined || operator === undefined || literal === undefined) throw invalidScope(text, position);
    matchers.push({ label, operator: operator as Matcher["operator"], value: unquote(literal, text, position) });
    if (end === "" || text.slice(MATCHER.lastIndex).trim() === "") return matchers;
  }
}

function unquote(literal: string, text: string, position: number): string {
  try {
    return JSON.parse(literal) as string;
  } catch {
    throw invalidScope(text, position);
  }
}

function invalidScope(text: string, position: number): Error {
  return new Error(
    `query scope is not a list of label matchers: cannot read ${JSON.stringify(text.slice(position, position + 40))}. ` +
      `Write them as PromQL does, without braces: mesh="east",cluster=~"a|b" (a backslash is written twice).`,
  );
}
