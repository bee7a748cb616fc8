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
import { CandidateEdges, inPlacingOrder, isVague, lacksWorkload, ownEdge } from "./vagueRows.ts";

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
    for (const rows of inPlacingOrder(this.#vague)) {
      const index = new CandidateEdges(this.#edges.values(), rows);
      const vague = rows.map((row) => ({ ...row, candidates: index.of(row) }));
      for (const roomFor of ROOMS) for (const row of vague) if (!isSettled(row)) shareOut(row, roomFor);
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

  /**
   * The rest of a row that names its workload goes where the others went; of one that names a service only when it is
   * noise. Else it keeps an edge of its own, in the one cluster that calls of this kind reach.
   */
  #settle(row: VagueRequest, log: MoveLog): void {
    const { candidates, labels, protocol } = row;
    if (!lacksWorkload(labels))
      spread(
        row,
        candidates.map((edge) => countedByOther(row, edge)),
      );
    else if (isSettled(row))
      spread(
        row,
        candidates.map((edge) => row.placed.get(edge) ?? 0),
      );
    if (row.left > 0) {
      const edge = this.#edge(ownEdge(labels, candidates), protocol);
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

function room(row: VagueRequest, edge: RequestEdge, counts: (result: CallResult) => boolean): number {
  const other = otherReporter(row, edge);
  if (other === undefined) return 0;
  // Calls that a client ended by itself are in nobody else's count; a server's are all in its client's.
  const [server, client] = isCloser(other, row.reporter) ? [other, row.reporter] : [row.reporter, other];
  if (row.reporter === client && !row.result.reached) return 0;
  const served = sumOf(edge.sides.get(server), counts);
  const called = sumOf(edge.sides.get(client), (result) => result.reached && counts(result));
  return Math.max(0, server === other ? served - called : called - served);
}

function countedByOther(row: VagueRequest, edge: RequestEdge): number {
  const other = otherReporter(row, edge);
  return other === undefined ? 0 : sumOf(edge.sides.get(other), () => true);
}

/** The one to compare a row with. */
function otherReporter({ reporter }: VagueRequest, { sides }: RequestEdge): Reporter | undefined {
  return REPORTERS.find((name) => name !== reporter && sides.has(name));
}

/** Closer to the server. */
function isCloser(one: Reporter, other: Reporter): boolean {
  return REPORTERS.indexOf(one) < REPORTERS.indexOf(other);
}

function sumOf(side: Side | undefined, counts: (result: CallResult) => boolean): number {
  let total = 0;
  for (const [result, amount] of side?.results ?? []) if (counts(result)) total += amount;
  return total;
}

/** What is left is the difference between two scrapes, and must not take the room of other calls. */
function isSettled({ row, left }: VagueRequest): boolean {
  return left <= (row.perSecond - left) * NOISE_SHARE;
}

function shareOut(row: VagueRequest, roomFor: RoomFor): void {
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
