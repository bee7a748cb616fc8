/**
 * One truth from several reporters. A call between two sidecars is counted twice: by the client's proxy and by the
 * server's; with a waypoint up to three times. They agree on most calls and differ on the interesting ones.
 *
 *   both saw the same result              count it once, as the server says it
 *   only the client saw it (UH, UF, FI)   it never arrived: add the client's row
 *   only the server saw it                the client has no proxy or is not scraped: the server's row stands
 *   client 504 UT, server no response DC  the same calls with two results: the client's result stands, since that is
 *                                         what the caller got, and as much is taken off the server's rows
 *   client 503, server 503 UC             the same result: only the server knows why, so its flags stand
 *
 * TCP has no codes to match, so the best reporter of an edge is taken whole: server, then waypoint, then client.
 */

import { KEY_SEPARATOR, known, repairEdge, reportedEdgeKey } from "./edgeKey.ts";
import type { EdgeReporter, EdgeTable, Protocol } from "./edgeTable.ts";
import { EdgeTableBuilder } from "./edgeTableBuilder.ts";
import { QualityCounter, type QualityNote } from "./quality.ts";
import type {
  EdgeLabels,
  PrincipalLabels,
  RateReport,
  Reporter,
  ReportWarning,
  RequestReport,
  TcpReport,
} from "./reports.ts";
import { requestProtocol, responseCode } from "./responseCode.ts";
import { isUsable } from "./usableRows.ts";

export type MergedRates = {
  readonly atSeconds: number;
  readonly windowSeconds: number;
  readonly table: EdgeTable;
  readonly warnings: readonly ReportWarning[];
  readonly quality: readonly QualityNote[];
};

/** Closest to the server first: the order in which reporters are believed. */
export const REPORTERS: readonly Reporter[] = ["destination", "waypoint", "source"];

type RequestEdge = {
  readonly labels: EdgeLabels;
  readonly protocol: Protocol;
  /** By reporter, requests a second for each "code flags". */
  readonly rates: Map<Reporter, Map<string, number>>;
  readonly security: Security;
};

/** By pair of principals. */
type Security = Map<string, { readonly principals: PrincipalLabels; mutualTls: number; reported: number }>;
type TcpRates = { sent: number; received: number; opened: number; readonly security: Security };
type TcpEdge = {
  readonly labels: EdgeLabels;
  readonly rates: Map<Reporter, TcpRates>;
  readonly reporters: Set<EdgeReporter>;
};

/** The merged EdgeTable of a report; rows that name nobody are left out and counted in a warning. */
export function mergeReports(report: RateReport): MergedRates {
  const quality = new QualityCounter();
  quality.add(report.quality);
  const requests = new Map<string, RequestEdge>();
  for (const row of report.requests) if (isUsable(row, quality)) addRequests(requests, row);
  const tcp = new Map<string, TcpEdge>();
  for (const row of report.tcp) if (isUsable(row, quality)) addTcp(tcp, row);

  const builder = new EdgeTableBuilder();
  for (const edge of requests.values()) writeRequests(builder, edge);
  for (const edge of tcp.values()) writeTcp(builder, edge);
  return {
    atSeconds: report.atSeconds,
    windowSeconds: report.windowSeconds,
    table: builder.build(),
    warnings: report.warnings,
    quality: quality.notes(),
  };
}

function addRequests(edges: Map<string, RequestEdge>, row: RequestReport): void {
  const protocol = requestProtocol(row.protocol);
  const key = reportedEdgeKey(row, protocol);
  let edge = edges.get(key);
  if (edge === undefined) {
    edge = { labels: repairEdge(row), protocol, rates: new Map(), security: new Map() };
    edges.set(key, edge);
  }
  let rates = edge.rates.get(row.reporter);
  if (rates === undefined) edge.rates.set(row.reporter, (rates = new Map()));
  const code = responseCode({ protocol, responseCode: row.responseCode, grpcStatus: row.grpcStatus });
  const result = resultKey(code, row.responseFlags);
  rates.set(result, (rates.get(result) ?? 0) + row.perSecond);
  if (row.reporter !== "source") addSecurity(edge.security, row);
}

