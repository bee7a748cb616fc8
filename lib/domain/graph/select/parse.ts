/**
 * Find and hide text → expression, by recursive descent. Words that are operators or connectives may have any case.
 *
 *   any     = every { "or" every }
 *   every   = one { [ "and" ] one }                              side by side means "and"
 *   one     = ( "not" | "!" ) one | "(" any ")" | term
 *   term    = operand [ "not" | "!" ] operator value             ns = shop · rt > 500ms · name not contains v2
 *           | [ "is" | "has" [ "not" | "!" ] ] flag              healthy · is idle · has cb
 *           | text                                               part of a name, a namespace or a host
 *   operator = "=" "!=" ">" ">=" "<" "<=" "*=" "^=" "$=" "contains" "startswith" "endswith"
 */
import {
  type Expression,
  NEGATED,
  type NegatedOperator,
  type Operator,
  ORDER_OPERATORS,
  type Value,
} from "./expression.ts";
import { findFlag } from "./flags.ts";
import { findOperand, type NamedOperand } from "./operands.ts";
import { closestWord, KNOWN_WORDS } from "./spelling.ts";
import { type Token, tokenize } from "./tokens.ts";
import { isUnit, parseFigure, unitsOf } from "./units.ts";

/** What could have stood where the text went wrong: what completion offers there. */
export type Expected =
  | { readonly kind: "term" | "connective" | "flag" }
  | { readonly kind: "operator" | "value"; readonly operand: NamedOperand };

/** Where a text stops making sense: [from, to) is within it, and empty at its end. */
export type Problem = {
  readonly from: number;
  readonly to: number;
  readonly message: string;
  readonly expected: Expected;
};

export type Parsed =
  | { readonly ok: true; readonly expression: Expression }
  | { readonly ok: false; readonly problem: Problem };

/** Reads an expression. Text that is none, the empty one too, gives the first problem; nothing is thrown. */
export function parseExpression(text: string): Parsed {
  const parser = new Parser(text);
  try {
    return { ok: true, expression: parser.parse() };
  } catch (failure) {
    if (failure instanceof Failure) return { ok: false, problem: failure.problem };
    throw failure;
  }
}

class Failure extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.message);
    this.problem = problem;
  }
}

const DEEPEST = 50;
const WORD_OPERATORS: Readonly<Record<string, Operator>> = { contains: "*=", startswith: "^=", endswith: "$=" };
const TERM = { kind: "term" } as const;

