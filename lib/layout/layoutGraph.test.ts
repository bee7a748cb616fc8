import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Graph, GraphNode } from "#lib/domain/graph/graph.ts";
import { GROUP_LEVELS, type GroupLevel, groupGraph } from "#lib/domain/graph/group.ts";
import { travelGraph } from "#test/fixtures/drawnMesh.ts";
import { drawnEdge, drawnNode, sketch, syntheticGraph, withTotals } from "#test/fixtures/graphs.ts";
import { layoutToSvg } from "#test/layoutToSvg.ts";
import { graphLayoutInput } from "./graphLayoutInput.ts";
import type { LayoutInput, LayoutResult, PlacedNode } from "./layout.ts";
import { layoutGraph } from "./layoutGraph.ts";

const lay = (...lines: string[]) => layoutGraph(graphLayoutInput(sketch(...lines)));

function place(layout: LayoutResult, id: string): PlacedNode {
  const node = layout.nodes.find((candidate) => candidate.id === id);
  if (node === undefined) throw new Error(`${id} has no place`);
  return node;
}

/** Everything that must hold for any layout: nothing overlaps, boxes hold their own below their title, routes end at their nodes. */
function expectSound(layout: LayoutResult, input: LayoutInput): void {
  expect(layout.nodes.map((node) => node.id).sort()).toEqual(input.nodes.map((node) => node.id).sort());
  expect(layout.boxes.map((box) => box.id).sort()).toEqual(input.boxes.map((box) => box.id).sort());
  const rooms = layout.nodes.map((node) => ({
    id: node.id,
    parent: node.box,
    left: node.x - node.width / 2,
    right: node.x + node.width / 2,
    top: node.y - node.above,
    bottom: node.y + node.below,
  }));
  const boxes = layout.boxes.map((box) => ({
    id: box.id,
    parent: box.parent,
    left: box.x,
    right: box.x + box.width,
    top: box.y,
    bottom: box.y + box.height,
  }));
  const solids = [...rooms, ...boxes];
  for (const solid of solids) {
    expect(Object.values(solid).every((value) => typeof value === "string" || Number.isFinite(value))).toBe(true);
    const box = layout.boxes.find((candidate) => candidate.id === solid.parent);
    const isInside =
      box === undefined
        ? solid.parent === ""
        : solid.left >= box.x + 2 &&
          solid.top >= box.y + box.padding.top / 2 &&
          solid.right <= box.x + box.width - 2 &&
          solid.bottom <= box.y + box.height - 2;
    expect(isInside, `${solid.id} is inside ${solid.parent}`).toBe(true);
  }
  // Of one level: what stands in the same box. What stands in different ones is apart because those are.
  for (const siblings of Map.groupBy(solids, ({ parent }) => parent).values()) expect(overlaps(siblings)).toEqual([]);
  expect(overlaps(rooms)).toEqual([]);
  for (const edge of layout.edges) {
    const [source, target] = [place(layout, edge.source), place(layout, edge.target)];
    expect(edge.route.every(Number.isFinite)).toBe(true);
    expect((edge.route.length - 2) % 6).toBe(0);
    if (edge.source === edge.target) continue;
    expect(edge.route.slice(0, 2)).toEqual([source.x + source.reach, source.y]);
    const [x = 0, y = 0] = edge.route.slice(-2);
    expect(Math.hypot(x - (target.x - target.reach), y - target.y)).toBeLessThan(0.2);
  }
}

type Room = { id: string; left: number; right: number; top: number; bottom: number };

function overlaps(rooms: readonly Room[]): string[] {
  const found: string[] = [];
  for (const [index, a] of rooms.entries())
    for (const b of rooms.slice(index + 1))
      if (a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom) found.push(`${a.id} ${b.id}`);
  return found;
}

