import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Graph, GraphEdge } from "#lib/domain/graph/graph.ts";
import { drawnEdge, drawnNode, drawnTcpEdge, seededRandom, syntheticGraph, withTotals } from "#test/fixtures/graphs.ts";
import { type Changes, diffGraphs, leadingChange } from "./diff.ts";

const NAMES = ["web", "cart", "db", "mail"].map((name) => `shop/${name}`);

function meshOf(...edges: readonly GraphEdge[]): Graph {
  const ends = new Set(edges.flatMap(({ source, target }) => [source, target]));
  return withTotals(
    NAMES.filter((name) => ends.has(name)).map((name) => drawnNode(name)),
    edges,
  );
}
const call = (from: string, to: string, traits: Parameters<typeof drawnEdge>[2]) =>
  drawnEdge(`shop/${from}`, `shop/${to}`, traits);

function compare(before: Graph, after: Graph, windowSeconds = 300) {
  const diff = diffGraphs({ graph: before, windowSeconds }, { graph: after, windowSeconds });
  const edges = new Map(diff.edges.map((edge) => [edge.id.replaceAll("shop/", "").replace("|http", ""), edge]));
  return { ...diff, edge: (name: string) => edges.get(name) };
}

describe("a diff", () => {
  it("tells what was added, removed and changed, and by how much", () => {
    const { nodes, edge } = compare(
      meshOf(call("web", "cart", { rate: 10 }), call("cart", "db", { rate: 10 })),
      meshOf(call("web", "cart", { rate: 25 }), call("web", "mail", { rate: 5 })),
    );
    expect(edge("web|cart")).toMatchObject({
      status: "changed",
      significant: true,
      changes: { rate: { before: 10, after: 25, absolute: 15, relative: 1.5, significant: true } },
    });
    expect(edge("cart|db")).toMatchObject({
      status: "removed",
      changes: { rate: { before: 10, after: 0, relative: -1 } },
    });
    expect(edge("web|mail")).toMatchObject({
      status: "added",
      changes: { rate: { before: 0, after: 5, absolute: 5 } },
    });
    expect(edge("web|mail")?.changes.rate?.relative).toBeUndefined();
    expect(nodes.map(({ label, status }) => `${label} ${status}`)).toEqual([
      "cart changed",
      "db removed",
      "mail added",
      "web changed",
    ]);
  });

  it("does not take a call that seldom comes for a new one", () => {
    const { edge } = compare(meshOf(), meshOf(call("web", "mail", { rate: 2 / 300 })));
    expect(edge("web|mail")).toMatchObject({ status: "added", significant: false });
  });

  it("sees errors begin, and latency grow", () => {
    const { edge } = compare(
      meshOf(call("web", "cart", { rate: 10, p95: 100 })),
      meshOf(call("web", "cart", { rate: 10, p95: 300, errorPercent: 4 })),
    );
    const { changes } = edge("web|cart") ?? {};
    expect(changes).toMatchObject({
      rate: { absolute: 0, significant: false },
      errorPercent: { before: 0, after: 4, absolute: 4, significant: true },
      average: { before: 50, after: 150, relative: 2, significant: true },
      p95: { before: 100, after: 300, significant: true },
    });
    expect(leadingChange(changes as Changes)?.figure).toBe("errorPercent");
  });

  it("leaves out what is certain but of no interest", () => {
    const { edge } = compare(
      meshOf(call("web", "cart", { rate: 10_000 })),
      meshOf(call("web", "cart", { rate: 10_500, errorPercent: 0.05 })),
    );
    expect(edge("web|cart")).toMatchObject({ status: "same", significant: false });
  });

  it("judges bytes by their size", () => {
    const bytes = (perSecond: number) => meshOf(drawnTcpEdge("shop/cart", "shop/db", perSecond));
    expect(compare(bytes(10_000), bytes(20_000)).edges[0]).toMatchObject({
      status: "changed",
      changes: { bytes: { relative: 1, significant: true } },
    });
    expect(compare(bytes(100), bytes(200)).edges[0]?.status).toBe("same");
  });

  it("does not take a figure that was not measured for zero", () => {
    const { edge } = compare(
      meshOf(call("web", "cart", { rate: 10 })),
      meshOf(call("web", "cart", { rate: 10, p95: 100 })),
    );
    expect(edge("web|cart")?.changes.p95).toEqual({ after: 100, significant: false });
  });
});

