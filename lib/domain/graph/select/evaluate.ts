/**
 * Which nodes and edges an expression is true of. Three answers are possible: yes, no, and "cannot be asked".
 *
 * - A node term asked of an edge: yes when it is true of either end.
 * - An edge term asked of a node cannot be answered; nor can a figure or health that is not known.
 * - not, and, or follow Kleene: "not" of what cannot be answered cannot be answered, so neither `rt > 1s` nor
 *   `not rt > 1s` selects an edge without latencies. NaN asks for those.
 * - Only a yes selects. An expression of node terms alone selects nodes alone.
 *
 *   ns = shop                    nodes of shop
 *   rt > 500ms                   slow edges
 *   ns = shop and rt > 500ms     slow edges into, out of or within shop
 *   ns = shop or rt > 500ms      nodes of shop, its edges, and slow edges
 */
import type { Graph, GraphEdge, GraphNode } from "#lib/domain/graph/graph.ts";
import { type Expression, NEGATED, type Operator, type Value, visitTerms } from "./expression.ts";
import { findFlag } from "./flags.ts";
import { findOperand, namesOf, type OperandDefinition, type Surroundings } from "./operands.ts";
import { rankNodes } from "./rank.ts";

/** Ids, in the order of the graph. */
export type Selection = { readonly nodes: readonly string[]; readonly edges: readonly string[] };

/** 1 yes, 0 cannot be asked, −1 no: "not" is −x, "and" the least, "or" the greatest. */
type Answer = -1 | 0 | 1;
type Compiled = {
  readonly node: (node: GraphNode, around: Surroundings) => Answer;
  readonly edge: (edge: GraphEdge, around: Surroundings) => Answer;
};

/** Compiled once for every graph it is asked of; pure. */
export function compileExpression(expression: Expression): (graph: Graph) => Selection {
  const compiled = compile(expression);
  const selectsEdges = asksEdges(expression);
  return (graph) => {
    const nodesById = new Map(graph.nodes.map((node) => [node.id, node]));
    let ranks: ReadonlyMap<string, number> | undefined;
    const around: Surroundings = {
      nodeOf: (id) => nodesById.get(id),
      rankOf: (id) => (ranks ??= rankNodes(graph)).get(id),
    };
    const edges = selectsEdges ? graph.edges : [];
    return {
      nodes: graph.nodes.filter((node) => compiled.node(node, around) === 1).map(({ id }) => id),
      edges: edges.filter((edge) => compiled.edge(edge, around) === 1).map(({ id }) => id),
    };
  };
}

function asksEdges(expression: Expression): boolean {
  let found = false;
  visitTerms(expression, (term) => {
    if (term.kind === "is") found ||= findFlag(term.flag)?.edge !== undefined;
    if (term.kind === "compare") found ||= findOperand(term.operand)?.edge !== undefined;
  });
  return found;
}

function compile(expression: Expression): Compiled {
  switch (expression.kind) {
    case "and":
      return combine(expression.terms.map(compile), Math.min);
    case "or":
      return combine(expression.terms.map(compile), Math.max);
    case "not":
      return negate(compile(expression.term));
    case "is":
      return compileFlag(expression.flag);
    case "compare":
      return compileComparison(expression);
    case "text": {
      const wanted = expression.text.toLowerCase();
      const texts = (node: GraphNode) => [...namesOf(node), node.namespace, ...(node.hosts ?? [])];
      return ofNodes((node) => anyText(texts(node), (text) => text.includes(wanted)));
    }
  }
}

function combine(terms: readonly Compiled[], choose: (left: number, right: number) => number): Compiled {
  const all = (answer: (term: Compiled) => Answer): Answer =>
    terms.map(answer).reduce((left, right) => choose(left, right) as Answer);
  return {
    node: (node, around) => all((term) => term.node(node, around)),
    edge: (edge, around) => all((term) => term.edge(edge, around)),
  };
}

