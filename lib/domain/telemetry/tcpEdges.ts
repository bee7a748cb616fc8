/**
 * Bytes and connections of one reading by edge and reporter. There are no codes to match, so the best reporter of an edge
 * is taken whole: server, then waypoint, then client.
 */
import { hasReached } from "./callResult.ts";
import { assumeCluster, edgeKey } from "./edgeKey.ts";
import { addSecurity, type EdgeSecurity, writeSecurity } from "./edgeSecurity.ts";
import type { EdgeReporter } from "./edgeTable.ts";
import type { EdgeTableBuilder } from "./edgeTableBuilder.ts";
import { type EdgeLabels, REPORTERS, type Reporter, type TcpReport } from "./reports.ts";
import { CandidateEdges, isVague, lacksWorkload } from "./vagueRows.ts";

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
  readonly #vague: VagueBytes[] = [];

  /** `labels`: usableLabels of the row. */
  add(row: TcpReport, labels: EdgeLabels): void {
    if (labels === row || !isVague(labels)) addBytes(this.#edge(assumeCluster(labels)), row, row.perSecond);
    else this.#vague.push({ row, labels, protocol: "tcp", reporter: row.reporter });
  }

  /** Gives the rows that leave out part of their edge to the edges that others reported, each its share of them. */
  placeVague(): void {
    for (const reporter of REPORTERS) {
      const rows = this.#vague.filter((row) => row.reporter === reporter);
      if (rows.length === 0) continue;
      const index = new CandidateEdges(this.#edges.values(), rows);
      const places = rows.map((row) => weigh(row.row, canHold(row) ? index.of(row) : []));
      rows.forEach(({ row, labels }, at) => {
        const place = places[at] ?? [];
        for (const { edge, share } of place) addBytes(edge, row, row.perSecond * share);
        if (place.length === 0) addBytes(this.#edge(assumeCluster(labels)), row, row.perSecond);
      });
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

/** Connections that never came about reached no workload, so they belong to no edge that names one. */
function canHold({ row, labels }: VagueBytes): boolean {
  return hasReached(row.responseFlags) || !lacksWorkload(labels);
}

function weigh(row: TcpReport, candidates: readonly TcpEdge[]): { edge: TcpEdge; share: number }[] {
  const weights = candidates.map(({ sides }) => {
    const other = REPORTERS.find((name) => name !== row.reporter && sides.has(name));
    return (other && sides.get(other)?.[row.metric]) || 0;
  });
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return candidates.map((edge, index) => ({
    edge,
    share: total > 0 ? (weights[index] ?? 0) / total : 1 / candidates.length,
  }));
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