it("finds nothing between a graph and itself", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1000 }), fc.constantFrom(60, 300, 86_400), (seed, windowSeconds) => {
      const graph = syntheticGraph(30, 60, seed);
      const { nodes, edges } = diffGraphs({ graph, windowSeconds }, { graph, windowSeconds });
      expect([...nodes, ...edges].filter(({ status, significant }) => status !== "same" || significant)).toEqual([]);
    }),
    { numRuns: 30 },
  );
});

it("finds an edge whose calls doubled among many that did not", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1000 }), (seed) => {
      const world = makeWorld(seed);
      // A request a second for five minutes: 300 calls become 600, ten standard deviations.
      const before = drawWorld([...world, { rate: 1, errors: 0, mean: 50 }], 300, seededRandom(seed));
      const after = drawWorld([...world, { rate: 2, errors: 0, mean: 50 }], 300, seededRandom(seed + 1));
      const last = diffGraphs({ graph: before, windowSeconds: 300 }, { graph: after, windowSeconds: 300 }).edges.find(
        ({ target }) => target === `w/t${world.length}`,
      );
      expect(last?.changes.rate?.significant).toBe(true);
    }),
    { numRuns: 40 },
  );
});

it("raises a false alarm in at most one of a hundred comparisons of an unchanged world", () => {
  const ROUNDS = 400;
  let alarms = 0;
  for (let round = 1; round <= ROUNDS; round += 1) {
    const world = makeWorld(round);
    const random = seededRandom(round);
    const windowSeconds = [60, 300, 3600][round % 3] ?? 300;
    const { nodes, edges } = diffGraphs(
      { graph: drawWorld(world, windowSeconds, random), windowSeconds },
      { graph: drawWorld(world, 300, random), windowSeconds: 300 },
    );
    if ([...nodes, ...edges].some(({ significant }) => significant)) alarms += 1;
  }
  expect(alarms).toBeLessThanOrEqual(ROUNDS / 100);
});

type Call = { readonly rate: number; readonly errors: number; readonly mean: number };

/** Fifty calls from a few a day to hundreds a second, some of them failing. */
function makeWorld(seed: number): readonly Call[] {
  const random = seededRandom(seed * 7919);
  return Array.from({ length: 50 }, () => ({
    rate: 10 ** (5 * random() - 3),
    errors: random() < 0.3 ? random() ** 4 : 0,
    mean: 10 ** (3 * random()),
  }));
}

/** What a window of the world happens to hold: Poisson counts, binomial errors, means of exponential durations. */
function drawWorld(world: readonly Call[], windowSeconds: number, random: () => number): Graph {
  const calls = world.flatMap(({ rate, errors, mean }, at) => {
    const bad = poisson(rate * windowSeconds * errors, random);
    const count = bad + poisson(rate * windowSeconds * (1 - errors), random);
    if (count === 0) return [];
    const edge = drawnEdge("w/caller", `w/t${at}`, { rate: count / windowSeconds, errorPercent: (100 * bad) / count });
    const average = mean * meanOfExponentials(count, random);
    return edge.protocol === "tcp" ? [] : [{ ...edge, latency: { average } }];
  });
  const nodes = [drawnNode("w/caller"), ...calls.map(({ target }) => drawnNode(target))];
  return withTotals(nodes, calls);
}

function poisson(mean: number, random: () => number): number {
  if (mean > 200) return Math.max(0, Math.round(mean + Math.sqrt(mean) * gauss(random)));
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = random(); product > limit; product *= random()) count += 1;
  return count;
}

function meanOfExponentials(count: number, random: () => number): number {
  if (count > 200) return 1 + gauss(random) / Math.sqrt(count);
  let sum = 0;
  for (let at = 0; at < count; at += 1) sum -= Math.log(1 - random());
  return sum / count;
}

/** Box–Muller. */
function gauss(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
