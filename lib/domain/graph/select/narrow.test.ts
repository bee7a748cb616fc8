import { expect, it } from "vitest";
import { drawnEdge, drawnNode, sketch, withTotals } from "#test/fixtures/graphs.ts";
import { type Focus, narrowGraph } from "./narrow.ts";

//   web ─▶ cart ─▶ db        web ─▶ mail ─▶ queue ─▶ db
const graph = sketch("web > cart > db", "web > mail > queue > db");
const names = (focus: Focus | undefined, hide?: Parameters<typeof narrowGraph>[1]["hide"]) =>
  narrowGraph(graph, { clusters: [], focus, hide })
    .nodes.map(({ id }) => id)
    .join(" ");

it("keeps what lies around a node", () => {
  expect(names({ kind: "around", id: "cart", hops: 1, direction: "down" })).toBe("cart db");
});

it("keeps the shortest ways, or all of a bounded length", () => {
  expect(names({ kind: "path", from: "web", to: "db", ways: "shortest" })).toBe("web cart db");
  expect(names({ kind: "path", from: "web", to: "db", ways: "all" })).toBe("web cart db mail queue");
});

it("finds a shortest way that is longer than the bound", () => {
  const chain = sketch(Array.from({ length: 12 }, (_, at) => `n${at}`).join(" > "));
  const focus: Focus = { kind: "path", from: "n0", to: "n11", ways: "all" };
  expect(narrowGraph(chain, { clusters: [], focus }).nodes).toHaveLength(12);
});

it("leaves nothing when there is no way", () => {
  expect(names({ kind: "path", from: "db", to: "web", ways: "all" })).toBe("");
  expect(names({ kind: "around", id: "gone", hops: 2, direction: "both" })).toBe("");
});

it("hides within the focus", () => {
  const focus: Focus = { kind: "path", from: "web", to: "db", ways: "all" };
  expect(names(focus, { kind: "text", text: "mail" })).toBe("web cart db queue");
});

it("keeps the chosen clusters and what they call elsewhere", () => {
  const nodes = ["east", "west", "north"].map((cluster) => drawnNode(`shop/${cluster}`, { cluster }));
  const edges = [drawnEdge("shop/east", "shop/west"), drawnEdge("shop/west", "shop/north")];
  const rest = narrowGraph(withTotals(nodes, edges), { clusters: ["east"] });
  expect(rest.nodes.map(({ cluster }) => cluster)).toEqual(["east", "west"]);
});
