import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sketch, syntheticGraph } from "#test/fixtures/graphs.ts";
import { hideSelection } from "./hide.ts";
import { focusOn, keepOnly, pathsBetween } from "./hops.ts";

//   a ─▶ b ─▶ c ─▶ d ─▶ b (cycle)     x ─▶ d     b ─▶ e ─▶ d     lone
const graph = sketch("a > b > c > d > b", "x > d", "b > e > d", "lone");
const names = (ids: ReadonlySet<string> | undefined) => [...(ids ?? [])].sort().join(" ");
const edges = (ids: ReadonlySet<string> | undefined) =>
  [...(ids ?? [])]
    .map((id) => id.replace("|http", "").replace("|", ">"))
    .sort()
    .join(" ");

describe("focus", () => {
  it("goes up, down, or both, as many hops as asked", () => {
    expect(names(focusOn(graph, "c", 1, "up").nodes)).toBe("b c");
    expect(names(focusOn(graph, "c", 1, "down").nodes)).toBe("c d");
    expect(names(focusOn(graph, "c", 1, "both").nodes)).toBe("b c d");
    expect(names(focusOn(graph, "c", 2, "up").nodes)).toBe("a b c d");
  });

  it("keeps the edges it walked, not those beside them", () => {
    expect(edges(focusOn(graph, "c", 1, "both").edges)).toBe("b>c c>d");
  });
});

describe("paths", () => {
  it("are the shortest, all of them", () => {
    const paths = pathsBetween(graph, "a", "d");
    expect(paths?.length).toBe(3);
    expect(names(paths?.nodes)).toBe("a b c d e");
    expect(edges(paths?.edges)).toBe("a>b b>c b>e c>d e>d");
  });

  it("are longer when more hops are allowed", () => {
    const longer = sketch("from > to", "from > a > to", "from > p > q > to");
    expect(names(pathsBetween(longer, "from", "to")?.nodes)).toBe("from to");
    expect(names(pathsBetween(longer, "from", "to", 2)?.nodes)).toBe("a from to");
    expect(names(pathsBetween(longer, "from", "to", 3)?.nodes)).toBe("a from p q to");
  });

  it("go the way calls go", () => {
    expect(pathsBetween(graph, "d", "a")).toBeUndefined();
    expect(pathsBetween(graph, "a", "d", 2)).toBeUndefined();
  });

  it("of a made-up mesh: every edge lies on a walk of that length, no other does", () => {
    const mesh = syntheticGraph(25, 50, 9);
    const ids = mesh.nodes.map(({ id }) => id);
    fc.assert(
      fc.property(
        fc.constantFrom(...ids),
        fc.constantFrom(...ids),
        fc.integer({ min: 0, max: 4 }),
        (from, to, most) => {
          const walked = new Set<string>();
          const walk = (at: string, path: readonly string[]) => {
            if (at === to) for (const id of path) walked.add(id);
            if (path.length === most) return;
            for (const edge of mesh.edges) if (edge.source === at) walk(edge.target, [...path, edge.id]);
          };
          walk(from, []);
          expect(edges(pathsBetween(mesh, from, to, most)?.edges)).toBe(edges(walked));
        },
      ),
    );
  });
});

describe("hiding", () => {
  it("takes edges along, and nodes that are alone because of it", () => {
    const rest = hideSelection(graph, { nodes: ["d"], edges: ["a|b|http"] });
    expect(rest.nodes.map(({ id }) => id)).toEqual(["b", "c", "e", "lone"]);
    expect(rest.edges.map(({ id }) => id)).toEqual(["b|c|http", "b|e|http"]);
  });

  it("changes nothing when nothing is hidden", () => {
    expect(hideSelection(graph, { nodes: [], edges: [] })).toBe(graph);
  });
});

it("keeps the part of a graph that was asked for", () => {
  const part = keepOnly(graph, focusOn(graph, "x", 1, "down"));
  expect(part.nodes.map(({ id }) => id)).toEqual(["d", "x"]);
  expect(part.edges.map(({ id }) => id)).toEqual(["x|d|http"]);
});
