/**
 * Bytes and connections of one reading by edge and reporter. There are no codes to match, so the best reporter of an edge
 * is taken whole: server, then waypoint, then client.
 */
import { hasReached } from "./callResult.ts";
import { assumeCluster, edgeKey } from "./edgeKey.ts";
import { addSecurity, type EdgeSecurity, writeSecurity } from "./edgeSecurity.ts";
import type { EdgeReporter } from "./edgeTable.ts";
import type { EdgeTableBuilder } from "./edgeTableBuilder.ts";
import { NOISE_SHARE } from "./reconcileResults.ts";
import { type EdgeLabels, REPORTERS, type Reporter, type TcpReport } from "./reports.ts";
import { CandidateEdges, inPlacingOrder, isVague, lacksWorkload, ownEdge, SummedRows } from "./vagueRows.ts";

type Side = { sentBytes: number; receivedBytes: number; connectionsOpened: number; readonly security: EdgeSecurity };
type TcpEdge = {
  readonly labels: EdgeLabels;
  readonly protocol: "tcp";
  readonly sides: Map<Reporter, Side>;
  readonly reporters: Set<EdgeReporter>;
};
type VagueBytes = {
  readonly row: TcpReport;
  readonly labels: EdgeLabels;
  readonly protocol: "tcp";
  readonly reporter: Reporter;
};

export class TcpEdges {
  readonly #edges = new Map<string, TcpEdge>();
  readonly #vague = new SummedRows<VagueBytes>();

  /** `labels`: usableLabels of the row. */
  add(row: TcpReport, labels: EdgeLabels): void {
    if (labels === row || !isVague(labels)) addBytes(this.#edge(assumeCluster(labels)), row, row.perSecond);
    else {
      const words = `${row.metric} ${row.reporterApp} ${hasReached(row.responseFlags)}`;
      this.#vague.add({ row, labels, protocol: "tcp", reporter: row.reporter }, words);
    }
  }

  /** Gives the rows that leave out part of their edge to the edges that others reported, each its share of them. */
  placeVague(): void {
    for (const rows of inPlacingOrder(this.#vague.rows())) {
      const index = new CandidateEdges(this.#edges.values(), rows);
      for (const vague of rows) {
        const { row, labels } = vague;
        const candidates = index.of(vague);
        let left = 1;
        for (const { edge, share } of sharesOf(vague, candidates)) {
          addBytes(edge, row, row.perSecond * share);
          left -= share;
        }
        if (left > LEAST_SHARE) addBytes(this.#edge(ownEdge(labels, candidates)), row, row.perSecond * left);
      }
    }
  }

  write(builder: EdgeTableBuilder): void {
    for (const { labels, sides, reporters } of this.#edges.values()) {
      const told = REPORTERS.flatMap((reporter) => sides.get(reporter) ?? []);
      const [best] = told;
      if (best === undefined) continue;
      const edge = builder.edge(labels, "tcp");
      builder.tcp(edge, { sent: best.sentBytes, received: best.receivedBytes, opened: best.connectionsOpened });
      for (const reporter of reporters) builder.reportedBy(edge, reporter);
      writeSecurity(
        builder,
        edge,
        told.map(({ security }) => security),
      );
    }
  }

  #edge(labels: EdgeLabels): TcpEdge {
    const key = edgeKey(labels, "tcp");
    let edge = this.#edges.get(key);
    if (edge === undefined) {
      this.#edges.set(key, (edge = { labels, protocol: "tcp", sides: new Map(), reporters: new Set() }));
    }
    return edge;
  }
}

/** Shares add up to 1 but for the last digits. */
const LEAST_SHARE = 1e-9;

/**
 * Which share of a row each edge gets: in proportion to what another reporter counted there. A row that names no workload
 * gets no more than this reporter has not told of yet; one of connections that never came about gets nothing.
 */
function sharesOf({ row, labels }: VagueBytes, candidates: readonly TcpEdge[]): { edge: TcpEdge; share: number }[] {
  const isOpen = lacksWorkload(labels);
  if (isOpen && !hasReached(row.responseFlags)) return [];
  const weights = candidates.map(({ sides }) => {
    const other = REPORTERS.find((name) => name !== row.reporter && sides.has(name));
    const told = isOpen ? (sides.get(row.reporter)?.[row.metric] ?? 0) : 0;
    return Math.max(0, ((other && sides.get(other)?.[row.metric]) ?? 0) - told);
  });
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total === 0) return isOpen ? [] : candidates.map((edge) => ({ edge, share: 1 / candidates.length }));
  const placed = isOpen && total * (1 + NOISE_SHARE) < row.perSecond ? total / row.perSecond : 1;
  return candidates.map((edge, at) => ({ edge, share: (placed * (weights[at] ?? 0)) / total }));
}

function addBytes(edge: TcpEdge, row: TcpReport, perSecond: number): void {
  edge.reporters.add(row.reporterApp === "ztunnel" ? "ztunnel" : row.reporter);
  let side = edge.sides.get(row.reporter);
  if (side === undefined) {
    side = { sentBytes: 0, receivedBytes: 0, connectionsOpened: 0, security: new Map() };
    edge.sides.set(row.reporter, side);
  }
  side[row.metric] += perSecond;
  if (row.metric !== "connectionsOpened") addSecurity(side.security, row, perSecond);
}
