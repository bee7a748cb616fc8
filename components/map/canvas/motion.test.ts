import { describe, expect, it } from "vitest";
import { graphLayoutInput } from "#lib/layout/graphLayoutInput.ts";
import { layoutGraph } from "#lib/layout/layoutGraph.ts";
import { RoutePen } from "#lib/layout/route.ts";
import { drawnEdge, drawnTcpEdge, sketch } from "#test/fixtures/graphs.ts";
import { detailAt, fitFrame, revealFrame, ZOOM } from "./camera.ts";
import { DOT_SPEED, dotStream, visitDots } from "./dots.ts";
import { nearestInDirection, stepThroughEdges } from "./walk.ts";

const screen = { width: 800, height: 600 };

describe("camera", () => {
  it("shows a large map whole and centred", () => {
    const { x, y, k } = fitFrame({ x: 0, y: 0, width: 7680, height: 1000 }, screen);
    expect(k).toBeCloseTo(0.1);
    expect([x, y]).toEqual([expect.closeTo(16), expect.closeTo(250)]);
  });

  it("does not blow up a small one", () => {
    expect(fitFrame({ x: 0, y: 0, width: 10, height: 10 }, screen).k).toBe(1.15);
  });

  it("survives a screen without size", () => {
    const camera = fitFrame({ x: 0, y: 0, width: 100, height: 100 }, { width: 0, height: 0 });
    expect(camera.k).toBe(ZOOM.least);
  });

  it("pans only as far as needed, and not at all for what is in view", () => {
    const camera = { x: 0, y: 0, k: 1 };
    expect(revealFrame(camera, { x: 300, y: 300, width: 50, height: 50 }, screen)).toEqual(camera);
    expect(revealFrame(camera, { x: 900, y: 300, width: 50, height: 50 }, screen)).toEqual({ x: -198, y: 0, k: 1 });
  });

  it("asks for less detail the farther away it is", () => {
    expect([1, 0.6, 0.4, 0.1].map(detailAt)).toEqual(["near", "middle", "far", "farthest"]);
  });
});

describe("dots", () => {
  const route = new RoutePen(0, 0).to(500, 0).finish();
  const dotsAt = (edge: Parameters<typeof dotStream>[0], seconds: number) => {
    const found: { x: number; isError: boolean }[] = [];
    const stream = dotStream(edge, route);
    if (stream !== undefined) visitDots(stream, seconds, 1, (x, _, isError) => found.push({ x, isError }));
    return found;
  };

  it("are denser on busier edges and absent on idle ones", () => {
    const counts = [0, 1, 100, 1000].map((rate) => dotsAt(drawnEdge("a", "b", { rate }), 100).length);
    expect(counts[0]).toBe(0);
    expect(counts[1]).toBeLessThan(counts[2]!);
    expect(counts[2]).toBeLessThan(counts[3]!);
  });

  it("travel from source to target at one speed", () => {
    const edge = drawnEdge("a", "b", { rate: 10 });
    const before = dotsAt(edge, 100).map((dot) => dot.x);
    const after = dotsAt(edge, 100.1).map((dot) => dot.x);
    const expected = before.map((x) => x + DOT_SPEED / 10).filter((x) => x < 500);
    const gaps = expected.map((x) => Math.min(...after.map((other) => Math.abs(other - x))));
    expect(expected.length).toBeGreaterThan(2);
    expect(Math.max(...gaps)).toBeLessThan(0.01);
  });

  it("are errors in the share of errors", () => {
    const edge = drawnEdge("a", "b", { rate: 1000, errorPercent: 25 });
    const all = Array.from({ length: 40 }, (_, step) => dotsAt(edge, 1000 + step * 9)).flat();
    const share = all.filter((dot) => dot.isError).length / all.length;
    expect(share).toBeCloseTo(0.25, 1);
  });

  it("of TCP are never errors", () => {
    expect(dotsAt(drawnTcpEdge("a", "b", 1e6), 50).some((dot) => dot.isError)).toBe(false);
  });
});

describe("walking", () => {
  //  one ─► two ─► three
  //     └─► four
  const graph = sketch("a/one > a/two > a/three", "a/one > a/four");
  const layout = layoutGraph(graphLayoutInput(graph));
  const places = new Map(layout.nodes.map((node) => [node.id, node]));
  const from = (id: string, direction: "left" | "right" | "up" | "down") =>
    nearestInDirection(layout.nodes, places.get(id)!, direction)?.id;

  it("goes to the nearest node in a direction and stops at the rim", () => {
    expect(from("a/two", "right")).toBe("a/three");
    expect(from("a/three", "left")).toBe("a/two");
    expect(from("a/three", "right")).toBeUndefined();
  });

  it("goes round the edges of a node both ways", () => {
    const step = (current: string | undefined, by: 1 | -1) =>
      stepThroughEdges(graph.edges, places, "a/two", current, by)?.id;
    expect(step(undefined, 1)).toBe("a/two|a/three|http");
    expect(step("a/two|a/three|http", 1)).toBe("a/one|a/two|http");
    expect(step("a/one|a/two|http", 1)).toBe("a/two|a/three|http");
    expect(step(undefined, -1)).toBe("a/one|a/two|http");
  });

  it("finds no edge at a lonely node", () => {
    expect(stepThroughEdges([], places, "a/two", undefined, 1)).toBeUndefined();
  });
});
