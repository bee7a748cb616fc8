/** Small changes: known nodes stay where they are, new ones find a free place near their neighbours. */
import { extent } from "./arrange.ts";
import {
  BOX_PADDING,
  type LayoutEdge,
  type LayoutInput,
  type LayoutNode,
  type LayoutResult,
  type PlacedBox,
  type PlacedNode,
  type RoutedEdge,
} from "./layout.ts";
import { RoutePen, selfLoop } from "./route.ts";
import { compare } from "./units.ts";

const NODE_GAP = 14;
const COLUMN_STEP = 88;
const BOX_GAP = 40;
/** How many vanished nodes keep a claim on their place. */
const REMEMBERED = 300;

type Rect = { readonly left: number; readonly top: number; readonly right: number; readonly bottom: number };

/** Keeps `previous` and changes only what it must. Returns `previous` itself when nothing changed. */
export function settle(input: LayoutInput, previous: LayoutResult): LayoutResult {
  const known = new Map([...previous.departed, ...previous.nodes].map((node) => [node.id, node]));
  const wanted = new Set(input.nodes.map((node) => node.id));
  const nodes = new Map<string, PlacedNode>();
  const boxes = new Map<string, PlacedBox>();
  const fresh: LayoutNode[] = [];
  const usedBoxes = new Set(input.nodes.map((node) => node.box));
  for (const box of previous.boxes) if (usedBoxes.has(box.id)) boxes.set(box.id, box);
  const present = new Set(previous.nodes.map((node) => node.id));
  for (const node of input.nodes) {
    const place = known.get(node.id);
    if (place !== undefined && place.box === node.box && present.has(node.id))
      nodes.set(node.id, sameRoom(place, node) ? place : { ...node, x: place.x, y: place.y });
    else fresh.push(node);
  }
  const neighbours = neighboursOf(input.edges);
  for (const node of fresh.sort((a, b) => compare(a.id, b.id))) {
    const home = known.get(node.id);
    if (
      home !== undefined &&
      home.box === node.box &&
      isFree(rectOf({ ...node, x: home.x, y: home.y }), nodes, boxes, node.box)
    )
      nodes.set(node.id, { ...node, x: home.x, y: home.y });
    else placeNear(node, neighbours.get(node.id) ?? [], nodes, boxes);
  }
  const moved = pushApart(nodes, boxes, previous);

  const edges = routeAgain(input.edges, nodes, previous, moved);
  const departed = [...known.values()].filter((node) => !wanted.has(node.id)).slice(-REMEMBERED);
  const placed = input.nodes.map((node) => nodes.get(node.id)!).sort((a, b) => compare(a.id, b.id));
  if (isUnchanged(placed, previous.nodes) && isUnchanged(edges, previous.edges)) return previous;
  const boxList = [...boxes.values()];
  return { nodes: placed, boxes: boxList, edges, departed, ...extent(placed, boxList, edges) };
}

function isUnchanged<Item>(now: readonly Item[], before: readonly Item[]): boolean {
  return now.length === before.length && now.every((item, index) => item === before[index]);
}

function sameRoom(a: LayoutNode, b: LayoutNode): boolean {
  return a.width === b.width && a.above === b.above && a.below === b.below && a.reach === b.reach;
}

function neighboursOf(edges: readonly LayoutEdge[]): Map<string, { id: string; side: 1 | -1 }[]> {
  const neighbours = new Map<string, { id: string; side: 1 | -1 }[]>();
  const add = (of: string, id: string, side: 1 | -1) => {
    const list = neighbours.get(of);
    if (list === undefined) neighbours.set(of, [{ id, side }]);
    else list.push({ id, side });
  };
  for (const edge of edges) {
    if (edge.source === edge.target) continue;
    add(edge.target, edge.source, 1);
    add(edge.source, edge.target, -1);
  }
  return neighbours;
}

/** Puts a new node into its box (or, without one, onto the map) at the free place nearest to where its neighbours want it. */
function placeNear(
  node: LayoutNode,
  neighbours: readonly { id: string; side: 1 | -1 }[],
  nodes: Map<string, PlacedNode>,
  boxes: Map<string, PlacedBox>,
): void {
  const points = neighbours.flatMap(({ id, side }) => {
    const near = nodes.get(id);
    return near === undefined ? [] : [{ x: near.x + side * (near.width / 2 + COLUMN_STEP), y: near.y }];
  });
  const box = boxes.get(node.box);
  const wish = mean(points) ?? (box === undefined ? outskirts(boxes, nodes) : { x: box.x, y: box.y + box.height });
  if (box === undefined && node.box !== "") {
    const width = node.width + 2 * BOX_PADDING.side;
    const height = node.above + node.below + BOX_PADDING.top + BOX_PADDING.bottom;
    const room = { id: node.box, box: "", width, above: 0, below: height, reach: 0 };
    const at = nearestFree(room, wish, nodes, boxes);
    boxes.set(node.box, { id: node.box, x: at.x - width / 2, y: at.y, width, height });
    nodes.set(node.id, { ...node, x: at.x, y: at.y + BOX_PADDING.top + node.above });
    return;
  }
  if (box === undefined) {
    nodes.set(node.id, { ...node, ...nearestFree(node, wish, nodes, boxes) });
    return;
  }
  const { at, grown } = placeInBox(node, wish, box, nodes, boxes);
  nodes.set(node.id, { ...node, ...at });
  boxes.set(box.id, grown);
}

