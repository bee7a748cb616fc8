// @vitest-environment jsdom
import { act, useMemo } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Graph } from "#lib/domain/graph/graph.ts";
import { groupGraph } from "#lib/domain/graph/group.ts";
import { drawnEdge, drawnNode, sketch, withTotals } from "#test/fixtures/graphs.ts";
import { MapCanvas, type MapCanvasProps } from "./MapCanvas.tsx";
import { useLayout } from "./useLayout.ts";

// What jsdom lacks: layout in the browser's sense, and drawing. Workers are missing too, so useLayout computes in place.
beforeEach(() => {
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
  vi.stubGlobal("matchMedia", () => ({ matches: true, addEventListener() {}, removeEventListener() {} }));
  vi.stubGlobal(
    "ResizeObserver",
    class {
      observe() {}
      disconnect() {}
    },
  );
  vi.stubGlobal("CSS", { escape: (text: string) => text.replaceAll(/["\\]/g, "\\$&") });
});

let root: Root | undefined;
afterEach(() => {
  act(() => root?.unmount());
  root = undefined;
  document.body.replaceChildren();
  vi.unstubAllGlobals();
});

function Harness(props: Partial<MapCanvasProps> & { graph: Graph }) {
  const grouping = useMemo(() => groupGraph(props.graph), [props.graph]);
  const layout = useLayout(props.graph, grouping, "test");
  return (
    <MapCanvas
      grouping={grouping}
      layout={layout}
      selected={undefined}
      onSelect={() => undefined}
      onToggleBox={() => undefined}
      labels={["rate"]}
      showTraffic={false}
      {...props}
    />
  );
}

function show(graph: Graph, props: Partial<MapCanvasProps> = {}) {
  if (root === undefined) {
    const host = document.createElement("div");
    document.body.append(host);
    root = createRoot(host);
  }
  act(() => root?.render(<Harness graph={graph} {...props} />));
}

const named = (name: string): SVGElement => {
  const found = [...document.querySelectorAll<SVGElement>("[role=button]")].find((element) =>
    element.getAttribute("aria-label")?.startsWith(name),
  );
  if (found === undefined) throw new Error(`nothing is named ${name}`);
  return found;
};

const press = (key: string) =>
  act(() => {
    document.activeElement?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  });
const click = (element: Element) => act(() => void element.dispatchEvent(new MouseEvent("click", { bubbles: true })));

const graph = withTotals(
  [drawnNode("shop/cart"), drawnNode("shop/price", { health: "failing" }), drawnNode("news/feed")],
  [drawnEdge("shop/cart", "shop/price", { errorPercent: 8, health: "failing" })],
);

it("gives every node and edge a name that can be heard", () => {
  show(graph);
  expect(named("workload cart, shop, healthy").getAttribute("aria-pressed")).toBe("false");
  expect(named("workload price, shop, failing").dataset.health).toBe("failing");
  expect(named("cart to price, HTTP, failing").getAttribute("aria-label")).toContain("8\u00a0% errors");
});

it("has one tab stop among the nodes", () => {
  show(graph);
  expect(document.querySelectorAll(".map-node[tabindex='0']")).toHaveLength(1);
});

it("selects what is clicked, and clears when it is clicked again or nothing is hit", () => {
  const onSelect = vi.fn();
  show(graph, { onSelect });
  click(named("workload cart"));
  click(named("cart to price"));
  show(graph, { onSelect, selected: "shop/cart" });
  click(named("workload cart"));
  click(document.querySelector(".map-host")!);
  expect(onSelect.mock.calls.flat()).toEqual(["shop/cart", "shop/cart|shop/price|http", undefined, undefined]);
});

it("dims what is neither upstream nor downstream of the selection", () => {
  show(graph, { selected: "shop/price" });
  expect(named("workload price").classList).toContain("selected");
  expect(named("workload cart").classList).not.toContain("dimmed");
  expect(named("workload feed").classList).toContain("dimmed");
});

it("walks with arrows, goes to edges with brackets, selects with Enter and lets go with Escape", () => {
  const onSelect = vi.fn();
  show(graph, { onSelect });
  named("workload cart").focus();
  press("ArrowRight");
  expect(document.activeElement).toBe(named("workload price"));
  press("]");
  expect(document.activeElement).toBe(named("cart to price"));
  press("Enter");
  press("ArrowLeft");
  expect(document.activeElement).toBe(named("workload cart"));
  press("Escape");
  expect(onSelect.mock.calls.flat()).toEqual(["shop/cart|shop/price|http", undefined]);
});

it("folds a namespace by its button and by c on one of its nodes", () => {
  const onToggleBox = vi.fn();
  const onSelect = vi.fn();
  show(graph, { onToggleBox, onSelect });
  click(named("Fold shop"));
  named("workload feed").focus();
  press("c");
  expect(onToggleBox.mock.calls.flat()).toEqual(["box/primary/shop", "box/primary/news"]);
  expect(onSelect).not.toHaveBeenCalled();
});

it("selects the box around a node with b, then the next one out, and folds its cluster with C", () => {
  const onToggleBox = vi.fn();
  const onSelect = vi.fn();
  const versions = ["v1", "v2"].map((version) =>
    drawnNode(`shop/cart-${version}`, { type: "app", app: "cart", version, cluster: "east" }),
  );
  const two = { ...withTotals([...versions, drawnNode("shop/far")], []), graphType: "versionedApp" as const };
  show(two, { onSelect, onToggleBox });
  for (const selected of ["box/east/shop/cart", "box/east/shop", "box/east"]) {
    named("app cart-v1").focus();
    press("b");
    show(two, { onSelect, onToggleBox, selected });
  }
  expect(onSelect.mock.calls.flat()).toEqual(["box/east/shop/cart", "box/east/shop", "box/east"]);
  press("C");
  expect(onToggleBox.mock.calls.flat()).toEqual(["box/east"]);
});

it("leaves elements alone that a refresh does not change", () => {
  show(graph);
  const before = [...document.querySelectorAll(".map-node, .map-edge, .map-box")];
  const changes: string[] = [];
  const observer = new MutationObserver((records) => {
    for (const record of records)
      changes.push(`${(record.target as Element).getAttribute("data-select")} ${record.attributeName}`);
  });
  observer.observe(document.body, { attributes: true, childList: true, subtree: true, characterData: true });
  show({ ...graph, nodes: graph.nodes.map((node) => ({ ...node })), edges: graph.edges.map((edge) => ({ ...edge })) });
  for (const record of observer.takeRecords()) changes.push(record.attributeName ?? record.type);
  observer.disconnect();
  expect(changes).toEqual([]);
  expect([...document.querySelectorAll(".map-node, .map-edge, .map-box")]).toEqual(before);
});

it("writes names from a cluster as text, never as markup", () => {
  show(sketch('shop/<img src=x onerror="boom()">'));
  expect(document.querySelector("img")).toBeNull();
});
