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
import { CandidateEdges, inPlacingOrder, isVague, lacksWorkload, ownEdge, SummedRows } from "./vagueRows.ts";

/** Calls a second, and those of them that reached the server's side. */
type Calls = { all: number; reached: number };
/** Sums are kept beside what they sum: rows that are to be placed ask for them again and again. */
type Side = {
  readonly results: Map<CallResult, number>;
  readonly byCode: Map<string, Calls>;
  readonly total: Calls;
  readonly security: EdgeSecurity;
};
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
  readonly #vague = new SummedRows<Omit<VagueRequest, "candidates" | "placed" | "left">>();

  /** `labels`: usableLabels of the row. */
  add(row: RequestReport, labels: EdgeLabels, quality: QualityCounter): void {
    const protocol = requestProtocol(row.protocol);
    const code = responseCode({ protocol, responseCode: row.responseCode, grpcStatus: row.grpcStatus });
    if (!isKnownCode(protocol, code))
      quality.count("absurd-code", () => `${row.responseCode || "none"}: ${describeRow(row)}`);
    const result = this.#results.of(code, row.responseFlags, () => {
      quality.count("too-many-values", () => `${row.responseCode || "none"} ${row.responseFlags}: ${describeRow(row)}`);
    });
    if (labels === row || !isVague(labels)) {
      addCalls(this.#edge(assumeCluster(labels), protocol), row, result, row.perSecond);
      return;
    }
    this.#vague.add({ row, labels, protocol, reporter: row.reporter, result }, `${result.code} ${result.flags}`);
  }

  /** Gives the rows that leave out part of their edge to the edges that others reported of the same calls. */
  placeVague(): MovedEdges {
    const log = new MoveLog();
    for (const rows of inPlacingOrder(this.#vague.rows())) {
      const index = new CandidateEdges(this.#edges.values(), rows);
      const vague = rows.map((row) => ({
        ...row,
        candidates: index.of(row),
        placed: new Map<RequestEdge, number>(),
        left: row.row.perSecond,
      }));
      for (const callsOf of ROOMS) for (const row of vague) if (!isSettled(row)) shareOut(row, callsOf);
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
  if (side === undefined) edge.sides.set(row.reporter, (side = emptySide()));
  side.results.set(result, (side.results.get(result) ?? 0) + perSecond);
  let ofCode = side.byCode.get(result.code);
  if (ofCode === undefined) side.byCode.set(result.code, (ofCode = { all: 0, reached: 0 }));
  for (const sum of [ofCode, side.total]) {
    sum.all += perSecond;
    if (result.reached) sum.reached += perSecond;
  }
  if (row.reporter !== "source") addSecurity(side.security, row, perSecond);
}

function emptySide(): Side {
  return { results: new Map(), byCode: new Map(), total: { all: 0, reached: 0 }, security: new Map() };
}

/** Which calls are compared, surest first: those of the same result, of the same code, any that arrived. */
type CallsOf = (side: Side, result: CallResult) => Calls | undefined;

const ROOMS: readonly CallsOf[] = [
  ({ results }, result) => {
    const all = results.get(result) ?? 0;
    return { all, reached: result.reached ? all : 0 };
  },
  ({ byCode }, { code }) => byCode.get(code),
  ({ total }) => total,
];

/** Sums of the same rates in another order end in other last digits: that is no room. */
const LAST_DIGITS = 1e-9;

/** How many calls of a row an edge has room for: what another reporter counted there and this one has not told of yet. */
function room(row: VagueRequest, edge: RequestEdge, callsOf: CallsOf): number {
  const other = otherReporter(row, edge);
  if (other === undefined) return 0;
  // Calls that a client ended by itself are in nobody else's count; a server's are all in its client's.
  const [server, client] = isCloser(other, row.reporter) ? [other, row.reporter] : [row.reporter, other];
  if (row.reporter === client && !row.result.reached) return 0;
  const of = (reporter: Reporter) => {
    const side = edge.sides.get(reporter);
    return side === undefined ? undefined : callsOf(side, row.result);
  };
  const served = of(server)?.all ?? 0;
  const called = of(client)?.reached ?? 0;
  const free = server === other ? served - called : called - served;
  return free > Math.max(served, called) * LAST_DIGITS ? free : 0;
}

function countedByOther(row: VagueRequest, edge: RequestEdge): number {
  const other = otherReporter(row, edge);
  return other === undefined ? 0 : (edge.sides.get(other)?.total.all ?? 0);
}

/** The one to compare a row with. */
function otherReporter({ reporter }: VagueRequest, { sides }: RequestEdge): Reporter | undefined {
  return REPORTERS.find((name) => name !== reporter && sides.has(name));
}

/** Closer to the server. */
function isCloser(one: Reporter, other: Reporter): boolean {
  return REPORTERS.indexOf(one) < REPORTERS.indexOf(other);
}

/** What is left is the difference between two scrapes, and must not take the room of other calls. */
function isSettled({ row, left }: VagueRequest): boolean {
  return left <= (row.perSecond - left) * NOISE_SHARE;
}

function shareOut(row: VagueRequest, callsOf: CallsOf): void {
  const rooms = row.candidates.map((edge) => room(row, edge, callsOf));
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