/** Tries every cell of the box's grid and one row and column around it; growing costs, growing into another box costs most. */
function placeInBox(
  node: LayoutNode,
  wish: { x: number; y: number },
  box: PlacedBox,
  nodes: ReadonlyMap<string, PlacedNode>,
  boxes: ReadonlyMap<string, PlacedBox>,
): { at: { x: number; y: number }; grown: PlacedBox } {
  const members = [...nodes.values()].filter((other) => other.box === node.box);
  const columns = new Set(members.map((other) => other.x));
  const rows = new Set(members.map((other) => other.y));
  const columnStep = node.width + COLUMN_STEP;
  const rowStep = node.above + node.below + NODE_GAP;
  columns.add(box.x + BOX_PADDING.side + node.width / 2).add(Math.max(...columns) + columnStep);
  rows
    .add(wish.y)
    .add(box.y + BOX_PADDING.top + node.above)
    .add(Math.max(...rows) + rowStep)
    .add(box.y + box.height + NODE_GAP - BOX_PADDING.bottom + node.above);
  let best: { at: { x: number; y: number }; grown: PlacedBox } | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const x of [...columns].sort((a, b) => a - b)) {
    for (const y of [...rows].sort((a, b) => a - b)) {
      const rect = rectOf({ ...node, x, y });
      if (rect.top < box.y + BOX_PADDING.top || rect.left < box.x) continue;
      if (members.some((other) => overlap(rect, rectOf(other), NODE_GAP - 2))) continue;
      const grown = {
        ...box,
        width: Math.max(box.width, rect.right + BOX_PADDING.side - box.x),
        height: Math.max(box.height, rect.bottom + BOX_PADDING.bottom - box.y),
      };
      const growth = grown.width - box.width + grown.height - box.height;
      const collides = growth > 0 && !isFree(boxRect(grown), outside(nodes), boxes, "", box.id);
      const cost = Math.abs(x - wish.x) + Math.abs(y - wish.y) + growth + (collides ? 10_000 : 0);
      if (cost < least) {
        least = cost;
        best = { at: { x, y }, grown };
      }
    }
  }
  return best!;
}

/** The free place nearest to the wish, searched in growing squares around it. */
function nearestFree(
  node: LayoutNode,
  wish: { x: number; y: number },
  nodes: ReadonlyMap<string, PlacedNode>,
  boxes: ReadonlyMap<string, PlacedBox>,
): { x: number; y: number } {
  const step = 40;
  const lowest = { x: BOX_GAP + node.width / 2, y: BOX_GAP + node.above };
  for (let ring = 0; ring < 400; ring++) {
    for (let across = -ring; across <= ring; across++) {
      for (const down of Math.abs(across) === ring ? span(-ring, ring) : [-ring, ring]) {
        const x = Math.round(wish.x + across * step);
        const y = Math.round(wish.y + down * step);
        if (x < lowest.x || y < lowest.y) continue;
        if (isFree(rectOf({ ...node, x, y }), outside(nodes), boxes, "")) return { x, y };
      }
    }
  }
  return outskirts(boxes, nodes);
}

