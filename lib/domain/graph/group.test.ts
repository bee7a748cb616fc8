import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { drawnEdge, drawnNode, sketch, withTotals } from "#test/fixtures/graphs.ts";
import type { Graph, GraphNode } from "./graph.ts";
import { GROUP_LEVELS, type Group, groupGraph } from "./group.ts";
import { parseNodeId } from "./ids.ts";

/** "west:shop/cart-v2" is version v2 of app cart in namespace shop of cluster west. */
function version(path: string, rest: Partial<GraphNode> = {}): GraphNode {
  const [cluster = "", namespace = "", name = ""] = path.split(/[:/]/);
  const [app = "", release = ""] = name.split("-");
  const traits = { id: path, type: "app", cluster, app, version: release, label: app } as const;
  return drawnNode(`${namespace}/${name}`, { ...traits, ...rest });
}

function graphOf(nodes: readonly GraphNode[], calls: readonly (readonly [string, string, number])[] = []): Graph {
  const edges = calls.map(([source, target, rate]) => drawnEdge(source, target, { rate }));
  return { ...withTotals(nodes, edges), graphType: "versionedApp" };
}

const idsOf = (graph: Graph, ...levels: (typeof GROUP_LEVELS)[number][]) => [
  ...groupGraph(graph, new Set(levels.length === 0 ? GROUP_LEVELS : levels)).groups.keys(),
];

const twoClusters = graphOf(
  [
    drawnNode("unknown", { type: "unknown", cluster: "east" }),
    version("east:shop/cart-v1"),
    version("east:shop/cart-v2", { health: "failing" }),
    version("east:shop/price-v1"),
    version("west:shop/cart-v1"),
  ],
  [
    ["unknown", "east:shop/cart-v1", 10],
    ["east:shop/cart-v1", "east:shop/price-v1", 7],
    ["east:shop/cart-v2", "west:shop/cart-v1", 3],
  ],
);

describe("levels", () => {
  it("nest: a cluster holds namespaces, a namespace holds apps", () => {
    expect(idsOf(twoClusters)).toEqual([
      "box/east",
      "box/east/shop",
      "box/east/shop/cart",
      "box/west",
      "box/west/shop",
    ]);
    const { groups } = groupGraph(twoClusters);
    expect(groups.get("box/east/shop/cart")).toMatchObject({ parent: "box/east/shop", label: "cart", level: "app" });
    expect(groups.get("box/east/shop")).toMatchObject({ parent: "box/east", label: "shop", namespace: "shop" });
  });

  it("can each be left out", () => {
    expect(idsOf(twoClusters, "cluster", "app")).toEqual(["box/east", "box/east/shop/cart", "box/west"]);
    expect(groupGraph(twoClusters, new Set(["app", "cluster"])).groups.get("box/east/shop/cart")?.parent).toBe(
      "box/east",
    );
    expect(groupGraph(twoClusters, new Set()).groups.size).toBe(0);
  });

  it("leave out clusters where there is only one", () => {
    expect(idsOf(sketch("a/x > b/y"))).toEqual(["box/primary/a", "box/primary/b"]);
  });

  it("box an app only where several of its versions are drawn, and only in the app graphs", () => {
    const versions = [version("one:shop/cart-v1"), version("one:shop/cart-v2"), version("one:shop/price-v1")];
    expect(idsOf(graphOf(versions))).toEqual(["box/one/shop", "box/one/shop/cart"]);
    expect(idsOf({ ...graphOf(versions), graphType: "workload" })).toEqual(["box/one/shop"]);
  });

  it("keep unknown callers out of namespaces but in their cluster", () => {
    expect(groupGraph(twoClusters).groupOf.get("unknown")).toBe("box/east");
    expect(groupGraph(sketch("unknown > a/x")).groupOf.get("unknown")).toBeUndefined();
  });

  it("take a folded namespace as a node of its cluster, and a folded cluster as a node outside all groups", () => {
    const folded = drawnNode("news/", { id: "box/east/news", type: "box", cluster: "east", label: "news" });
    const far = drawnNode("far", { id: "box/far", type: "box", cluster: "far" });
    const { groupOf } = groupGraph({ ...twoClusters, nodes: [...twoClusters.nodes, folded, far] });
    expect(groupOf.get("box/east/news")).toBe("box/east");
    expect(groupOf.get("box/far")).toBeUndefined();
  });
});

