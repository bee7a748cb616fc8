/** Small changes: known nodes stay where they are, new ones find a free place near their neighbours. */
import { extent } from "./arrange.ts";
import type { LayoutBox, LayoutEdge, LayoutInput, LayoutNode, LayoutResult, PlacedNode } from "./layout.ts";
import { COLUMN_STEP, Places, type Point } from "./places.ts";
import { pushApart } from "./pushApart.ts";
import { nodeRect } from "./rect.ts";
import { routeAgain } from "./routeAgain.ts";
import { placeSmallRoom } from "./smallRooms.ts";
import { compare, unitsOfNodes } from "./units.ts";

/** How many vanished nodes keep a claim on their place. */
const REMEMBERED = 300;

/** Keeps `previous` and changes only what it must. Returns `previous` itself when nothing changed. */
export function settle(input: LayoutInput, previous: LayoutResult): LayoutResult {
  const known = new Map([...previous.departed, ...previous.nodes].map((node) => [node.id, node]));
  const places = new Places(input.boxes);
  const rooms = new Set(input.boxes.filter(({ kind }) => kind === "room").map(({ id }) => id));
  const isSmall = (box: LayoutBox | undefined) => box !== undefined && rooms.has(box.parent);
  const boxes = new Map(input.boxes.map((box) => [box.id, box]));
  for (const old of previous.boxes) {
    const box = boxes.get(old.id);
    if (box !== undefined && !isSmall(box)) places.boxes.set(old.id, withParent(old, box));
  }
  const fresh = keepKnown(places, input, previous);
  const wishOf = wishes(input.edges, places);

  const small = input.boxes.filter(isSmall).sort((a, b) => compare(a.id, b.id));
  const oldBoxes = new Map(previous.boxes.map((box) => [box.id, box]));
  const membersOf = Map.groupBy(input.nodes, (node) => node.box);
  const changed = small.filter((box) => {
    const old = oldBoxes.get(box.id);
    if (old === undefined || membersOf.get(box.id)?.some((node) => !places.nodes.has(node.id)) === true) return true;
    places.boxes.set(box.id, withParent(old, box));
    return false;
  });
  for (const box of changed)
    placeSmallRoom(places, box, membersOf.get(box.id) ?? [], { old: oldBoxes.get(box.id), known, wishOf });
  for (const node of fresh) {
    if (places.nodes.has(node.id)) continue;
    const home = known.get(node.id);
    const isHomeFree = home !== undefined && home.box === node.box;
    const at =
      isHomeFree && places.isFree(nodeRect({ ...node, x: home.x, y: home.y }), node.box)
        ? home
        : places.place(node, node.box, wishOf(node));
    places.nodes.set(node.id, { ...node, x: at.x, y: at.y });
  }
  pushApart(places, input.boxes, previous);
  return finish(places, input, previous, known);
}

/** Leaves nodes where they are that stand in the same room or yard as before; the others are given back, by id. */
function keepKnown(places: Places, input: LayoutInput, previous: LayoutResult): LayoutNode[] {
  const before = new Map(previous.nodes.map((node) => [node.id, node]));
  const unitOf = unitsOfNodes(input);
  const unitBefore = unitsOfNodes({ ...previous, kind: input.kind ?? "yard" });
  const fresh: LayoutNode[] = [];
  for (const node of input.nodes) {
    const place = before.get(node.id);
    if (place === undefined || unitBefore.get(node.id)?.unit !== unitOf.get(node.id)?.unit) fresh.push(node);
    else places.nodes.set(node.id, isSame(place, node) ? place : { ...node, x: place.x, y: place.y });
  }
  return fresh.sort((a, b) => compare(a.id, b.id));
}

function isSame(a: LayoutNode, b: LayoutNode): boolean {
  return a.box === b.box && a.width === b.width && a.above === b.above && a.below === b.below && a.reach === b.reach;
}

function withParent<Box extends LayoutBox>(box: Box, { parent }: LayoutBox): Box {
  return box.parent === parent ? box : { ...box, parent };
}

/** Where its placed neighbours want a node: right of its callers, left of what it calls. */
function wishes(edges: readonly LayoutEdge[], places: Places): (node: LayoutNode) => Point | undefined {
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
  return (node) => {
    const points = (neighbours.get(node.id) ?? []).flatMap(({ id, side }) => {
      const near = places.nodes.get(id);
      return near === undefined ? [] : [{ x: near.x + side * (near.width / 2 + COLUMN_STEP), y: near.y }];
    });
    if (points.length === 0) return undefined;
    const sum = points.reduce((a, b) => ({ x: a.x + b.x, y: a.y + b.y }));
    return { x: sum.x / points.length, y: sum.y / points.length };
  };
}

function finish(
  places: Places,
  input: LayoutInput,
  previous: LayoutResult,
  known: ReadonlyMap<string, PlacedNode>,
): LayoutResult {
  const edges = routeAgain(input.edges, places.nodes, previous);
  const departed = [...known.values()].filter((node) => !places.nodes.has(node.id)).slice(-REMEMBERED);
  const nodes = [...places.nodes.values()].sort((a, b) => compare(a.id, b.id));
  const order = new Map(previous.boxes.map((box, index) => [box.id, index]));
  const depth = (id: string): number => (id === "" ? 0 : 1 + depth(places.boxes.get(id)?.parent ?? ""));
  const boxes = [...places.boxes.values()].sort(
    (a, b) =>
      depth(a.id) - depth(b.id) ||
      (order.get(a.id) ?? order.size) - (order.get(b.id) ?? order.size) ||
      compare(a.id, b.id),
  );
  const isUnchanged =
    isSameList(nodes, previous.nodes) && isSameList(edges, previous.edges) && boxes.length === previous.boxes.length;
  return isUnchanged ? previous : { nodes, boxes, edges, departed, ...extent(nodes, boxes, edges) };
}

function isSameList<Item>(now: readonly Item[], before: readonly Item[]): boolean {
  return now.length === before.length && now.every((item, index) => item === before[index]);
}
