/** What the find and hide boxes hold, read. */
import type { Expression } from "#lib/domain/graph/select/expression.ts";
import { visitTerms } from "#lib/domain/graph/select/expression.ts";
import { LABEL } from "#lib/domain/graph/select/operands.ts";
import { type Problem, parseExpression } from "#lib/domain/graph/select/parse.ts";
import { EDGE_LABELS, type EdgeLabel } from "../viewState.ts";

/** Neither for blank text. */
export type Query = { readonly expression?: Expression; readonly problem?: Problem };

export function readQuery(text: string): Query {
  if (text.trim() === "") return {};
  const parsed = parseExpression(text);
  return parsed.ok ? { expression: parsed.expression } : { problem: parsed.problem };
}

const LABEL_OF_OPERAND: Readonly<Record<string, EdgeLabel>> = {
  responsetime: "average",
  p50: "p50",
  p95: "p95",
  p99: "p99",
  throughput: "throughput",
  mtls: "mtls",
};

/** The labels chosen, and those of the figures that are asked for: what was found by a figure shows it. */
export function labelsWith(labels: readonly EdgeLabel[], queries: readonly Query[]): readonly EdgeLabel[] {
  const wanted = new Set<EdgeLabel | undefined>(labels);
  for (const { expression } of queries) {
    if (expression === undefined) continue;
    visitTerms(expression, (term) => {
      if (term.kind === "compare") wanted.add(LABEL_OF_OPERAND[term.operand]);
      if (term.kind === "is" && term.flag === "mtls") wanted.add("mtls");
    });
  }
  return EDGE_LABELS.filter((label) => wanted.has(label));
}

/** Whether labels of workloads and services are asked for: they travel only then. Also while they are typed, for completion. */
export function asksLabels(...texts: readonly string[]): boolean {
  return texts.some((text) => text.toLowerCase().includes(LABEL));
}
