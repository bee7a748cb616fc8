import { expect, it } from "vitest";
import { sketch, syntheticGraph } from "#test/fixtures/graphs.ts";
import { graphLayoutInput } from "./graphLayoutInput.ts";
import { type LabelWish, placeLabels } from "./labels.ts";
import { layoutGraph } from "./layoutGraph.ts";

const wish = (edge: string, importance: number, widths = [60]): LabelWish => ({ edge, widths, height: 17, importance });
const chain = layoutGraph(graphLayoutInput(sketch("a/one > a/two")));
const edge = "a/one|a/two|http";

it("puts a label on its edge, between the nodes", () => {
  const [label] = placeLabels(chain, [wish(edge, 1)]);
  const [one, two] = chain.nodes;
  expect(label).toMatchObject({ edge, y: one!.y, wording: 0 });
  expect(Math.abs(label!.x - (one!.x + two!.x) / 2)).toBeLessThan(8);
});

it("takes a shorter wording where the full one does not fit", () => {
  expect(placeLabels(chain, [wish(edge, 1, [400, 60])])[0]?.wording).toBe(1);
});

it("leaves out a label that fits nowhere", () => {
  expect(placeLabels(chain, [wish(edge, 1, [400])])).toEqual([]);
});

it("keeps off names as large as they are written from afar", () => {
  // The line passes under a name of one line: clear of it from near, through it from afar.
  const node = { id: "one", box: "", x: 100, y: 0, width: 88, above: 24, below: 36, reach: 20 };
  const route = [40, 50, 80, 50, 120, 50, 160, 50];
  const layout = {
    width: 200,
    nodes: [node],
    boxes: [],
    edges: [{ id: "under", source: "two", target: "three", route }],
  };
  expect(placeLabels(layout, [wish("under", 1)], [], 1)).toHaveLength(1);
  expect(placeLabels(layout, [wish("under", 1)], [], 1.7)).toEqual([]);
});

it("keeps off the title of a box, however high it is", () => {
  const box = { id: "box", parent: "", kind: "yard" as const, x: 40, y: 0, width: 120, height: 200 };
  const layoutWith = (top: number) => ({
    width: 200,
    nodes: [],
    boxes: [{ ...box, padding: { side: 20, top, bottom: 20 } }],
    edges: [{ id: "through", source: "one", target: "two", route: [40, 42, 80, 42, 120, 42, 160, 42] }],
  });
  expect(placeLabels(layoutWith(22), [wish("through", 1)])).toHaveLength(1);
  expect(placeLabels(layoutWith(50), [wish("through", 1)])).toEqual([]);
});

it("moves a label inside that would stick out of the drawing", () => {
  // A line along the left border, as edges that lead back take it.
  const edges = [{ id: "back", source: "one", target: "two", route: [10, 0, 10, 60, 10, 120, 10, 180] }];
  const layout = { width: 300, nodes: [], boxes: [], edges };
  const placed = placeLabels(layout, [wish("back", 1)]);
  expect(placed).toMatchObject([{ x: 30 }]);
  expect(placeLabels(layout, [wish("back", 1)], placed)).toEqual(placed);
});

it("gives contested room to the more important", () => {
  const pair = layoutGraph({
    ...graphLayoutInput(sketch("a/one > a/two")),
    edges: ["quiet", "failing"].map((id) => ({ id, source: "a/one", target: "a/two" })),
  });
  const placed = placeLabels(pair, [wish("quiet", 0.2, [66]), wish("failing", 3, [66])]);
  expect(placed.map((label) => label.edge)).toEqual(["failing"]);
});

it("keeps a label where it was although a better place has become free", () => {
  const pair = layoutGraph({
    ...graphLayoutInput(sketch("a/one > b/two")),
    edges: ["kept", "rival"].map((id) => ({ id, source: "a/one", target: "b/two" })),
  });
  const crowded = placeLabels(pair, [wish("rival", 3, [30]), wish("kept", 1, [30])]);
  const kept = crowded.find((label) => label.edge === "kept");
  expect(kept).toBeDefined();
  expect(placeLabels(pair, [wish("kept", 1, [30])], crowded)).toEqual([kept]);
  expect(placeLabels(pair, [wish("kept", 1, [30])])).not.toEqual([kept]);
});

it("overlaps no two labels and no glyph in a busy mesh", () => {
  const layout = layoutGraph(graphLayoutInput(syntheticGraph(200, 600, 5)));
  const placed = placeLabels(
    layout,
    layout.edges.map((item, index) => wish(item.id, index % 7)),
  );
  expect(placed.length).toBeGreaterThan(100);
  const near = (a: { x: number; y: number }, b: { x: number; y: number }, dx: number, dy: number) =>
    Math.abs(a.x - b.x) < dx && Math.abs(a.y - b.y) < dy;
  const clashes = placed.flatMap((a, index) => [
    ...placed.slice(index + 1).filter((b) => near(a, b, 60, 17)),
    ...layout.nodes.filter((node) => near(a, node, 50, 28.5)),
  ]);
  expect(clashes).toEqual([]);
});
