/** Where the merge put calls whose rows left out part of their edge, so that durations and details of the same calls follow. */
import { edgeKey, isComplete, knownLabels } from "./edgeKey.ts";
import type { EdgeLabels } from "./reports.ts";

/** By edgeKey of knownLabels: the edges that stand for such calls, each with its share of them. Shares add up to 1. */
export type MovedEdges = ReadonlyMap<string, readonly { readonly labels: EdgeLabels; readonly share: number }[]>;

/** Collects, while rates are merged, where calls went. */
export class MoveLog {
  readonly #moves = new Map<string, Map<EdgeLabels, number>>();

  /** Notes that calls reported under `from` count for the edge `to`. */
  note(from: { readonly labels: EdgeLabels; readonly protocol: string }, to: EdgeLabels, perSecond: number): void {
    const key = edgeKey(from.labels, from.protocol);
    let shares = this.#moves.get(key);
    if (shares === undefined) this.#moves.set(key, (shares = new Map()));
    shares.set(to, (shares.get(to) ?? 0) + perSecond);
  }

  moved(): MovedEdges {
    const moved = new Map<string, { labels: EdgeLabels; share: number }[]>();
    for (const [key, shares] of this.#moves) {
      const total = [...shares.values()].reduce((sum, amount) => sum + amount, 0);
      if (total > 0)
        moved.set(
          key,
          Array.from(shares, ([labels, amount]) => ({ labels, share: amount / total })),
        );
    }
    return moved;
  }
}

/** The rows with those moved that the rates moved; `divide` gives a row's share of what it counts. */
export function moveRows<Row extends EdgeLabels>(
  rows: readonly Row[],
  moved: MovedEdges,
  protocolOf: (row: Row) => string,
  divide: (row: Row, share: number) => Row,
): readonly Row[] {
  if (moved.size === 0) return rows;
  // knownLabels: an edge's labels may be those of the whole row that named it first.
  return rows.flatMap((row) => {
    const places = isComplete(row) ? undefined : moved.get(edgeKey(knownLabels(row), protocolOf(row)));
    return places === undefined
      ? row
      : places.map(({ labels, share }) => ({ ...divide(row, share), ...knownLabels(labels) }));
  });
}
