/** Packing boxes of very different sizes into a picture of a wanted shape, callers before what they call. */
import { backwardEdges, type WeightedEdge } from "./feedback.ts";
import { rankByLongestPath } from "./rank.ts";

export type Size = { readonly width: number; readonly height: number };
export type Spot = { readonly x: number; readonly y: number };

export type Packing = { readonly spots: readonly Spot[]; readonly width: number; readonly height: number };

export type PackOptions = {
  /** Room kept free between boxes: edges run there. */
  readonly gap: number;
  /** Width to height of the whole. */
  readonly aspect: number;
};

/** What an edge that leads back costs, in pixels of length: it runs around a box. */
const DETOUR = 900;
/** What edges count beside the size of the picture: while one box is placed, and for the whole. */
const PULL = { placing: 0.2, whole: 0.09 } as const;
/** A picture of this height is shown at full size: to be smaller is worth nothing. */
const SMALL = 560;
/** Orders tried after the first: every pair of boxes that stand at most so far apart in the order trades places. */
const REACH = 12;
const MOST_TRIED = 3000;

/** Finds the place of every box. The picture's top left corner is 0, 0. */
export function packBoxes(sizes: readonly Size[], edges: readonly WeightedEdge[], options: PackOptions): Packing {
  const linksOf: { other: number; isCaller: boolean; weight: number; detour: number }[][] = sizes.map(() => []);
  const backward = backwardEdges(sizes.length, edges);
  for (const [index, { source, target, weight }] of edges.entries()) {
    // An edge that closes a cycle has to lead back, wherever the boxes stand.
    const detour = backward[index] ? 0 : DETOUR;
    linksOf[source]!.push({ other: target, isCaller: false, weight, detour });
    linksOf[target]!.push({ other: source, isCaller: true, weight, detour });
  }
  const { gap, aspect } = options;

  const pull = (box: number, at: Spot, spots: readonly (Spot | undefined)[]): number => {
    let sum = 0;
    for (const { other, isCaller, weight, detour } of linksOf[box]!) {
      const there = spots[other];
      if (there === undefined) continue;
      const [from, to] = isCaller ? [there, at] : [at, there];
      const [source, target] = isCaller ? [other, box] : [box, other];
      sum += weight * edgeLength(from, sizes[source]!, to, sizes[target]!, gap, detour);
    }
    return sum;
  };

  const pack = (order: readonly number[]): Packing & { readonly cost: number } => {
    const spots: Spot[] = new Array<Spot>(sizes.length);
    const placed: number[] = [];
    let [width, height] = [0, 0];
    for (const box of order) {
      const size = sizes[box]!;
      const xs = new Set([0]);
      const ys = new Set([0]);
      for (const other of placed) {
        xs.add(spots[other]!.x).add(spots[other]!.x + sizes[other]!.width + gap);
        ys.add(spots[other]!.y).add(spots[other]!.y + sizes[other]!.height + gap);
      }
      let best: Spot = { x: 0, y: 0 };
      let least = Number.POSITIVE_INFINITY;
      for (const x of xs) {
        for (const y of ys) {
          const isTaken = placed.some((other) => {
            const there = spots[other]!;
            return (
              x < there.x + sizes[other]!.width + gap &&
              there.x < x + size.width + gap &&
              y < there.y + sizes[other]!.height + gap &&
              there.y < y + size.height + gap
            );
          });
          if (isTaken) continue;
          const grown = Math.max(Math.max(width, x + size.width) / aspect, height, y + size.height, SMALL);
          const cost = grown + PULL.placing * pull(box, { x, y }, spots) + (x + y) / 100;
          if (cost < least) [least, best] = [cost, { x, y }];
        }
      }
      spots[box] = best;
      placed.push(box);
      width = Math.max(width, best.x + size.width);
      height = Math.max(height, best.y + size.height);
    }
    const length = order.reduce((sum, box) => sum + pull(box, spots[box]!, spots), 0) / 2;
    const weight = edges.reduce((sum, edge) => sum + edge.weight, 0);
    return { spots, width, height, cost: pictureCost({ width, height }, aspect, weight > 0 ? length / weight : 0) };
  };

  let order = callersFirst(sizes.length, edges);
  let best = pack(order);
  let tried = 0;
  for (let improved = true; improved && tried < MOST_TRIED; ) {
    improved = false;
    for (let first = 0; first < order.length; first++) {
      for (let second = first + 1; second <= first + REACH && second < order.length; second++, tried++) {
        const trade = order.with(first, order[second]!).with(second, order[first]!);
        const packing = pack(trade);
        if (packing.cost >= best.cost - 0.5) continue;
        [best, order, improved] = [packing, trade, true];
      }
    }
  }
  return best;
}

/** How far an edge runs from one box to another; `detour` more where it has to lead back around one of them. */
export function edgeLength(from: Spot, source: Size, to: Spot, target: Size, gap: number, detour = DETOUR): number {
  const across = to.x - (from.x + source.width);
  const down = Math.abs(to.y + target.height / 2 - from.y - source.height / 2);
  return Math.abs(across) + down + (across < gap / 2 ? detour : 0);
}

/** What a picture costs: how small it must be shown, and how long its edges are on average. */
export function pictureCost({ width, height }: Size, aspect: number, meanLength: number): number {
  const size = Math.max(width / aspect, height, SMALL);
  return size + (PULL.whole * size * meanLength) / 500;
}

/** Boxes from the first callers to the last called; edges that close a cycle do not count. */
export function callersFirst(count: number, edges: readonly WeightedEdge[]): number[] {
  const backward = backwardEdges(count, edges);
  const forward = edges.filter((edge, index) => !backward[index] && edge.source !== edge.target);
  const rank = rankByLongestPath(count, forward);
  const linked = new Set(edges.flatMap((edge) => [edge.source, edge.target]));
  return [...rank.keys()].sort((a, b) => Number(linked.has(b)) - Number(linked.has(a)) || rank[a]! - rank[b]! || a - b);
}