describe("direction", () => {
  it("draws a chain from left to right on one level", () => {
    const layout = lay("a/one > a/two > a/three");
    const [one, two, three] = ["a/one", "a/two", "a/three"].map((id) => place(layout, id));
    expect(one!.x).toBeLessThan(two!.x);
    expect(two!.x).toBeLessThan(three!.x);
    expect([two!.y, three!.y]).toEqual([one!.y, one!.y]);
  });

  it("draws a namespace to the left of the namespace it calls", () => {
    const layout = lay("front/web > back/api");
    const [front, back] = ["front", "back"].map((name) => layout.boxes.find((box) => box.id.endsWith(`/${name}`))!);
    expect(front!.x + front!.width).toBeLessThan(back!.x);
  });

  it("leads the edge that closes a cycle around, into the left of its target", () => {
    const layout = lay("a/one > a/two > a/three > a/one");
    const back = layout.edges.find((edge) => edge.source === "a/three")!;
    const xs = back.route.filter((_, index) => index % 2 === 0);
    expect(Math.max(...xs)).toBeGreaterThan(place(layout, "a/three").x + place(layout, "a/three").reach);
    expect(Math.min(...xs)).toBeLessThan(place(layout, "a/one").x - place(layout, "a/one").reach);
  });

  it("puts an ingress gateway before a namespace that also calls its egress gateway", () => {
    const layout = lay(
      "gw/ingress > shop/cart > gw/egress",
      "gw/ingress > news/feed",
      "gw/ingress > mail/box",
      "unknown > gw/ingress",
    );
    const [gateway, shop] = ["gw", "shop"].map((name) => layout.boxes.find((box) => box.id.endsWith(`/${name}`))!);
    // As text is read: to the left, or in a row above.
    expect(gateway!.x + gateway!.width < shop!.x || gateway!.y + gateway!.height < shop!.y).toBe(true);
  });

  it("loops a call to itself at the node's shoulder", () => {
    const layout = lay("a/one > a/one");
    const { x, y } = place(layout, "a/one");
    const route = layout.edges[0]!.route;
    expect(Math.hypot(route[0]! - x, route[1]! - y)).toBeLessThan(60);
    expect(Math.hypot(route.at(-2)! - x, route.at(-1)! - y)).toBeLessThan(60);
  });
});

describe("soundness", () => {
  it.each([
    [45, 90],
    [200, 600],
    [400, 500],
  ])("holds for a made-up mesh of %i nodes and %i edges", (nodes, edges) => {
    const input = graphLayoutInput(syntheticGraph(nodes, edges, 3));
    expectSound(layoutGraph(input), input);
  });

  it("fits a mesh of a thousand nodes to something like a screen", () => {
    const { width, height } = layoutGraph(graphLayoutInput(syntheticGraph(1000, 3000, 7)));
    expect(width / height).toBeGreaterThan(0.8);
    expect(width / height).toBeLessThan(3.2);
  });

  it("has room for nothing", () => {
    expect(layoutGraph({ nodes: [], boxes: [], edges: [] })).toMatchObject({ nodes: [], boxes: [], edges: [] });
  });

  const smallMesh = fc
    .array(fc.tuple(fc.nat(4), fc.nat(9), fc.nat(4), fc.nat(9)), { minLength: 1, maxLength: 40 })
    .map((calls) =>
      sketch(...calls.map(([ns, name, otherNs, otherName]) => `${path(ns, name)} > ${path(otherNs, otherName)}`)),
    );
  function path(namespace: number, name: number): string {
    return namespace === 0 ? `outside${name}` : `ns${namespace}/w${name}`;
  }

  it("holds for any small mesh", () => {
    fc.assert(
      fc.property(smallMesh, (graph) => {
        const input = graphLayoutInput(graph);
        expectSound(layoutGraph(input), input);
      }),
      { numRuns: 60, seed: 11 },
    );
  });

  it("holds after any change from one small mesh to another", () => {
    fc.assert(
      fc.property(smallMesh, smallMesh, (before, after) => {
        const input = graphLayoutInput(after);
        expectSound(layoutGraph(input, layoutGraph(graphLayoutInput(before))), input);
      }),
      { numRuns: 60, seed: 12 },
    );
  });
});