function negate({ node, edge }: Compiled): Compiled {
  const not = (answer: Answer) => -answer as Answer;
  return { node: (...about) => not(node(...about)), edge: (...about) => not(edge(...about)) };
}

function ofNodes(node: Compiled["node"]): Compiled {
  return {
    node,
    edge: (edge, around) => {
      const [source, target] = [around.nodeOf(edge.source), around.nodeOf(edge.target)];
      return Math.max(source ? node(source, around) : 0, target ? node(target, around) : 0) as Answer;
    },
  };
}

function compileFlag(name: string): Compiled {
  const flag = findFlag(name);
  const ask = flag?.node;
  const askEdge = flag?.edge;
  const { node, edge } = ofNodes((subject) => answerOf(ask?.(subject)));
  return { node, edge: askEdge === undefined ? edge : (subject) => answerOf(askEdge(subject)) };
}

function answerOf(truth: boolean | undefined): Answer {
  return truth === undefined ? 0 : truth ? 1 : -1;
}

function compileComparison({ operand: name, operator, value }: Expression & { kind: "compare" }): Compiled {
  const operand = findOperand(name);
  if (operand === undefined) throw new Error(`no operand ${name}; take a name from operands.ts`);
  // "!=" is "not =" also of an edge, where it asks that neither end is so.
  if (operator in NEGATED) return negate(comparisonOf(operand, NEGATED[operator as keyof typeof NEGATED], value));
  return comparisonOf(operand, operator, value);
}

function comparisonOf(operand: OperandDefinition, operator: Operator, value: Value): Compiled {
  if (operand.kind === "figure") {
    const test = figureTest(operator, value);
    const { node: ask, edge: askEdge } = operand;
    const { node, edge } = ofNodes((subject, around) => (ask === undefined ? 0 : test(ask(subject, around))));
    return { node, edge: askEdge === undefined ? edge : (subject, around) => test(askEdge(subject, around)) };
  }
  const test = textTest(operator, value);
  const { node: ask, edge: askEdge } = operand;
  const { node, edge } = ofNodes((subject) => (ask === undefined ? 0 : test(ask(subject))));
  return { node, edge: askEdge === undefined ? edge : (subject, around) => test(askEdge(subject, around)) };
}

function figureTest(operator: Operator, value: Value): (figure: number | undefined) => Answer {
  if (value.kind !== "number") return (figure) => answerOf(figure === undefined);
  const test = orderTest(operator, value.number);
  return (figure) => (figure === undefined ? 0 : answerOf(test(figure)));
}

function orderTest(operator: Operator, number: number): (figure: number) => boolean {
  switch (operator) {
    case ">":
      return (figure) => figure > number;
    case ">=":
      return (figure) => figure >= number;
    case "<":
      return (figure) => figure < number;
    case "<=":
      return (figure) => figure <= number;
    default:
      return (figure) => figure === number;
  }
}

type Texts = readonly (string | undefined)[];

function textTest(operator: Operator, value: Value): (texts: Texts) => Answer {
  if (value.kind === "none") return (texts) => answerOf(texts.every((text) => text === undefined || text === ""));
  if (value.kind === "number") {
    const test = orderTest(operator, value.number);
    return (texts) => anyText(texts, (text) => /^\d+$/.test(text) && test(Number(text)));
  }
  const wanted = value.text.toLowerCase();
  switch (operator) {
    case "*=":
      return (texts) => anyText(texts, (text) => text.includes(wanted));
    case "^=":
      return (texts) => anyText(texts, (text) => text.startsWith(wanted));
    case "$=":
      return (texts) => anyText(texts, (text) => text.endsWith(wanted));
    default:
      return (texts) => anyText(texts, (text) => text === wanted);
  }
}

function anyText(texts: Texts, test: (text: string) => boolean): Answer {
  return answerOf(texts.some((text) => text !== undefined && test(text.toLowerCase())));
}
