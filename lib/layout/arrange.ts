/** A whole new arrangement: rooms from the inside out, then the rooms themselves, then the edges between them. */
import { type Bundle, buildBundles } from "./bundles.ts";
import type { LayoutInput, LayoutResult, PlacedBox, PlacedNode, RoutedEdge } from "./layout.ts";
import { arrangeInGrid } from "./outerGrid.ts";
import { arrangeInLayers } from "./outerLayers.ts";
import { arrangePacked } from "./outerPacked.ts";
import { arrangeYards } from "./outerYards.ts";
import { sampleRoute, selfLoop, shiftRoute } from "./route.ts";
import { buildUnits, compare, type Outer, type Unit, unitsOfNodes } from "./units.ts";

const MARGIN = 12;
/** Width to height of the whole where nobody says: a screen beside an inspector. */
const ASPECT = 1.4;
/** Up to so many units are packed. */
const FEW = 30;
/** From so many neighbours a unit, lanes between layers would be nothing but lanes. */
const DENSE = 5;

/** Places everything anew; `previous` only seeds the order, so that the picture keeps its rough shape. */
export function arrange(input: LayoutInput, previous?: LayoutResult): LayoutResult {
  const nodes = [...input.nodes].sort((a, b) => compare(a.id, b.id));
  const boxes = [...input.boxes].sort((a, b) => compare(a.id, b.id));
  const unitOf = unitsOfNodes(input);
  const edges = input.edges
    .filter((edge) => unitOf.has(edge.source) && unitOf.has(edge.target))
    .sort((a, b) => compare(a.id, b.id));
  const units = buildUnits({ nodes, boxes, edges }, unitOf, previous);
  const index = new Map(units.map((unit, position) => [unit.id, position]));
  const yards = boxes.filter(({ kind }) => kind === "yard");
  const bundles = buildBundles(edges, units, unitOf, index);
  const aspect = input.aspect ?? ASPECT;
  const outer =
    yards.length === 0
      ? { ...arrangeUnits(units, bundles, aspect), boxes: [] }
      : arrangeYards(yards, units, bundles, aspect, units.length <= FEW ? undefined : arrangeMany);

  const placed: PlacedNode[] = [];
  const placedBoxes: PlacedBox[] = [...outer.boxes];
  for (const [position, { box, inside, nodes: own }] of units.entries()) {
    const { x, y } = outer.origin[position]!;
    if (inside === undefined) {
      const node = own[0]!;
      placed.push({ ...node, x: x + node.width / 2, y });
      continue;
    }
    if (box !== undefined) placedBoxes.push({ ...box, x, y, width: inside.width, height: inside.height });
    for (const room of inside.rooms) {
      const { width, height } = room.inside;
      placedBoxes.push({ ...room.box, x: x + room.x, y: y + room.y, width, height });
    }
    for (const node of own) {
      const at = inside.at.get(node.id)!;
      placed.push({ ...node, x: at.x + x, y: at.y + y });
    }
  }
  const at = new Map(placed.map((node) => [node.id, node]));
  const routed = edges.map((edge) => {
    const position = index.get(unitOf.get(edge.source)!.unit)!;
    const inside = units[position]!.inside?.routes.get(edge.id);
    const { x, y } = outer.origin[position]!;
    const node = at.get(edge.source)!;
    const route =
      outer.routes.get(edge.id) ??
      (inside === undefined ? selfLoop(node.x, node.y, node.reach) : shiftRoute(inside, x, y));
    return { id: edge.id, source: edge.source, target: edge.target, route };
  });
  return intoCorner(placed, placedBoxes, routed);
}

function arrangeUnits(units: readonly Unit[], bundles: readonly Bundle[], aspect: number): Outer {
  return units.length <= FEW ? arrangePacked(units, bundles, aspect) : arrangeMany(units, bundles, aspect);
}

function arrangeMany(units: readonly Unit[], bundles: readonly Bundle[], aspect: number): Outer {
  return bundles.length > DENSE * units.length
    ? arrangeInGrid(units, bundles, aspect)
    : arrangeInLayers(units, bundles, aspect);
}

/** Moves everything to where the drawing with its edges and its margin begins at 0, 0. */
function intoCorner(
  nodes: readonly PlacedNode[],
  boxes: readonly PlacedBox[],
  edges: readonly RoutedEdge[],
): LayoutResult {
  const { left, top } = bounds(nodes, boxes, edges);
  const [dx, dy] = [Math.round(MARGIN - left), Math.round(MARGIN - top)];
  const moved = {
    nodes: nodes.map((node) => ({ ...node, x: node.x + dx, y: node.y + dy })).sort((a, b) => compare(a.id, b.id)),
    boxes: boxes.map((box) => ({ ...box, x: box.x + dx, y: box.y + dy })),
    edges: edges.map((edge) => ({ ...edge, route: shiftRoute(edge.route, dx, dy) })),
  };
  return { ...moved, departed: [], ...extent(moved.nodes, moved.boxes, moved.edges) };
}

/** Size of the drawing with its margin. */
export function extent(
  nodes: readonly PlacedNode[],
  boxes: readonly PlacedBox[],
  edges: readonly RoutedEdge[] = [],
): { readonly width: number; readonly height: number } {
  if (nodes.length === 0) return { width: MARGIN, height: MARGIN };
  const { right, bottom } = bounds(nodes, boxes, edges);
  return { width: Math.ceil(right + MARGIN), height: Math.ceil(bottom + MARGIN) };
}

/** What the drawing covers, edges included. */
function bounds(nodes: readonly PlacedNode[], boxes: readonly PlacedBox[], edges: readonly RoutedEdge[]) {
  let left = Number.POSITIVE_INFINITY;
  let top = Number.POSITIVE_INFINITY;
  let right = Number.NEGATIVE_INFINITY;
  let bottom = Number.NEGATIVE_INFINITY;
  const add = (x: number, y: number) => {
    left = Math.min(left, x);
    top = Math.min(top, y);
    right = Math.max(right, x);
    bottom = Math.max(bottom, y);
  };
  for (const node of nodes) {
    add(node.x - node.width / 2, node.y - node.above);
    add(node.x + node.width / 2, node.y + node.below);
  }
  for (const box of boxes) {
    add(box.x, box.y);
    add(box.x + box.width, box.y + box.height);
  }
  for (const { route } of edges) {
    const points = sampleRoute(route, 20);
    for (let at = 0; at + 1 < points.length; at += 2) add(points[at]!, points[at + 1]!);
  }
  return { left, top, right, bottom };
}