describe("boxes in boxes", () => {
  const levels = fc.subarray([...GROUP_LEVELS]).map((chosen) => new Set(chosen));
  const nestedMesh = fc
    .array(fc.tuple(fc.nat(2), fc.nat(3), fc.nat(3), fc.nat(3), fc.nat(60)), { minLength: 1, maxLength: 30 })
    .map((drawn) => {
      const nodes = new Map<string, GraphNode>();
      const calls: [string, string][] = [];
      for (const [cluster, namespace, app, version, to] of drawn) {
        const node = nestedNode(`c${cluster}`, namespace === 0 ? "" : `n${namespace}`, `a${app}`, `v${version}`);
        nodes.set(node.id, node);
        calls.push([node.id, [...nodes.keys()][to % nodes.size]!]);
      }
      const edges = new Map(calls.map(([from, to]) => [`${from} ${to}`, drawnEdge(from, to)]));
      return versioned(withTotals([...nodes.values()], [...edges.values()]));
    });

  function nestedNode(cluster: string, namespace: string, app: string, version: string): GraphNode {
    const id = `${cluster}/${namespace}/${app}/${version}`;
    if (namespace === "") return drawnNode(id, { id, cluster, namespace, type: "unknown" });
    return drawnNode(id, { id, cluster, namespace, type: version === "v0" ? "service" : "app", app, version });
  }

  const versioned = (graph: Graph): Graph => ({ ...graph, graphType: "versionedApp" });
  const inputOf = (graph: Graph, chosen: ReadonlySet<GroupLevel>) => graphLayoutInput(graph, groupGraph(graph, chosen));

  it("never overlap and stay inside, whichever levels are drawn", () => {
    fc.assert(
      fc.property(nestedMesh, levels, (graph, chosen) => {
        const input = inputOf(graph, chosen);
        expectSound(layoutGraph(input), input);
      }),
      { numRuns: 80, seed: 21 },
    );
  });

  it("never overlap and stay inside after any change", () => {
    fc.assert(
      fc.property(nestedMesh, nestedMesh, levels, fc.nat(6), (graph, other, chosen, share) => {
        // Some nodes of another mesh come, some of this one leave.
        const stays = ({ id }: GraphNode) => [...id].reduce((sum, letter) => sum + letter.charCodeAt(0), share) % 6 > 0;
        const comes = (node: GraphNode) => !stays(node);
        const nodes = new Map(
          [...graph.nodes.filter(stays), ...other.nodes.filter(comes)].map((node) => [node.id, node]),
        );
        const edges = [...graph.edges, ...other.edges].filter(
          ({ source, target }) => nodes.has(source) && nodes.has(target),
        );
        const next = versioned(
          withTotals([...nodes.values()], [...new Map(edges.map((edge) => [edge.id, edge])).values()]),
        );
        const input = inputOf(next, chosen);
        expectSound(layoutGraph(input, layoutGraph(inputOf(graph, chosen))), input);
      }),
      { numRuns: 150, seed: 22 },
    );
  });

  const version = (name: string) => nestedNode("c", "shop", "cart", name);
  const price = nestedNode("c", "shop", "price", "v1");
  const shop = (...versions: string[]) => {
    const nodes = [price, ...versions.map(version)];
    return versioned(
      withTotals(
        nodes,
        versions.map((name) => drawnEdge(version(name).id, price.id)),
      ),
    );
  };

  it("draw the box of an app around a version that stays and one that comes", () => {
    const first = layoutGraph(graphLayoutInput(shop("v1")));
    const input = graphLayoutInput(shop("v1", "v2"));
    const second = layoutGraph(input, first);
    expect(second.boxes.map(({ id }) => id)).toEqual(["box/c/shop", "box/c/shop/cart"]);
    for (const id of [version("v1").id, price.id]) expect(place(second, id)).toMatchObject(pointOf(place(first, id)));
    expectSound(second, input);
  });

  it("let the box of an app go without moving the version that is left, and draw it again as it was", () => {
    const first = layoutGraph(graphLayoutInput(shop("v1", "v2")));
    const without = layoutGraph(graphLayoutInput(shop("v1")), first);
    expect(without.boxes.map(({ id }) => id)).toEqual(["box/c/shop"]);
    expect(place(without, version("v1").id)).toMatchObject(pointOf(place(first, version("v1").id)));
    const again = layoutGraph(graphLayoutInput(shop("v1", "v2")), without);
    expect(again.nodes).toEqual(first.nodes);
    expect(again.boxes).toEqual(first.boxes);
  });

  it("arrange anew when a cluster comes, and move nobody when one goes", () => {
    const far = nestedNode("d", "shop", "cart", "v1");
    const one = shop("v1", "v2");
    const two = versioned(withTotals([...one.nodes, far], [...one.edges, drawnEdge(version("v1").id, far.id)]));
    const both = layoutGraph(graphLayoutInput(two), layoutGraph(graphLayoutInput(one)));
    expectSound(both, graphLayoutInput(two));
    expect(both.boxes.filter(({ kind }) => kind === "yard").map(({ id }) => id)).toEqual(["box/c", "box/d"]);
    const after = layoutGraph(graphLayoutInput(one), both);
    for (const node of after.nodes) expect(node).toMatchObject(pointOf(place(both, node.id)));
  });

  const pointOf = ({ x, y }: PlacedNode) => ({ x, y });
});