class Parser {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = tokenize(text);
  }

  parse(): Expression {
    const expression = this.#any();
    if (this.#peek() !== undefined) this.#fail("expected “and”, “or” or the end", { kind: "connective" });
    return expression;
  }

  #any(): Expression {
    const terms = [this.#every()];
    while (this.#takeWord("or")) terms.push(this.#every());
    return several("or", terms);
  }

  #every(): Expression {
    const terms = [this.#one()];
    while (this.#takeWord("and") || this.#startsTerm()) terms.push(this.#one());
    return several("and", terms);
  }

  /** Whether another term follows without "and". */
  #startsTerm(): boolean {
    const token = this.#peek();
    if (token?.kind === "word") return !/^(and|or)$/i.test(token.text);
    return token !== undefined && token.kind !== "close" && token.kind !== "operator";
  }

  #one(): Expression {
    if (this.#takeNot()) return this.#deeper(() => ({ kind: "not", term: this.#one() }));
    if (!this.#take("open")) return this.#term();
    const inner = this.#deeper(() => this.#any());
    if (!this.#take("close")) this.#fail("expected “and”, “or” or a closing parenthesis", { kind: "connective" });
    return inner;
  }

  #deeper(parse: () => Expression): Expression {
    if (this.#depth >= DEEPEST) this.#fail("this is nested too deeply", TERM);
    this.#depth += 1;
    const expression = parse();
    this.#depth -= 1;
    return expression;
  }

  #term(): Expression {
    const token = this.#peek();
    if (token?.kind === "quoted") {
      if (token.isOpen) this.#fail("the closing quote is missing", TERM);
      this.#at += 1;
      if (this.#isOperatorNext()) this.#fail("quoted text is searched for, not compared", TERM, token);
      return { kind: "text", text: token.text };
    }
    if (token?.kind !== "word" || /^(and|or)$/i.test(token.text)) {
      return this.#fail(`expected something to find${this.#after()}`, TERM);
    }
    if (/^label:$/i.test(token.text)) this.#fail("expected the key of a label, such as `label:team`", TERM);
    if (/^(is|has)$/i.test(token.text)) return this.#flagAfterFiller();
    this.#at += 1;
    const flag = findFlag(token.text);
    const operand = findOperand(token.text);
    if (operand !== undefined && (flag === undefined || this.#isOperatorNext())) return this.#comparison(operand);
    if (flag !== undefined) {
      if (this.#isOperatorNext())
        this.#fail(`${mark(token.text)} is yes or no, and not compared`, { kind: "connective" });
      return { kind: "is", flag: flag.name };
    }
    if (this.#isOperatorNext()) {
      const guess = closestWord(token.text, KNOWN_WORDS);
      const hint = guess === undefined ? "" : `; did you mean ${mark(guess)}?`;
      this.#fail(`${mark(token.text)} is not something that can be compared${hint}`, TERM, token);
    }
    return { kind: "text", text: token.text };
  }

  #flagAfterFiller(): Expression {
    this.#at += 1;
    if (this.#takeNot()) return { kind: "not", term: this.#flag() };
    return this.#flag();
  }

  #flag(): Expression {
    const token = this.#peek();
    const flag = token?.kind === "word" ? findFlag(token.text) : undefined;
    if (flag === undefined) this.#fail(`expected a word such as healthy or idle${this.#after()}`, { kind: "flag" });
    this.#at += 1;
    return { kind: "is", flag: flag.name };
  }

  #comparison(operand: NamedOperand): Expression {
    const isNegated = this.#isOperatorNext() && this.#takeNot();
    const operator = this.#operator(operand);
    const compare = (chosen: Operator): Expression => ({
      kind: "compare",
      operand: operand.name,
      operator: chosen,
      value: this.#value(operand, chosen),
    });
    if (!isNegated) return compare(operator);
    const opposite =
      `!${operator}` in NEGATED ? (`!${operator}` as NegatedOperator) : operator === "=" ? "!=" : undefined;
    return opposite === undefined ? { kind: "not", term: compare(operator) } : compare(opposite);
  }

  #operator(operand: NamedOperand): Operator {
    const token = this.#peek();
    const operator = operatorOf(token);
    if (operator === undefined)
      return this.#fail(`expected an operator${this.#after()}`, { kind: "operator", operand });
    const isOrder = ORDER_OPERATORS.some((known) => known === operator);
    const isText = operator !== "=" && operator !== "!=" && !isOrder;
    const known = operand.name;
    if (operand.kind === "figure" && isText) {
      this.#fail(`${mark(known)} is a figure: expected =, !=, >, >=, < or <=`, { kind: "operator", operand });
    }
    if (operand.kind === "text" && isOrder && operand.isOrdered !== true) {
      this.#fail(`${mark(known)} is text: expected =, !=, contains, startswith or endswith`, {
        kind: "operator",
        operand,
      });
    }
    this.#at += 1;
    return operator;
  }

  #value(operand: NamedOperand, operator: Operator): Value {
    const expected: Expected = { kind: "value", operand };
    const token = this.#peek();
    if (token?.kind === "quoted" && token.isOpen) this.#fail("the closing quote is missing", expected);
    if (token?.kind !== "word" && token?.kind !== "quoted")
      return this.#fail(`expected a value${this.#after()}`, expected);
    const isEquality = operator === "=" || operator === "!=";
    if (token.kind === "word" && token.text.toLowerCase() === "nan") {
      if (!isEquality) this.#fail("NaN is neither more nor less than anything: expected = or !=", expected);
      this.#at += 1;
      return { kind: "none" };
    }
    if (operand.kind === "figure") return { kind: "number", number: this.#figure(operand, token, expected) };
    if (ORDER_OPERATORS.some((known) => known === operator)) {
      const number = parseFigure(token.text, "count");
      if (number === undefined) return this.#fail(`expected a number, such as ${mark("500")}`, expected);
      this.#at += 1;
      return { kind: "number", number };
    }
    if (isEquality && operand.choices?.every((choice) => choice.toLowerCase() !== token.text.toLowerCase()) === true) {
      this.#fail(`expected one of ${operand.choices.join(", ")}`, expected);
    }
    this.#at += 1;
    return { kind: "text", text: token.text };
  }

  /** A figure and its unit, written together or apart. */
  #figure(operand: NamedOperand & { kind: "figure" }, token: Token & { text: string }, expected: Expected): number {
    const next = this.#tokens[this.#at + 1];
    const isApart = next?.kind === "word" && isUnit(next.text, operand.unit) && /[\d.]$/.test(token.text);
    const number = parseFigure(isApart ? token.text + next.text : token.text, operand.unit);
    if (number === undefined) {
      const units = unitsOf(operand.unit);
      const suffix = units.length === 0 ? "" : `, if you like with ${units.join(", ")}`;
      return this.#fail(`expected a figure${suffix}`, expected);
    }
    this.#at += isApart ? 2 : 1;
    return number;
  }

  #peek(): Token | undefined {
    return this.#tokens[this.#at];
  }

  #take(kind: Token["kind"]): boolean {
    if (this.#peek()?.kind !== kind) return false;
    this.#at += 1;
    return true;
  }

  #takeWord(word: string): boolean {
    const token = this.#peek();
    if (token?.kind !== "word" || token.text.toLowerCase() !== word) return false;
    this.#at += 1;
    return true;
  }

  #takeNot(): boolean {
    return this.#take("bang") || this.#takeWord("not");
  }

  /** An operator, or one after "not". */
  #isOperatorNext(): boolean {
    const token = this.#peek();
    const isNot = token?.kind === "bang" || (token?.kind === "word" && token.text.toLowerCase() === "not");
    return operatorOf(isNot ? this.#tokens[this.#at + 1] : token) !== undefined;
  }

  /** " after `http`": what was read last. */
  #after(): string {
    const last = this.#tokens[this.#at - 1];
    return last === undefined ? "" : ` after ${mark(this.#text.slice(last.from, last.to))}`;
  }

  #fail(message: string, expected: Expected, token = this.#peek()): never {
    const end = this.#text.length;
    throw new Failure({ from: token?.from ?? end, to: token?.to ?? end, message, expected });
  }
}

function several(kind: "and" | "or", terms: readonly Expression[]): Expression {
  const [only] = terms;
  return only !== undefined && terms.length === 1 ? only : { kind, terms };
}

function operatorOf(token: Token | undefined): Operator | undefined {
  if (token?.kind === "operator") return token.operator as Operator;
  return token?.kind === "word" ? WORD_OPERATORS[token.text.toLowerCase()] : undefined;
}

const LONGEST_MARKED = 60;

/** A word of the text, for a message. */
function mark(word: string): string {
  return `\`${word.length <= LONGEST_MARKED ? word : `${word.slice(0, LONGEST_MARKED - 1)}…`}\``;
}
