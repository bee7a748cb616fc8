import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { GraphEdge } from "#lib/domain/graph/graph.ts";
import { anyExpression } from "#test/builders/expressions.ts";
import { drawnEdge, drawnNode, drawnTcpEdge, syntheticGraph, withTotals } from "#test/fixtures/graphs.ts";
import { compileExpression, type Selection } from "./evaluate.ts";
import type { Expression } from "./expression.ts";
import { hideSelection } from "./hide.ts";
import { parseExpression } from "./parse.ts";

function withResponses(edge: GraphEdge, ...codes: readonly (readonly [code: string, flags: string])[]): GraphEdge {
  if (edge.protocol === "tcp") return edge;
  const host = "cart.shop.svc.cluster.local";
  return { ...edge, responses: codes.map(([code, flags]) => ({ code, flags, host, perSecond: 1 })) };
}

//   unknown ─▶ web ─10 rps, 5 % 503 UH, 800 ms─▶ cart v1 ─tcp─▶ db (data)        report (idle)
//              web ─30 rps, plaintext─▶ mail
const graph = withTotals(
  [
    drawnNode("unknown", { type: "unknown", health: "unknown" }),
    drawnNode("shop/web", { workload: "web", flags: ["trafficSource"], labels: { team: ["front", "all"] } }),
    drawnNode("shop/cart", { workload: "cart-v1", app: "cart", version: "v1", health: "degraded", mode: "sidecar" }),
    drawnNode("shop/mail", { workload: "mail", mode: "none", flags: ["outOfMesh"] }),
    drawnNode("data/db", { workload: "db", hosts: ["db.data.svc.cluster.local"] }),
    drawnNode("shop/report", { workload: "report", health: "unknown", flags: ["idle"] }),
  ],
  [
    drawnEdge("unknown", "shop/web", { rate: 1 }),
    withResponses(
      drawnEdge("shop/web", "shop/cart", { rate: 10, errorPercent: 5, health: "degraded", p95: 800 }),
      ["200", "-"],
      ["503", "UH"],
    ),
    drawnEdge("shop/web", "shop/mail", { rate: 30, mtlsPercent: 0 }),
    { ...drawnTcpEdge("shop/cart", "data/db", 10_000), health: "unknown" },
  ],
);

function select(text: string): Selection {
  const parsed = parseExpression(text);
  if (!parsed.ok) throw new Error(parsed.problem.message);
  return compileExpression(parsed.expression)(graph);
}
/** What is selected, edges as "web>cart". */
const found = (text: string) => {
  const { nodes, edges } = select(text);
  const short = (id: string) => id.slice(id.indexOf("/") + 1);
  return [...nodes.map(short), ...edges.map((id) => id.split("|").slice(0, 2).map(short).join(">"))];
};

describe("terms of nodes select nodes", () => {
  it.each([
    ["ns = data", ["db"]],
    ["workload ^= c", ["cart"]],
    ["name = cart", ["cart"]],
    ["name = CART-V1", ["cart"]],
    ["version != v1 and ns = shop", ["web", "mail", "report"]],
    ["node = unknown", ["unknown"]],
    ["httpin > 5", ["cart", "mail"]],
    ["httpout >= 40rps", ["web"]],
    ["tcpin = NaN and ns = shop", ["web", "cart", "mail", "report"]],
    ["rank = 1", ["web"]],
    ["idle", ["report"]],
    ["om", ["mail"]],
    ["sidecar", ["cart"]],
    ["not sidecar", ["mail"]],
    ["root", ["web"]],
    ["label:team = all", ["web"]],
    ["label:team = NaN and ns = data", ["db"]],
    ["label:__proto__ = x", []],
    ["svc.cluster", ["db"]],
  ])("%s", (text, expected) => {
    expect(found(text)).toEqual(expected);
  });
});

describe("terms of edges select edges", () => {
  it.each([
    ["http > 5", ["web>cart", "web>mail"]],
    ["%httptraffic > 70", ["unknown>web", "web>mail"]],
    ["%httperr >= 5", ["web>cart"]],
    ["errors > 0", ["web>cart"]],
    ["rt > 300ms", ["web>cart"]],
    ["p95 = 0.8s", ["web>cart"]],
    ["code >= 500", ["web>cart"]],
    ["flags = UH", ["web>cart"]],
    ["tcp > 1kB/s", ["cart>db"]],
    ["protocol = tcp", ["cart>db"]],
    ["not mtls", ["web>mail"]],
    ["mtls < 50", ["web>mail"]],
    ["source = web and target = cart", ["web>cart"]],
    ["reporter = waypoint", []],
  ])("%s", (text, expected) => {
    expect(found(text)).toEqual(expected);
  });
});

describe("mixed terms", () => {
  it("select edges by their ends", () => {
    expect(found("ns = data and protocol = tcp")).toEqual(["cart>db"]);
    expect(found("not ns = data and traffic")).toEqual(["unknown>web", "web>cart", "web>mail"]);
    expect(found("ns != data and traffic")).toEqual(["unknown>web", "web>cart", "web>mail"]);
  });

  it("select nodes by their own terms alone", () => {
    expect(found("ns = data or rt > 300ms")).toEqual(["db", "web>cart", "cart>db"]);
  });

  it("ask for health of both", () => {
    expect(found("not healthy")).toEqual(["cart", "web>cart"]);
  });
});

it("selects neither by a figure that is not known nor by its opposite, but by NaN", () => {
  expect(found("rt > 0 or not rt > 0")).toEqual(["web>cart"]);
  expect(found("rt = NaN")).toEqual(["unknown>web", "web>mail", "cart>db"]);
});

const large = syntheticGraph(60, 150, 3);

it("obeys De Morgan's laws", () => {
  const not = (term: Expression): Expression => ({ kind: "not", term });
  fc.assert(
    fc.property(anyExpression, anyExpression, (left, right) => {
      const both = compileExpression(not({ kind: "and", terms: [left, right] }))(large);
      expect(compileExpression({ kind: "or", terms: [not(left), not(right)] })(large)).toEqual(both);
      const either = compileExpression(not({ kind: "or", terms: [left, right] }))(large);
      expect(compileExpression({ kind: "and", terms: [not(left), not(right)] })(large)).toEqual(either);
    }),
  );
});

it("finds nothing of what was hidden", () => {
  fc.assert(
    fc.property(anyExpression.filter(isLocal), (expression) => {
      const select = compileExpression(expression);
      const rest = hideSelection(large, select(large));
      expect(select(rest)).toEqual({ nodes: [], edges: [] });
    }),
  );
});

/** Rank is by the number of edges drawn, so hiding changes it. */
function isLocal(expression: Expression): boolean {
  return !JSON.stringify(expression).includes('"rank"');
}
