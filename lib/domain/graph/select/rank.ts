import type { Graph } from "#lib/domain/graph/graph.ts";

const LAST = 100;

/**
 * Rank of every node by its number of edges, 1 for the most connected. Equals share a rank; with more than a hundred
 * different numbers, neighbours share one too, so that ranks end at 100.
 */
export function rankNodes({ nodes, edges }: Graph): ReadonlyMap<string, number> {
  const counts = new Map(nodes.map(({ id }) => [id, 0]));
  for (const { source, target } of edges) {
    counts.set(source, (counts.get(source) ?? 0) + 1);
    counts.set(target, (counts.get(target) ?? 0) + 1);
  }
  const steps = [...new Set(counts.values())].sort((left, right) => right - left);
  const rankOf = new Map(
    steps.map((count, step) => [count, steps.length <= LAST ? step + 1 : 1 + Math.floor((step * LAST) / steps.length)]),
  );
  return new Map([...counts].map(([id, count]) => [id, rankOf.get(count) ?? LAST]));
}
