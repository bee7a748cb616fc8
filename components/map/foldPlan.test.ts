import { describe, expect, it } from "vitest";
import type { Reading } from "#lib/api/reading.ts";
import { mergeReports } from "#lib/domain/telemetry/mergeReporters.ts";
import { meshNodes } from "#test/builders/mesh.ts";
import { rateReport, requestRow } from "#test/builders/reports.ts";
import { buildScene, FOLD_ABOVE_NODES, openNamespaces, planFolding, toggleBox } from "./foldPlan.ts";
import { sumEdges } from "./inspector/traffic.ts";
import { DEFAULT_VIEW, type MapViewState } from "./viewState.ts";

type Row = Parameters<typeof requestRow>[0];

function reading(...rows: readonly Row[]): Reading {
  const { table } = mergeReports(rateReport({ requests: rows.map(requestRow) }));
  // Only what the scene reads.
  return { edges: table, mesh: meshNodes(), windowSeconds: 300, health: { rate: [] } } as Partial<Reading> as Reading;
}

const view = (parts: Partial<MapViewState> = {}): MapViewState => ({
  ...DEFAULT_VIEW,
  graphType: "workload",
  ...parts,
});

/** web calls cart, and cart calls a database in another namespace. */
const shop = reading(
  { from: "web", to: "cart-v1", service: "cart", perSecond: 10 },
  { from: "cart-v1", to: "db@data", service: "db", perSecond: 20 },
);

/** A namespace of hubs, each called by a workload of another: twice as many workloads, and a service each. */
function hubs(count: number): Reading {
  return reading(
    ...Array.from({ length: count }, (_, at) => ({
      from: `a${at}@left`,
      to: `b${at}@right`,
      service: `b${at}`,
      perSecond: 1,
    })),
  );
}
const large = hubs(150);
const huge = hubs(400);

describe("a mesh that can be read", () => {
  it("starts open, and folds what the viewer folded", () => {
    expect(planFolding(shop, view()).collapsed.size).toBe(0);
    const plan = planFolding(shop, view({ collapsed: ["box/primary/data"] }));
    const graph = buildScene(shop, undefined, view(), plan);
    expect(graph.nodes.map(({ id }) => id)).toContain("box/primary/data");
    expect(graph.nodes.map(({ id }) => id)).not.toContain("workload/primary/data/db");
  });

  it("ignores folds of namespaces that are gone", () => {
    expect(planFolding(shop, view({ collapsed: ["box/primary/gone"] })).collapsed.size).toBe(0);
  });

  it("folds and unfolds by the list of folded namespaces", () => {
    const folded = toggleBox(planFolding(shop, view()), view(), "box/primary/data");
    expect(folded).toEqual({ collapsed: ["box/primary/data"] });
    expect(toggleBox(planFolding(shop, view(folded)), view(folded), "box/primary/data")).toEqual({ collapsed: [] });
  });
});

it("counts all calls of the scope, folded or not: those inside a folded namespace are not drawn, but are made", () => {
  const rate = (parts: Partial<MapViewState>) => sumEdges(planFolding(shop, view(parts)).calls).requestsPerSecond;
  // web ─10─▶ cart, cart ─20─▶ db
  expect(rate({})).toBe(30);
  expect(rate({ collapsed: ["box/primary/shop"] })).toBe(30);
});

describe("a mesh with more nodes than can be read", () => {
  it("starts folded", () => {
    const plan = planFolding(large, view());
    expect(plan.fullNodeCount).toBeGreaterThan(FOLD_ABOVE_NODES);
    expect([...plan.collapsed]).toEqual(["box/primary/left", "box/primary/right"]);
    expect(buildScene(large, undefined, view(), plan).nodes.map(({ id }) => id)).toEqual([...plan.collapsed]);
  });

  it("opens the namespaces the viewer opened", () => {
    const change = toggleBox(planFolding(large, view()), view(), "box/primary/left");
    expect(change).toEqual({ expanded: ["box/primary/left"] });
    expect([...planFolding(large, view(change)).collapsed]).toEqual(["box/primary/right"]);
  });

  it("opens all when asked, and can then fold single ones", () => {
    const all = view({ expanded: "all" });
    const plan = planFolding(large, all);
    expect(plan.collapsed.size).toBe(0);
    const change = toggleBox(plan, all, "box/primary/left");
    expect([...planFolding(large, { ...all, ...change }).collapsed]).toEqual(["box/primary/left"]);
  });

  it("does not open all of what could not be drawn", () => {
    expect(planFolding(huge, view({ expanded: "all" })).collapsed.size).toBe(2);
  });

  it("asks for percentiles of open namespaces only", () => {
    expect(openNamespaces(planFolding(large, view()), 20)).toEqual([]);
    const open = view({ expanded: ["box/primary/right"] });
    expect(openNamespaces(planFolding(large, open), 20)).toEqual(["right"]);
    expect(openNamespaces(planFolding(shop, view()), 1)).toEqual(["data"]);
  });
});

it("keeps the chosen clusters and what they call elsewhere", () => {
  const two = reading(
    { from: "web", to: "cart", service: "cart", perSecond: 1, cluster: "east" },
    { from: "web", to: "cart", service: "cart", perSecond: 1, cluster: "west" },
  );
  const east = view({ clusters: ["east"] });
  const clusters = buildScene(two, undefined, east, planFolding(two, east)).nodes.map(({ cluster }) => cluster);
  expect(new Set(clusters)).toEqual(new Set(["east"]));
});

describe("clusters", () => {
  const two = reading(
    { from: "web", to: "cart", service: "cart", perSecond: 1, cluster: "east" },
    { from: "web", to: "cart", service: "cart", perSecond: 1, cluster: "west" },
  );

  it("fold and unfold, and their namespaces are no longer drawn open", () => {
    const change = toggleBox(planFolding(two, view()), view(), "box/west");
    expect(change).toEqual({ collapsed: ["box/west"] });
    const plan = planFolding(two, view(change));
    expect(buildScene(two, undefined, view(change), plan).nodes.map(({ id }) => id)).toContain("box/west");
    expect(openNamespaces({ ...plan, boxes: ["box/west/shop"] }, 5)).toEqual([]);
    expect(toggleBox(plan, view(change), "box/west")).toEqual({ collapsed: [] });
  });

  it("do not fold where there is only one: it would be the whole map", () => {
    expect(planFolding(shop, view({ collapsed: ["box/primary"] })).collapsed.size).toBe(0);
  });
});

it("counts what the focus leaves, so that a large mesh opens around one node", () => {
  const focus = { kind: "around", id: "workload/primary/left/a7", hops: 3, direction: "down" } as const;
  const near = view({ focus });
  const plan = planFolding(large, near);
  expect(plan.startsFolded).toBe(false);
  expect(buildScene(large, undefined, near, plan).nodes.map(({ label }) => label)).toEqual(["b7", "a7", "b7"]);
});

it("keeps namespaces folded around a folded one", () => {
  const focus = { kind: "around", id: "box/primary/left", hops: 1, direction: "both" } as const;
  const near = view({ focus });
  const plan = planFolding(large, near);
  expect(buildScene(large, undefined, near, plan).nodes.map(({ id }) => id)).toEqual([...plan.collapsed]);
});
