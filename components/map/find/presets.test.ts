import { expect, it } from "vitest";
import { parseExpression } from "#lib/domain/graph/select/parse.ts";
import { EXAMPLES } from "./FindHelp.tsx";
import { FIND_PRESETS, HIDE_PRESETS } from "./presets.ts";

it.each([
  ...FIND_PRESETS.map(({ expression }) => expression),
  ...HIDE_PRESETS.map(({ expression }) => expression),
  ...EXAMPLES.map(([expression]) => expression),
])("%s is an expression", (expression) => {
  expect(parseExpression(expression)).toMatchObject({ ok: true });
});
