/**
 * What could be typed next. The text before the word at the caret is parsed; where it ends, the parser says what it
 * expected, and that is offered.
 *
 *   ns = bo▏and rt > 1s      → bookinfo, replacing "bo"
 */
import type { Graph } from "#lib/domain/graph/graph.ts";
import { quote } from "./expression.ts";
import { FLAGS } from "./flags.ts";
import { LABEL, type NamedOperand, namesOf, OPERANDS, type Surroundings } from "./operands.ts";
import { type Expected, parseExpression } from "./parse.ts";
import { type Token, tokenize } from "./tokens.ts";
import { unitsOf } from "./units.ts";

export type Suggestion = {
  /** Takes the place of the text in [from, to). */
  readonly text: string;
  /** What it is, in a few words; "" where the text says it. */
  readonly help: string;
};

export type Completion = { readonly from: number; readonly to: number; readonly suggestions: readonly Suggestion[] };

const MOST = 80;
const CONNECTIVES: readonly Suggestion[] = [
  { text: "and", help: "both" },
  { text: "or", help: "either" },
];

/** Suggestions for the place of the caret, best first; none where the text before it makes no sense. */
export function completeExpression(text: string, caret: number, graph: Graph): Completion {
  const word = wordAt(text, caret);
  const from = word?.from ?? caret;
  const typed = word === undefined ? "" : word.text.slice(0, caret - from).toLowerCase();
  const suggestions = expectedAfter(text.slice(0, from)).flatMap((expected) => offers(expected, typed, graph));
  return { from, to: word?.to ?? caret, suggestions: matching(suggestions, typed) };
}

/** The word or quoted text the caret stands in or right behind. */
function wordAt(text: string, caret: number): (Token & { text: string }) | undefined {
  return tokenize(text).find(
    (token): token is Token & { text: string } =>
      (token.kind === "word" || (token.kind === "quoted" && token.isOpen)) && token.from < caret && caret <= token.to,
  );
}

function expectedAfter(before: string): readonly Expected[] {
  const parsed = parseExpression(before);
  if (parsed.ok) return [{ kind: "connective" }, { kind: "term" }];
  return parsed.problem.from === before.length ? [parsed.problem.expected] : [];
}

function offers(expected: Expected, typed: string, graph: Graph): readonly Suggestion[] {
  switch (expected.kind) {
    case "connective":
      return CONNECTIVES;
    case "flag":
      return flagOffers();
    case "term":
      return [...operandOffers(), ...labelOffers(graph), ...flagOffers(), ...(typed === "" ? [] : nameOffers(graph))];
    case "operator":
      return operatorOffers(expected.operand);
    case "value":
      return valueOffers(expected.operand, typed, graph);
  }
}

function operandOffers(): readonly Suggestion[] {
  return OPERANDS.map(({ name, aliases, help }) => ({ text: name, help: withAliases(help, aliases) }));
}

/** Labels of the graph where they were asked for; else the way to ask for them. */
function labelOffers(graph: Graph): readonly Suggestion[] {
  const keys = new Set(graph.nodes.flatMap(({ labels }) => Object.keys(labels ?? {})));
  if (keys.size === 0) return [{ text: LABEL, help: "a label, such as label:team" }];
  return [...keys].sort().map((key) => ({ text: LABEL + key, help: "label" }));
}

function flagOffers(): readonly Suggestion[] {
  // "mtls" is offered once, as what can be compared.
  const operands: readonly string[] = OPERANDS.map(({ name }) => name);
  return FLAGS.filter(({ name }) => !operands.includes(name)).map(({ name, aliases, help }) => ({
    text: name,
    help: withAliases(help, aliases),
  }));
}

function withAliases(help: string, aliases: readonly string[]): string {
  return aliases.length === 0 ? help : `${help} (${aliases.join(", ")})`;
}

function operatorOffers(operand: NamedOperand): readonly Suggestion[] {
  const equality = [
    { text: "=", help: "is" },
    { text: "!=", help: "is not" },
  ];
  const order = [
    { text: ">", help: "more than" },
    { text: "<", help: "less than" },
    { text: ">=", help: "at least" },
    { text: "<=", help: "at most" },
  ];
  const text = [
    { text: "contains", help: "or *=" },
    { text: "startswith", help: "or ^=" },
    { text: "endswith", help: "or $=" },
    { text: "not contains", help: "or !*=" },
  ];
  if (operand.kind === "figure") return [...order, ...equality];
  return [...equality, ...text, ...(operand.isOrdered === true ? order : [])];
}

function valueOffers(operand: NamedOperand, typed: string, graph: Graph): readonly Suggestion[] {
  const none = { text: "NaN", help: "none, or not known" };
  if (operand.kind === "figure") {
    const units = /^[\d.]+$/.test(typed) ? unitsOf(operand.unit) : [];
    return [...units.map((unit) => ({ text: typed + unit, help: "" })), none];
  }
  const values = operand.choices ?? valuesOf(operand, graph);
  return [...values.map((value) => ({ text: writtenValue(value), help: "" })), none];
}

/** Texts that an operand has in the graph, the most frequent first. */
function valuesOf(operand: NamedOperand & { kind: "text" }, graph: Graph): readonly string[] {
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  const around: Surroundings = { nodeOf: (id) => nodes.get(id), rankOf: () => undefined };
  const counts = new Map<string, number>();
  const count = (texts: readonly (string | undefined)[]) => {
    for (const text of new Set(texts)) if (text) counts.set(text, (counts.get(text) ?? 0) + 1);
  };
  if (operand.node !== undefined) for (const node of graph.nodes) count(operand.node(node));
  if (operand.edge !== undefined) for (const edge of graph.edges) count(operand.edge(edge, around));
  return [...counts]
    .sort(([left, leftCount], [right, rightCount]) => rightCount - leftCount || (left < right ? -1 : 1))
    .map(([text]) => text);
}

function nameOffers(graph: Graph): readonly Suggestion[] {
  const names = new Set(graph.nodes.flatMap((node) => namesOf(node).filter((name) => name !== undefined)));
  return [...names].sort().map((name) => ({ text: writtenText(name), help: "by name" }));
}

/** A value, in quotes where it is more than a word or is the word NaN. */
function writtenValue(text: string): string {
  const [token, ...more] = tokenize(text);
  const isWord = token?.kind === "word" && token.text === text && more.length === 0;
  return isWord && text.toLowerCase() !== "nan" ? text : quote(text);
}

/** Text to search for, in quotes also where it would be read as a word of the language. */
function writtenText(text: string): string {
  const parsed = parseExpression(text);
  return parsed.ok && parsed.expression.kind === "text" && parsed.expression.text === text ? text : quote(text);
}

/** Those that begin with what was typed, then those that hold it. What is there already needs no suggestion. */
function matching(suggestions: readonly Suggestion[], typed: string): readonly Suggestion[] {
  const bare = (text: string) => text.toLowerCase().replace(/^"/, "");
  const begins = suggestions.filter(({ text }) => bare(text).startsWith(typed));
  const holds = suggestions.filter(({ text, help }) => {
    const lower = bare(text);
    return !lower.startsWith(typed) && (lower.includes(typed) || help.split(/[\s(),]+/).includes(typed));
  });
  return [...begins, ...holds].filter(({ text }) => text.toLowerCase() !== typed).slice(0, MOST);
}
