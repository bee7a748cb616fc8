import { expect, it } from "vitest";
import { drawnEdge, drawnNode, withTotals } from "#test/fixtures/graphs.ts";
import { boxFigures } from "./boxFigures.ts";

//  unknown ─10─▶ [data] ─10─▶ db        folded: unknown ─10─▶ (data)
const caller = drawnNode("unknown", { type: "unknown" });
const open = withTotals(
  [caller, drawnNode("data/data", { type: "service" }), drawnNode("data/db", { health: "failing" })],
  [drawnEdge("unknown", "data/data"), drawnEdge("data/data", "data/db")],
);
const members = { workloads: 1, services: 1, unhealthy: 1 };
const card = drawnNode("data/", { id: "box/primary/data", type: "box", health: "failing", members });
const folded = withTotals([caller, card], [drawnEdge("unknown", card.id)]);

it("says the same of a box that is open and of one that is folded", () => {
  const same = { health: "failing", counts: members, inbound: { httpPerSecond: 10 }, outbound: { httpPerSecond: 0 } };
  expect(boxFigures(open, card.id)).toMatchObject(same);
  expect(boxFigures(folded, card.id)).toMatchObject(same);
});

it("lists what is drawn inside", () => {
  expect(boxFigures(open, card.id)?.nodes.map(({ id }) => id)).toEqual(["data/data", "data/db"]);
  expect(boxFigures(folded, card.id)?.nodes).toEqual([]);
});

it("knows nothing of a box that is not drawn", () => {
  expect(boxFigures(open, "box/primary/gone")).toBeUndefined();
});
