/** Requests of one reading by edge and reporter: collected row by row, then reconciled and written to the table. */
import { type CallResult, CallResults } from "./callResult.ts";
import { assumeCluster, edgeKey } from "./edgeKey.ts";
import { addSecurity, type EdgeSecurity, writeSecurity } from "./edgeSecurity.ts";
import type { EdgeTableBuilder } from "./edgeTableBuilder.ts";
import { type MovedEdges, MoveLog } from "./movedRows.ts";
import type { QualityCounter } from "./quality.ts";
import { NOISE_SHARE, reconcileResults } from "./reconcileResults.ts";
import { type EdgeLabels, REPORTERS, type Reporter, type RequestReport } from "./reports.ts";
import { isKnownCode, requestProtocol, responseCode } from "./responseCode.ts";
import { describeRow } from "./usableRows.ts";
import { CandidateEdges, isVague, lacksWorkload } from "./vagueRows.ts";

type Side = { readonly results: Map<CallResult, number>; readonly security: EdgeSecurity };
type RequestEdge = {
  readonly labels: EdgeLabels;
  readonly protocol: "http" | "grpc";
  readonly sides: Map<Reporter, Side>;
};
/** A row whose edge is to be found: `left` of its requests a second have no place yet, `placed` counts where others went. */
type VagueRequest = {
  readonly row: RequestReport;
  readonly labels: EdgeLabels;
  readonly protocol: "http" | "grpc";
  readonly reporter: Reporter;
  readonly result: CallResult;
  readonly candidates: readonly RequestEdge[];
  readonly placed: Map<RequestEdge, number>;
  left: number;
};

export class RequestEdges {
  readonly #edges = new Map<string, RequestEdge>();
  readonly #results = new CallResults();
  readonly #vague: Omit<VagueRequest, "candidates">[] = [];

  /** `labels`: usableLabels of the row. */
  add(row: RequestReport, labels: EdgeLabels, quality: QualityCounter): void {
    const protocol = requestProtocol(row.protocol);
    const code = responseCode({ protocol, responseCode: row.responseCode, grpcStatus: row.grpcStatus });
    if (!isKnownCode(protocol, code))
      quality.count("absurd-code", () => `${row.responseCode || "none"}: ${describeRow(row)}`);
    const result = this.#results.of(code, row.responseFlags);
    if (labels === row || !isVague(labels)) {
      addCalls(this.#edge(assumeCluster(labels), protocol), row, result, row.perSecond);
      return;
    }
    const { reporter, perSecond } = row;
    this.#vague.push({ row, labels, protocol, reporter, result, placed: new Map(), left: perSecond });
  }

  /** Gives the rows that leave out part of their edge to the edges that others reported of the same calls. */
  placeVague(): MovedEdges {
    const log = new MoveLog();
    for (const reporter of REPORTERS) {
      const rows = this.#vague.filter((row) => row.reporter === reporter);
      if (rows.length === 0) continue;
      const index = new CandidateEdges(this.#edges.values(), rows);
      const vague = rows.map((row) => ({ ...row, candidates: index.of(row) }));
      for (const roomFor of ROOMS) for (const row of vague) if (row.result.reached) shareOut(row, roomFor);
      for (const row of vague) this.#settle(row, log);
    }
    return log.moved();
  }

  write(builder: EdgeTableBuilder): void {
    for (const { labels, protocol, sides } of this.#edges.values()) {
      const edge = builder.edge(labels, protocol);
      const [server, waypoint, client] = REPORTERS.map((reporter) => sides.get(reporter));
      const results = reconcileResults(reconcileResults(server?.results, waypoint?.results), client?.results);
      for (const [{ code, flags }, perSecond] of results ?? []) {
        builder.response(edge, code, flags, perSecond);
      }
      for (const reporter of sides.keys()) builder.reportedBy(edge, reporter);
      // Clients do not say how their connections are secured.
      writeSecurity(builder, edge, [server?.security, waypoint?.security]);
    }
  }

  /** What no other reporter has seen keeps an edge of its own, in the one cluster that calls of this kind reach. */
  #settle(row: VagueRequest, log: MoveLog): void {
    const { candidates, labels, protocol } = row;
    const placed = row.row.perSecond - row.left;
    if (!lacksWorkload(labels)) spread(row, candidates.map(totalOthers(row.reporter)));
    else if (placed > 0 && row.left <= placed * NOISE_SHARE) {
      spread(
        row,
        candidates.map((edge) => row.placed.get(edge) ?? 0),
      );
    }
    if (row.left > 0) {
      const clusters = new Set(candidates.map((edge) => edge.labels.destinationCluster));
      const [cluster = ""] = clusters.size === 1 ? clusters : [];
      const own = labels.destinationCluster === "" ? { ...labels, destinationCluster: cluster } : labels;
      const edge = this.#edge(assumeCluster(own), protocol);
      addCalls(edge, row.row, row.result, row.left);
      row.placed.set(edge, row.left);
    }
    if (candidates.length > 0) for (const [edge, perSecond] of row.placed) log.note(row, edge.labels, perSecond);
  }

  #edge(labels: EdgeLabels, protocol: "http" | "grpc"): RequestEdge {
    const key = edgeKey(labels, protocol);
    let edge = this.#edges.get(key);
    if (edge === undefined) this.#edges.set(key, (edge = { labels, protocol, sides: new Map() }));
    return edge;
  }
}

