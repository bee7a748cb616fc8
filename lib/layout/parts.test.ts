import { describe, expect, it } from "vitest";
import { findPassages } from "./channels.ts";
import { backwardEdges } from "./feedback.ts";
import { packBoxes } from "./pack.ts";
import { foldTallRanks, packRanks, rankByLongestPath } from "./rank.ts";
import { RoutePen, routePath, routePieces, sampleRoute } from "./route.ts";

const edge = (source: number, target: number, weight = 1) => ({ source, target, weight });

describe("backwardEdges", () => {
  it("turns no edge of a graph without cycles", () => {
    expect(backwardEdges(4, [edge(0, 1), edge(1, 2), edge(0, 3), edge(3, 2)])).toEqual([false, false, false, false]);
  });

  it("turns the light edge of a cycle, not the heavy one", () => {
    expect(backwardEdges(2, [edge(0, 1, 1), edge(1, 0, 9)])).toEqual([true, false]);
  });

  it("leaves loops alone", () => {
    expect(backwardEdges(1, [edge(0, 0)])).toEqual([false]);
  });
});

describe("ranks", () => {
  //  0 → 1 → 2 → 3      4 calls only 3, so it stands just before it
  it("stand one column after the furthest caller", () => {
    expect(rankByLongestPath(5, [edge(0, 1), edge(1, 2), edge(2, 3), edge(4, 3)])).toEqual([0, 1, 2, 3, 2]);
  });

  it("fold where a column would be too tall", () => {
    // Four items of height 10 in one column of at most 20: two and two, and what follows moves on.
    expect(foldTallRanks([0, 0, 0, 0, 1], [10, 10, 10, 10, 10], [0, 1, 2, 3, 4], 20)).toEqual([0, 0, 1, 1, 2]);
  });

  it("pack several low columns into one", () => {
    expect(packRanks([0, 1, 2, 3], [10, 10, 10, 10], [0, 1, 2, 3], 20)).toEqual([0, 0, 1, 1]);
  });
});

describe("routes", () => {
  const route = new RoutePen(0, 0).to(100, 0).finish();

  it("become a path of cubic curves", () => {
    expect(routePath(route)).toBe("M0,0C33.3,0 66.7,0 100,0");
  });

  it("are sampled at even distances, both ends included", () => {
    expect([...sampleRoute(route, 25)].map(Math.round)).toEqual([0, 0, 25, 0, 50, 0, 75, 0, 100, 0]);
  });

  it("turn to the side they are told", () => {
    const turned = new RoutePen(100, 0).turn(100, 60, 1).finish();
    expect(Math.max(turned[2]!, turned[4]!)).toBeGreaterThan(100);
    expect(turned.slice(-2)).toEqual([100, 60]);
  });

  it("join level stretches into one line", () => {
    expect(new RoutePen(0, 0).to(40, 0).to(70, 0).to(100, 0).finish()).toEqual(route);
  });

  it("are cut into pieces of small extent that together are the whole", () => {
    const long = new RoutePen(0, 0).to(3000, 20).to(3060, 2000).to(9000, 2000).finish();
    const pieces = routePieces(long);
    expect(pieces.map((piece) => piece.slice(0, piece.indexOf("C")))).toEqual(["M0,0", "M3000,20", "M3060,2000"]);
    expect(pieces.map((piece) => piece.slice(piece.indexOf("C"))).join("")).toBe(routePath(long).slice("M0,0".length));
  });

  it("stay whole when they are short", () => {
    expect(routePieces(route)).toEqual([routePath(route)]);
  });
});

describe("packing", () => {
  const size = { width: 300, height: 200 };

  it("comes near the wanted shape, whatever the order of calls", () => {
    const sizes = Array.from({ length: 12 }, () => size);
    const chain = sizes.slice(1).map((_, index) => edge(index, index + 1));
    for (const aspect of [0.6, 1.4, 2.2]) {
      const { width, height } = packBoxes(sizes, chain, { gap: 50, aspect });
      expect(width / height / aspect).toBeGreaterThan(0.6);
      expect(width / height / aspect).toBeLessThan(1.7);
    }
  });

  it("leaves the gap between any two", () => {
    const sizes = [size, { width: 900, height: 100 }, size, { width: 80, height: 400 }];
    const { spots } = packBoxes(sizes, [edge(0, 1), edge(1, 2), edge(3, 0)], { gap: 50, aspect: 1.4 });
    const clear = (a: number, b: number) =>
      spots[a]!.x + sizes[a]!.width + 50 <= spots[b]!.x || spots[a]!.y + sizes[a]!.height + 50 <= spots[b]!.y;
    const pairs = [...spots.keys()].flatMap((a) => [...spots.keys()].slice(a + 1).map((b) => [a, b] as const));
    expect(pairs.filter(([a, b]) => !clear(a, b) && !clear(b, a))).toEqual([]);
  });
});

describe("passages", () => {
  it("go around what stands between", () => {
    //  ┌a┐ ┌ wall ┐ ┌b┐
    const wall = { left: 200, top: -100, right: 300, bottom: 100 };
    const ends = [
      { left: 0, top: -20, right: 100, bottom: 20 },
      { left: 400, top: -20, right: 500, bottom: 20 },
    ];
    const [turns] = findPassages([...ends, wall], [{ from: { x: 100, y: 0 }, to: { x: 400, y: 0 } }], 40);
    expect(turns).toHaveLength(2);
    expect(Math.abs(turns![0]!.y)).toBeGreaterThan(100);
    expect(turns![1]!.y).toBe(0);
  });

  it("run beside each other on one stretch", () => {
    const boxes = [
      { left: 0, top: 0, right: 100, bottom: 200 },
      { left: 200, top: 300, right: 300, bottom: 500 },
    ];
    const to = { x: 200, y: 400 };
    const found = findPassages(
      boxes,
      [50, 150].map((y) => ({ from: { x: 100, y }, to })),
      40,
    );
    expect(found[0]![0]!.x).not.toBe(found[1]![0]!.x);
  });
});