describe("stability", () => {
  const mesh = ["a/web > a/cart > b/price", "a/web > b/stock > b/db", "c/job > b/stock", "unknown > a/web"];

  it("gives the same layout for the same input in any order", () => {
    const input = graphLayoutInput(sketch(...mesh));
    const shuffled = {
      ...input,
      nodes: input.nodes.toReversed(),
      boxes: input.boxes.toReversed(),
      edges: input.edges.toReversed(),
    };
    expect(layoutGraph(shuffled)).toEqual(layoutGraph(input));
  });

  it("returns the very same layout while nothing is added, removed or resized", () => {
    const input = graphLayoutInput(sketch(...mesh));
    const first = layoutGraph(input);
    expect(layoutGraph(structuredClone(input), first)).toBe(first);
  });

  it("moves nobody in the box that one node is added to, and other boxes only down", () => {
    const first = lay(...mesh);
    const second = layoutGraph(graphLayoutInput(sketch(...mesh, "a/cart > a/coupon")), first);
    const inside = (node: PlacedNode) => node.id.startsWith("a/") && node.id !== "a/coupon";
    expect(second.nodes.filter(inside)).toEqual(first.nodes.filter(inside));
    for (const node of first.nodes) {
      const now = place(second, node.id);
      expect(now.x).toBe(node.x);
      expect(now.y).toBeGreaterThanOrEqual(node.y);
    }
    const [coupon, cart] = [place(second, "a/coupon"), place(second, "a/cart")];
    expect(Math.hypot(coupon.x - cart.x, coupon.y - cart.y)).toBeLessThan(250);
  });

  it("keeps the routes of edges whose ends stayed", () => {
    const first = lay(...mesh);
    const second = layoutGraph(graphLayoutInput(sketch(...mesh, "a/web > b/db")), first);
    for (const edge of first.edges) expect(second.edges).toContain(edge);
  });

  it("moves nobody when a node leaves, and gives it its old place when it returns", () => {
    const first = lay(...mesh, "c/job > c/report");
    const without = layoutGraph(graphLayoutInput(sketch(...mesh)), first);
    expect(without.nodes).toEqual(first.nodes.filter((node) => node.id !== "c/report"));
    const again = layoutGraph(graphLayoutInput(sketch(...mesh, "c/job > c/report")), without);
    expect(again.nodes).toEqual(first.nodes);
  });

  it("finds room for a new namespace without moving the others", () => {
    const first = lay(...mesh);
    const input = graphLayoutInput(sketch(...mesh, "a/web > new/thing"));
    const second = layoutGraph(input, first);
    for (const node of first.nodes) expect(place(second, node.id)).toEqual(node);
    expectSound(second, input);
  });

  it("starts over when most is new", () => {
    const first = lay(...mesh);
    const other = Array.from({ length: 20 }, (_, index) => `x/${index} > y/${index}`);
    const input = graphLayoutInput(sketch(...other));
    expect(layoutGraph(input, first)).toEqual(layoutGraph(input));
  });

  it("starts over when asked to rearrange", () => {
    const grown = layoutGraph(graphLayoutInput(sketch(...mesh, "a/cart > a/coupon")), lay(...mesh));
    const input = graphLayoutInput(sketch(...mesh, "a/cart > a/coupon"));
    expect(layoutGraph({ ...input, rearrange: true }, grown)).not.toBe(grown);
    expectSound(layoutGraph({ ...input, rearrange: true }, grown), input);
  });
});

describe("drawings", () => {
  it.each([
    ["chain", sketch("a/one > a/two > a/three > a/four")],
    [
      "diamond-over-namespaces",
      sketch("web/front > shop/cart > data/db", "web/front > shop/search > data/db", "unknown > web/front"),
    ],
    ["cycle", sketch("a/one > a/two > a/three > a/one", "a/three > b/four > a/one", "a/two > a/two")],
    ["travel", travelGraph()],
  ])("of %s stays as it was looked at", async (name, graph) => {
    await expect(layoutToSvg(layoutGraph(graphLayoutInput(graph)))).toMatchFileSnapshot(`snapshots/${name}.svg`);
  });
});
