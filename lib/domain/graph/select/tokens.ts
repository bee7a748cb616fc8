/** Find and hide text as tokens, each with its place in the text. Nothing is refused here but a quote left open. */

export type Token =
  | { readonly kind: "open" | "close" | "bang"; readonly from: number; readonly to: number }
  | { readonly kind: "operator"; readonly operator: string; readonly from: number; readonly to: number }
  | { readonly kind: "word"; readonly text: string; readonly from: number; readonly to: number }
  | {
      readonly kind: "quoted";
      readonly text: string;
      readonly from: number;
      readonly to: number;
      /** The closing quote is missing. */
      readonly isOpen: boolean;
    };

/** Longest first: ">=" is not ">" and "=". A hand that knows programming may write "==". */
const OPERATORS = ["!*=", "!^=", "!$=", "==", "!=", ">=", "<=", "*=", "^=", "$=", "=", ">", "<"] as const;

/** Splits text; whitespace parts words, quotes hold anything. */
export function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    if (/\s/.test(text.charAt(at))) {
      at += 1;
      continue;
    }
    const token = tokenAt(text, at);
    tokens.push(token);
    at = token.to;
  }
  return tokens;
}

function tokenAt(text: string, from: number): Token {
  const operator = operatorAt(text, from);
  if (operator !== undefined) {
    return { kind: "operator", operator: operator === "==" ? "=" : operator, from, to: from + operator.length };
  }
  const first = text.charAt(from);
  if (first === "(") return { kind: "open", from, to: from + 1 };
  if (first === ")") return { kind: "close", from, to: from + 1 };
  if (first === "!") return { kind: "bang", from, to: from + 1 };
  if (first === '"' || first === "'") return quotedAt(text, from);
  let to = from + 1;
  while (to < text.length && !/[\s()!"']/.test(text.charAt(to)) && operatorAt(text, to) === undefined) to += 1;
  return { kind: "word", text: text.slice(from, to), from, to };
}

function operatorAt(text: string, at: number): string | undefined {
  return OPERATORS.find((operator) => text.startsWith(operator, at));
}

/** A backslash takes the next character as it is. */
function quotedAt(text: string, from: number): Token {
  const quote = text.charAt(from);
  let content = "";
  let at = from + 1;
  while (at < text.length && text.charAt(at) !== quote) {
    if (text.charAt(at) === "\\" && at + 1 < text.length) at += 1;
    content += text.charAt(at);
    at += 1;
  }
  const isOpen = at >= text.length;
  return { kind: "quoted", text: content, from, to: isOpen ? at : at + 1, isOpen };
}