function addCalls(edge: RequestEdge, row: RequestReport, result: CallResult, perSecond: number): void {
  let side = edge.sides.get(row.reporter);
  if (side === undefined) edge.sides.set(row.reporter, (side = { results: new Map(), security: new Map() }));
  side.results.set(result, (side.results.get(result) ?? 0) + perSecond);
  if (row.reporter !== "source") addSecurity(side.security, row, perSecond);
}

/** How many calls of a row an edge has room for: what another reporter counted there and this one has not told of yet. */
type RoomFor = (row: VagueRequest, edge: RequestEdge) => number;

/** Surest first: the same result, the same code, any call that arrived. */
const ROOMS: readonly RoomFor[] = [
  (row, edge) => room(row, edge, (result) => result === row.result),
  (row, edge) => room(row, edge, ({ code }) => code === row.result.code),
  (row, edge) => room(row, edge, () => true),
];

function room({ reporter }: VagueRequest, edge: RequestEdge, counts: (result: CallResult) => boolean): number {
  const other = REPORTERS.find((name) => name !== reporter && edge.sides.has(name));
  const sum = (name: Reporter | undefined) => {
    let total = 0;
    for (const [result, amount] of (name && edge.sides.get(name)?.results) || []) {
      if (result.reached && counts(result)) total += amount;
    }
    return total;
  };
  return Math.max(0, sum(other) - sum(reporter));
}

function totalOthers(reporter: Reporter): (edge: RequestEdge) => number {
  return ({ sides }) => {
    const other = REPORTERS.find((name) => name !== reporter && sides.has(name));
    let total = 0;
    for (const amount of (other && sides.get(other)?.results.values()) || []) total += amount;
    return total;
  };
}

function shareOut(row: VagueRequest, roomFor: RoomFor): void {
  if (row.left <= 0) return;
  const rooms = row.candidates.map((edge) => roomFor(row, edge));
  const total = rooms.reduce((sum, size) => sum + size, 0);
  if (total > 0) spread(row, rooms, Math.min(row.left, total));
}

/** Divides `amount` of what is left of a row among its candidates, in proportion to `weights`. */
function spread(row: VagueRequest, weights: readonly number[], amount = row.left): void {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total <= 0 || amount <= 0) return;
  row.candidates.forEach((edge, index) => {
    const part = (amount * (weights[index] ?? 0)) / total;
    if (part <= 0) return;
    addCalls(edge, row.row, row.result, part);
    row.placed.set(edge, (row.placed.get(edge) ?? 0) + part);
  });
  row.left = amount >= row.left ? 0 : row.left - amount;
}
