/**
 * Items and lanes in columns. An edge that spans several columns travels on lanes: vertices without a node, one a column.
 * Edges of one hub share lanes, so that they run as a trunk and fan out late; edges that lead back leave to the right, turn,
 * run left on lanes shared by their target, turn again and enter from the left:
 *
 *     a ──┬────────► c              ┌► b ──► c ─┐
 *         └─ lane ─┬─► d            └── lanes ──┘
 *                  └─► e
 */

/** A neighbour in the next or previous column. `shift`: how far below this vertex's y the neighbour's y wants to be. */
export type Link = { readonly to: number; readonly weight: number; readonly shift: number };

export type Layers = {
  /** Vertices of each column, top to bottom. Numbers below `itemCount` are items, the others lanes. */
  readonly columns: number[][];
  readonly rank: number[];
  readonly left: Link[][];
  readonly right: Link[][];
  /** Lanes each edge travels on, from source to target. */
  readonly lanes: number[][];
  /** Vertices where back edges turn round: they keep lanes near their ends and take no room. */
  readonly turns: ReadonlySet<number>;
  /** For back edges: where they turn after their source and before their target. */
  readonly turning: ReadonlyMap<number, readonly [after: number, before: number]>;
  readonly itemCount: number;
};

export type LayeredEdge = {
  readonly source: number;
  readonly target: number;
  readonly weight: number;
  /** Where the edge docks, relative to the item's y. */
  readonly sourceOffset?: number;
  readonly targetOffset?: number;
};

/** How much harder a lane pulls on a lane than an item on an item: long edges become straight. */
const STRAIGHTNESS = 4;
const LANE_USES = ["out", "in", "back", "turn"] as const;

/** Builds columns and lanes. `rank` numbers the items' columns; `columnCount` includes empty border columns. */
export function buildLayers(
  rank: readonly number[],
  columnCount: number,
  edges: readonly LayeredEdge[],
  backward: readonly boolean[],
): Layers {
  const itemCount = rank.length;
  const ranks = [...rank];
  const left: Link[][] = rank.map(() => []);
  const right: Link[][] = rank.map(() => []);
  const columns: number[][] = Array.from({ length: columnCount }, () => []);
  for (const [vertex, column] of rank.entries()) columns[column]!.push(vertex);

  const addLane = (column: number): number => {
    const vertex = ranks.push(column) - 1;
    left.push([]);
    right.push([]);
    columns[column]!.push(vertex);
    return vertex;
  };
  const linked = new Set<number>();
  const link = (from: number, to: number, weight: number, shift: number) => {
    const lanes = (from >= itemCount ? 1 : 0) + (to >= itemCount ? 1 : 0);
    if (lanes === 2) {
      // Shared lanes meet once, however many edges run on them.
      const key = from * 0x200000 + to;
      if (linked.has(key)) return;
      linked.add(key);
    }
    const pull = weight * (lanes === 2 ? STRAIGHTNESS : lanes + 1);
    right[from]!.push({ to, weight: pull, shift });
    left[to]!.push({ to: from, weight: pull, shift: -shift });
  };

  const outDegree = new Int32Array(itemCount);
  const inDegree = new Int32Array(itemCount);
  for (const edge of edges) {
    outDegree[edge.source]! += 1;
    inDegree[edge.target]! += 1;
  }
  const shared = new Map<number, number>();
  const turns = new Set<number>();
  const turning = new Map<number, readonly [number, number]>();
  const sharedLane = (owner: number, use: "out" | "in" | "back" | "turn", column: number): number => {
    const key = (owner * 4 + LANE_USES.indexOf(use)) * columnCount + column;
    let lane = shared.get(key);
    if (lane === undefined) {
      shared.set(key, (lane = addLane(column)));
      if (use === "turn") turns.add(lane);
    }
    return lane;
  };

  const lanes = edges.map((edge, index) => {
    const from = rank[edge.source]!;
    const to = rank[edge.target]!;
    const sourceOffset = edge.sourceOffset ?? 0;
    const targetOffset = edge.targetOffset ?? 0;
    const chain: number[] = [];
    if (backward[index]) {
      for (let column = from; column >= to; column--) chain.push(sharedLane(edge.target, "back", column));
      const turnAfter = sharedLane(edge.target, "turn", from + 1);
      const turnBefore = sharedLane(edge.target, "turn", to - 1);
      turning.set(index, [turnAfter, turnBefore]);
      link(edge.source, turnAfter, edge.weight, sourceOffset);
      link(chain[0]!, turnAfter, edge.weight, 0);
      link(turnBefore, edge.target, edge.weight, -targetOffset);
      link(turnBefore, chain.at(-1)!, edge.weight, 0);
      for (let step = 1; step < chain.length; step++) link(chain[step]!, chain[step - 1]!, edge.weight, 0);
      return chain;
    }
    const use = inDegree[edge.target]! > outDegree[edge.source]! ? "in" : "out";
    const owner = use === "in" ? edge.target : edge.source;
    for (let column = from + 1; column < to; column++) chain.push(sharedLane(owner, use, column));
    const path = [edge.source, ...chain, edge.target];
    for (let step = 1; step < path.length; step++) {
      const shift = (step === 1 ? sourceOffset : 0) - (step === path.length - 1 ? targetOffset : 0);
      link(path[step - 1]!, path[step]!, edge.weight, shift);
    }
    return chain;
  });
  return { columns, rank: ranks, left, right, lanes, turns, turning, itemCount };
}