function span(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

function outskirts(
  boxes: ReadonlyMap<string, PlacedBox>,
  nodes: ReadonlyMap<string, PlacedNode>,
): { x: number; y: number } {
  return { x: 200, y: extent([...nodes.values()], [...boxes.values()]).height + BOX_GAP };
}

function outside(nodes: ReadonlyMap<string, PlacedNode>): Map<string, PlacedNode> {
  return new Map([...nodes].filter(([, node]) => node.box === ""));
}

function isFree(
  rect: Rect,
  nodes: ReadonlyMap<string, PlacedNode>,
  boxes: ReadonlyMap<string, PlacedBox>,
  inBox: string,
  except?: string,
): boolean {
  for (const node of nodes.values()) if (node.box === inBox && overlap(rect, rectOf(node), NODE_GAP - 2)) return false;
  if (inBox !== "") {
    const box = boxes.get(inBox);
    return box !== undefined && contains(boxRect(box), rect);
  }
  for (const box of boxes.values()) if (box.id !== except && overlap(rect, boxRect(box), BOX_GAP - 2)) return false;
  return true;
}

/** Moves boxes and free nodes down, out of the way of a box that had to grow. Returns what moved. */
function pushApart(
  nodes: Map<string, PlacedNode>,
  boxes: Map<string, PlacedBox>,
  previous: LayoutResult,
): ReadonlySet<string> {
  const before = new Map(previous.boxes.map((box) => [box.id, box]));
  const moved = new Set<string>();
  const queue = [...boxes.values()].filter((box) => {
    const old = before.get(box.id);
    return old === undefined || old.width !== box.width || old.height !== box.height;
  });
  for (let grown = queue.shift(); grown !== undefined; grown = queue.shift()) {
    const rect = boxRect(boxes.get(grown.id) ?? grown);
    for (const box of [...boxes.values()].sort((a, b) => a.y - b.y || compare(a.id, b.id))) {
      if (box.id === grown.id || !overlap(rect, boxRect(box), BOX_GAP - 2)) continue;
      const shift = rect.bottom + BOX_GAP - box.y;
      boxes.set(box.id, { ...box, y: box.y + shift });
      for (const node of nodes.values()) {
        if (node.box !== box.id) continue;
        nodes.set(node.id, { ...node, y: node.y + shift });
        moved.add(node.id);
      }
      queue.push(boxes.get(box.id)!);
    }
    for (const node of nodes.values()) {
      if (node.box !== "" || !overlap(rect, rectOf(node), NODE_GAP - 2)) continue;
      nodes.set(node.id, { ...node, y: rect.bottom + BOX_GAP + node.above });
      moved.add(node.id);
    }
  }
  return moved;
}

/** Edges whose ends stayed keep their route; others get a plain curve, or a turn when they lead back. */
function routeAgain(
  edges: readonly LayoutEdge[],
  nodes: ReadonlyMap<string, PlacedNode>,
  previous: LayoutResult,
  moved: ReadonlySet<string>,
): RoutedEdge[] {
  const before = new Map(previous.edges.map((edge) => [edge.id, edge]));
  const wasAt = new Map(previous.nodes.map((node) => [node.id, node]));
  const isSteady = (id: string) => {
    const [now, then] = [nodes.get(id), wasAt.get(id)];
    return !moved.has(id) && then !== undefined && now?.x === then.x && now.y === then.y && now.reach === then.reach;
  };
  return edges
    .flatMap((edge) => {
      const old = before.get(edge.id);
      if (old !== undefined && isSteady(edge.source) && isSteady(edge.target)) return [old];
      const source = nodes.get(edge.source);
      const target = nodes.get(edge.target);
      if (source === undefined || target === undefined) return [];
      return [{ id: edge.id, source: edge.source, target: edge.target, route: plainRoute(source, target) }];
    })
    .sort((a, b) => compare(a.id, b.id));
}

function plainRoute(source: PlacedNode, target: PlacedNode): RoutedEdge["route"] {
  if (source.id === target.id) return selfLoop(source.x, source.y, source.reach);
  const start = source.x + source.reach;
  const end = target.x - target.reach;
  const pen = new RoutePen(start, source.y);
  if (end > start) return pen.to(end, target.y).finish();
  const lane = Math.max(source.y + source.below, target.y + target.below) + NODE_GAP / 2;
  return pen.turn(start, lane, 1).to(end, lane).turn(end, target.y, -1).finish();
}

function mean(points: readonly { x: number; y: number }[]): { x: number; y: number } | undefined {
  if (points.length === 0) return undefined;
  return {
    x: points.reduce((sum, point) => sum + point.x, 0) / points.length,
    y: points.reduce((sum, point) => sum + point.y, 0) / points.length,
  };
}

function rectOf(node: PlacedNode): Rect {
  return {
    left: node.x - node.width / 2,
    right: node.x + node.width / 2,
    top: node.y - node.above,
    bottom: node.y + node.below,
  };
}

function boxRect(box: PlacedBox): Rect {
  return { left: box.x, top: box.y, right: box.x + box.width, bottom: box.y + box.height };
}

function overlap(a: Rect, b: Rect, gap: number): boolean {
  return a.left < b.right + gap && b.left < a.right + gap && a.top < b.bottom + gap && b.top < a.bottom + gap;
}

function contains(outer: Rect, inner: Rect): boolean {
  return (
    inner.left >= outer.left && inner.right <= outer.right && inner.top >= outer.top && inner.bottom <= outer.bottom
  );
}
