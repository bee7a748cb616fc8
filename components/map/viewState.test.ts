import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { GRAPH_TYPES } from "#lib/domain/graph/graph.ts";
import { DIRECTIONS, WAYS } from "#lib/domain/graph/select/narrow.ts";
import { PROTOCOLS } from "#lib/domain/telemetry/edgeTable.ts";
import { DEFAULT_VIEW, EDGE_LABELS, formatView, type MapViewState, parseView } from "./viewState.ts";

const parse = (query: string) => parseView(new URLSearchParams(query));

const name = fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,20}[a-z0-9])?$/);
const names = fc.uniqueArray(name, { maxLength: 4 }).map((list) => [...list].sort());
const ids = fc.uniqueArray(
  fc.tuple(name, name).map(([cluster, namespace]) => `box/${cluster}/${namespace}`),
  { maxLength: 3 },
);
const views: fc.Arbitrary<MapViewState> = fc
  .record(
    {
      clusters: names,
      namespaces: names,
      windowSeconds: fc.constantFrom(60, 90, 300, 3600, 86_400),
      atSeconds: fc.integer({ min: 100_000_000, max: 9_999_999_999 }),
      graphType: fc.constantFrom(...GRAPH_TYPES),
      serviceNodes: fc.boolean(),
      idleNodes: fc.boolean(),
      operations: fc.boolean(),
      tunnelLegs: fc.boolean(),
      protocols: fc.subarray([...PROTOCOLS]),
      labels: fc.subarray([...EDGE_LABELS]),
      show: fc.constantFrom("map" as const, "table" as const),
      selected: fc.string({ minLength: 1, maxLength: 50 }),
      find: fc.string({ maxLength: 50 }),
      hide: fc.string({ maxLength: 50 }),
      focus: fc.oneof(
        fc.record({
          kind: fc.constant("around" as const),
          id: fc.string({ minLength: 1, maxLength: 50 }),
          hops: fc.constantFrom(1, 2, 3),
          direction: fc.constantFrom(...DIRECTIONS),
        }),
        fc.uniqueArray(name, { minLength: 2, maxLength: 2 }).chain(([from = "", to = ""]) =>
          fc.record({
            kind: fc.constant("path" as const),
            from: fc.constant(`workload/primary/shop/${from}`),
            to: fc.constant(`workload/primary/shop/${to}`),
            ways: fc.constantFrom(...WAYS),
          }),
        ),
      ),
      compare: fc.oneof(
        fc.record({ atSeconds: fc.integer({ min: 100_000_000, max: 9_999_999_999 }) }),
        fc.record({ agoSeconds: fc.integer({ min: 1, max: 30 * 86_400 }) }),
      ),
      collapsed: ids.map((list) => [...list].sort()),
      expanded: fc.oneof(
        fc.constant("all" as const),
        ids.map((list) => [...list].sort()),
      ),
    },
    { requiredKeys: ["clusters", "namespaces"] },
  )
  .map((parts) => ({ ...DEFAULT_VIEW, ...parts }));

describe("a link to the map", () => {
  it("brings back the view it was made from", () => {
    fc.assert(
      fc.property(views, (view) => {
        expect(parse(formatView(view))).toEqual({ view, problems: [] });
      }),
    );
  });

  it("is empty for the default view", () => {
    expect(formatView(DEFAULT_VIEW)).toBe("");
    expect(parse("")).toEqual({ view: DEFAULT_VIEW, problems: [] });
  });

  it("is the same for one choice of labels in any order", () => {
    expect(formatView(parse("labels=p95,rate").view)).toBe(formatView(parse("labels=rate,p95").view));
  });
});

it("keeps every choice of the display menu, as a reload must", () => {
  const chosen: MapViewState = {
    ...DEFAULT_VIEW,
    serviceNodes: false,
    idleNodes: true,
    operations: true,
    tunnelLegs: true,
    protocols: ["grpc"],
    labels: ["p95", "mtls"],
  };
  expect(parse(formatView(chosen)).view).toEqual(chosen);
});

describe("a link nobody made", () => {
  it("opens, whatever it says", () => {
    const keys = fc.constantFrom(
      "namespaces",
      "cluster",
      "window",
      "at",
      "graph",
      "labels",
      "select",
      "find",
      "expanded",
      "hide",
      "focus",
      "hops",
      "direction",
      "path",
      "ways",
      "compare",
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(keys, fc.string())), (pairs) => {
        const { view } = parseView(new URLSearchParams(pairs));
        // What was understood can be linked to again.
        expect(parse(formatView(view)).view).toEqual(view);
      }),
    );
  });

  it.each([
    ["graph=galaxy", "graph type"],
    ["window=soon", "window"],
    ["window=999999d", "window"],
    ["at=1e400", "moment"],
    ["at=-5", "moment"],
    ["labels=rate,glitter", "labels"],
    ["traffic=http,smoke", "traffic"],
    ["boxes=cluster,shoe", "boxes"],
    ["namespaces=ok,../../etc", "namespaces"],
    ["show=globe", "view"],
    ["path=workload/a/b/c", "path"],
    ["focus=workload/a/b/c&hops=99", "hops"],
    ["compare=-100d", "compare"],
    ["compare=yesterday", "compare"],
  ])("%s falls back and says so", (query, what) => {
    const { view, problems } = parse(query);
    expect(view).toMatchObject({ graphType: "versionedApp", windowSeconds: 300, show: "map" });
    expect(view.atSeconds).toBeUndefined();
    expect(problems.join()).toContain(what);
  });

  it("keeps the good names beside the bad", () => {
    expect(parse("namespaces=b,a,<script>,b").view.namespaces).toEqual(["a", "b"]);
  });
});