/** Nothing where the row does not say how the connection was secured. */
function addSecurity(
  security: Security,
  row: PrincipalLabels & { readonly securityPolicy: string; readonly perSecond: number },
): void {
  if (!saysPolicy(row.securityPolicy)) return;
  const principals = {
    sourcePrincipal: known(row.sourcePrincipal),
    destinationPrincipal: known(row.destinationPrincipal),
  };
  const key = principals.sourcePrincipal + KEY_SEPARATOR + principals.destinationPrincipal;
  let rates = security.get(key);
  if (rates === undefined) security.set(key, (rates = { principals, mutualTls: 0, reported: 0 }));
  rates.reported += row.perSecond;
  if (row.securityPolicy === "mutual_tls") rates.mutualTls += row.perSecond;
}

function writeSecurity(builder: EdgeTableBuilder, edge: number, security: Security): void {
  for (const { principals, ...rates } of security.values()) builder.security(edge, principals, rates);
}

function saysPolicy(policy: string): boolean {
  return policy !== "" && policy !== "unknown";
}

/**
 * Believes reporters in order; each further one only adds what the earlier did not see.
 *
 *   destination  200: 90   - DC: 10
 *   source       200: 90   504 UT: 10      →  200: 90   504 UT: 10     (not 110)
 */
export function mergeResults(rates: ReadonlyMap<Reporter, ReadonlyMap<string, number>>): Map<string, number> {
  const merged = new Map<string, number>();
  for (const reporter of REPORTERS) {
    const seen = rates.get(reporter);
    if (seen === undefined) continue;
    const explained = new Set([...merged.keys()].map(withoutFlags));
    const onlyHere = [...seen].filter(([result]) => !merged.has(result) && !explained.has(result));
    const onlyBefore = [...merged].filter(([result]) => !seen.has(result) && !seen.has(withoutFlags(result)));
    const added = sum(onlyHere);
    const before = sum(onlyBefore);
    const kept = before === 0 ? 1 : 1 - Math.min(added, before) / before;
    for (const [result, perSecond] of onlyBefore) {
      if (kept === 0) merged.delete(result);
      else merged.set(result, perSecond * kept);
    }
    for (const [result, perSecond] of onlyHere) merged.set(result, perSecond);
  }
  return merged;
}

/** The result as the other side of the connection sees it: the same code, and no reason. */
function withoutFlags(result: string): string {
  return resultKey(result.slice(0, result.indexOf(KEY_SEPARATOR)), "-");
}

function resultKey(code: string, flags: string): string {
  return `${code}${KEY_SEPARATOR}${flags === "" ? "-" : flags}`;
}

function sum(rates: readonly (readonly [string, number])[]): number {
  return rates.reduce((total, [, perSecond]) => total + perSecond, 0);
}

function writeRequests(builder: EdgeTableBuilder, edge: RequestEdge): void {
  const row = builder.edge(edge.labels, edge.protocol);
  for (const [result, perSecond] of mergeResults(edge.rates)) {
    const [code = "-", flags = "-"] = result.split(KEY_SEPARATOR);
    builder.response(row, code, flags, perSecond);
  }
  for (const reporter of edge.rates.keys()) builder.reportedBy(row, reporter);
  writeSecurity(builder, row, edge.security);
}

function addTcp(edges: Map<string, TcpEdge>, row: TcpReport): void {
  const key = reportedEdgeKey(row, "tcp");
  let edge = edges.get(key);
  if (edge === undefined) edges.set(key, (edge = { labels: repairEdge(row), rates: new Map(), reporters: new Set() }));
  edge.reporters.add(row.reporterApp === "ztunnel" ? "ztunnel" : row.reporter);
  let rates = edge.rates.get(row.reporter);
  if (rates === undefined) {
    edge.rates.set(row.reporter, (rates = { sent: 0, received: 0, opened: 0, security: new Map() }));
  }
  if (row.metric === "connectionsOpened") {
    rates.opened += row.perSecond;
    return;
  }
  if (row.metric === "sentBytes") rates.sent += row.perSecond;
  else rates.received += row.perSecond;
  addSecurity(rates.security, row);
}

function writeTcp(builder: EdgeTableBuilder, edge: TcpEdge): void {
  const best = REPORTERS.map((reporter) => edge.rates.get(reporter)).find((rates) => rates !== undefined);
  if (best === undefined) return;
  const row = builder.edge(edge.labels, "tcp");
  builder.tcp(row, best);
  for (const reporter of edge.reporters) builder.reportedBy(row, reporter);
  const secured = REPORTERS.map((reporter) => edge.rates.get(reporter)).find(
    (rates) => (rates?.security.size ?? 0) > 0,
  );
  if (secured !== undefined) writeSecurity(builder, row, secured.security);
}
