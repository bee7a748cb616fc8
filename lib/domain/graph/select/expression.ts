/**
 * What a find or hide expression says, as a tree, and back to text. parse.ts reads it, evaluate.ts asks it.
 *
 *   ns = shop and (rt > 500ms or not healthy)
 *
 *   and ─┬─ compare ns "=" shop
 *        └─ or ─┬─ compare rt ">" 500
 *               └─ not ── is healthy
 */
import type { FlagName } from "./flags.ts";
import type { OperandName } from "./operands.ts";

/** Each operator beside the one that says the opposite is "not" of it; `!=` and its kin have one of their own. */
export const ORDER_OPERATORS = [">=", "<=", ">", "<"] as const;
export const TEXT_OPERATORS = ["*=", "^=", "$="] as const;
export const NEGATED = { "!=": "=", "!*=": "*=", "!^=": "^=", "!$=": "$=" } as const;

export type OrderOperator = (typeof ORDER_OPERATORS)[number];
export type TextOperator = (typeof TEXT_OPERATORS)[number];
export type NegatedOperator = keyof typeof NEGATED;
export type Operator = "=" | OrderOperator | TextOperator | NegatedOperator;

/** "none" is `NaN`: no activity, or not known. Numbers are in the operand's own unit (units.ts). */
export type Value =
  | { readonly kind: "none" }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "number"; readonly number: number };

export type Expression =
  | { readonly kind: "and" | "or"; readonly terms: readonly Expression[] }
  | { readonly kind: "not"; readonly term: Expression }
  | { readonly kind: "is"; readonly flag: FlagName }
  | {
      readonly kind: "compare";
      readonly operand: OperandName;
      readonly operator: Operator;
      readonly value: Value;
    }
  /** Bare or quoted text: part of a name, a namespace or a host. */
  | { readonly kind: "text"; readonly text: string };

/** One text for one expression; parsing it gives the expression again. */
export function formatExpression(expression: Expression): string {
  switch (expression.kind) {
    case "and":
    case "or":
      return expression.terms.map(formatTerm).join(` ${expression.kind} `);
    case "not":
      return `not ${formatTerm(expression.term)}`;
    case "is":
      return expression.flag;
    case "compare":
      return `${expression.operand} ${expression.operator} ${formatValue(expression.value)}`;
    case "text":
      return quote(expression.text);
  }
}

function formatTerm(term: Expression): string {
  return term.kind === "and" || term.kind === "or" ? `(${formatExpression(term)})` : formatExpression(term);
}

function formatValue(value: Value): string {
  if (value.kind === "none") return "NaN";
  return value.kind === "number" ? String(value.number) : quote(value.text);
}

/** Text in quotes, whatever it holds. */
export function quote(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}

/** Calls the visitor with every term that asks something. */
export function visitTerms(
  expression: Expression,
  visitor: (term: Expression & { kind: "is" | "compare" | "text" }) => void,
): void {
  switch (expression.kind) {
    case "and":
    case "or":
      for (const term of expression.terms) visitTerms(term, visitor);
      return;
    case "not":
      visitTerms(expression.term, visitor);
      return;
    default:
      visitor(expression);
  }
}
