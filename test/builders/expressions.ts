/** Any expression of the find language, for property tests. */
import fc from "fast-check";
import type { Expression, Operator, Value } from "#lib/domain/graph/select/expression.ts";
import { FLAGS } from "#lib/domain/graph/select/flags.ts";
import { OPERANDS } from "#lib/domain/graph/select/operands.ts";

const EQUALITY: readonly Operator[] = ["=", "!="];
const ORDER: readonly Operator[] = [">", ">=", "<", "<="];
const TEXT: readonly Operator[] = ["*=", "^=", "$=", "!*=", "!^=", "!$="];

const number = fc
  .double({ noNaN: true, noDefaultInfinity: true })
  // −0 is written "0".
  .map((value): Value => ({ kind: "number", number: value + 0 }));
/** What a name could hold and what the language means by it, half a surrogate pair too. */
const letters = fc.constantFrom(..."aZ5 .-_:/%=!<>*^$()\"'\\\n\0é", "😀", "\ud800", "and", "not", "NaN", "ns", "rt");

/** Any text, and much of what could be mistaken. */
export const anyText = fc.string({ unit: letters, maxLength: 20 });

const text = anyText.map((value): Value => ({ kind: "text", text: value }));
const none: fc.Arbitrary<Value> = fc.constant({ kind: "none" });

const comparison = fc.constantFrom(...OPERANDS).chain((operand): fc.Arbitrary<Expression> => {
  const compare = (operators: readonly Operator[], values: fc.Arbitrary<Value>) =>
    fc.record({
      kind: fc.constant("compare" as const),
      operand: fc.constant(operand.name),
      operator: fc.constantFrom(...operators),
      value: values,
    });
  if (operand.kind === "figure") return fc.oneof(compare([...EQUALITY, ...ORDER], number), compare(EQUALITY, none));
  const choices =
    "choices" in operand
      ? fc.constantFrom(...operand.choices).map((choice): Value => ({ kind: "text", text: choice }))
      : text;
  return fc.oneof(
    compare(EQUALITY, fc.oneof(choices, none)),
    compare(TEXT, text),
    ...("isOrdered" in operand ? [compare(ORDER, number)] : []),
  );
});

const label: fc.Arbitrary<Expression> = fc
  .tuple(fc.stringMatching(/^[A-Za-z0-9][-A-Za-z0-9./_]{0,9}$/), text)
  .map(([key, value]) => ({ kind: "compare", operand: `label:${key}`, operator: "=", value }));

const { any } = fc.letrec<{ any: Expression }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    comparison,
    label,
    fc.constantFrom(...FLAGS).map(({ name }): Expression => ({ kind: "is", flag: name })),
    text.map((value): Expression => ({ kind: "text", text: value.kind === "text" ? value.text : "" })),
    tie("any").map((term): Expression => ({ kind: "not", term })),
    fc
      .tuple(fc.constantFrom("and" as const, "or" as const), fc.array(tie("any"), { minLength: 2, maxLength: 3 }))
      .map(([kind, terms]): Expression => ({ kind, terms })),
  ),
}));

export const anyExpression: fc.Arbitrary<Expression> = any;