describe("figures of a group", () => {
  const { groups } = groupGraph(twoClusters);
  const rates = (id: string) => {
    const group = groups.get(id);
    return [group?.inbound.httpPerSecond, group?.outbound.httpPerSecond];
  };

  it("count what crosses its border and not what stays inside", () => {
    // cart → price stays in shop; unknown → cart stays in east.
    expect(rates("box/east/shop/cart")).toEqual([10, 10]);
    expect(rates("box/east/shop")).toEqual([10, 3]);
    expect(rates("box/east")).toEqual([0, 3]);
    expect(rates("box/west/shop")).toEqual([3, 0]);
  });

  it("say the worst health inside and count what is unhealthy", () => {
    expect(groups.get("box/east")).toMatchObject({ health: "failing", counts: { unhealthy: 1 } });
    expect(groups.get("box/west")).toMatchObject({ health: "healthy", counts: { unhealthy: 0 } });
  });

  it("count folded namespaces with what is folded into them", () => {
    const members = { workloads: 4, services: 3, unhealthy: 2 };
    const folded = drawnNode("news/", { id: "box/east/news", type: "box", cluster: "east", members });
    const { groups: withFolded } = groupGraph({ ...twoClusters, nodes: [...twoClusters.nodes, folded] });
    expect(withFolded.get("box/east")?.counts).toEqual({ namespaces: 2, workloads: 7, services: 3, unhealthy: 3 });
  });
});

describe("any graph, by any levels", () => {
  const anyNode = fc.record({
    cluster: fc.constantFrom("east", "west", ""),
    namespace: fc.constantFrom("", "shop", "news"),
    app: fc.option(fc.constantFrom("cart", "price"), { nil: undefined }),
    type: fc.constantFrom("app", "workload", "service", "unknown", "box" as const),
  });
  const anyGraph = fc
    .tuple(fc.array(anyNode, { maxLength: 30 }), fc.array(fc.tuple(fc.nat(), fc.nat())))
    .map(([drawn, pairs]) => {
      const nodes = drawn.map(({ app, ...traits }, index) =>
        drawnNode(`n${index}`, { ...traits, ...(app === undefined ? {} : { app }) }),
      );
      const calls =
        nodes.length === 0 ? [] : pairs.map(([a, b]) => [`n${a % nodes.length}`, `n${b % nodes.length}`, 1]);
      return graphOf(nodes, calls as [string, string, number][]);
    });
  const anyLevels = fc.subarray([...GROUP_LEVELS]).map((levels) => new Set(levels));

  it("puts every node into one innermost group at most, and into all groups around that", () => {
    fc.assert(
      fc.property(anyGraph, anyLevels, (graph, levels) => {
        const { groups, groupOf } = groupGraph(graph, levels);
        for (const node of graph.nodes) {
          const around: string[] = [];
          for (let id = groupOf.get(node.id); id !== undefined; id = groups.get(id)?.parent) around.push(id);
          const holding = [...groups.values()].filter((group) => group.nodes.includes(node.id)).map(({ id }) => id);
          expect(around.sort()).toEqual(holding.sort());
        }
      }),
    );
  });

  it("nests groups whole, of the levels wanted, under ids that say where they are", () => {
    fc.assert(
      fc.property(anyGraph, anyLevels, (graph, levels) => {
        const { groups } = groupGraph(graph, levels);
        for (const group of groups.values()) {
          expect(levels).toContain(group.level);
          expect(group.nodes.length).toBeGreaterThan(0);
          expect(parseNodeId(group.id)).toMatchObject({ cluster: group.cluster });
          if (group.parent === undefined) continue;
          const parent = groups.get(group.parent);
          expect(parent?.nodes).toEqual(expect.arrayContaining([...group.nodes]));
          const levelOf = (of: Group | undefined) => GROUP_LEVELS.findIndex((level) => level === of?.level);
          expect(levelOf(parent)).toBeLessThan(levelOf(group));
        }
      }),
    );
  });
});
