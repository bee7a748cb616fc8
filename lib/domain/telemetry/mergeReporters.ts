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

import { edgeKey, KEY_SEPARATOR, repairEdge, reportedEdgeKey } from "./edgeKey.ts";
import type { EdgeTable, Protocol } from "./edgeTable.ts";
import { EdgeTableBuilder } from "./edgeTableBuilder.ts";
import type { EdgeLabels, RateReport, Reporter, ReportWarning, RequestReport, TcpReport } from "./reports.ts";
import { requestProtocol, responseCode } from "./responseCode.ts";

export type MergedRates = {
  readonly atSeconds: number;
  readonly windowSeconds: number;
  readonly table: EdgeTable;
  readonly warnings: readonly ReportWarning[];
};

/** Closest to the server first: the order in which reporters are believed. */
const REPORTERS: readonly Reporter[] = ["destination", "waypoint", "source"];

type RequestEdge = {
  readonly labels: EdgeLabels;
  readonly protocol: Protocol;
  /** By reporter, requests a second for each "code flags". */
  readonly rates: Map<Reporter, Map<string, number>>;
  mutualTls: number;
  reported: number;
};

type TcpRates = { sent: number; received: number; opened: number; mutualTls: number; reported: number };
type TcpEdge = { readonly labels: EdgeLabels; readonly rates: Map<Reporter, TcpRates>; ztunnelOnly: boolean };

/** The merged EdgeTable of a report; rows that name nobody are left out and counted in a warning. */
export function mergeReports(report: RateReport): MergedRates {
  let unusable = 0;
  const requests = new Map<string, RequestEdge>();
  for (const row of report.requests) {
    if (isUnusable(row)) unusable += 1;
    else addRequests(requests, row);
  }
  const tcp = new Map<string, TcpEdge>();
  for (const row of report.tcp) {
    if (isUnusable(row)) unusable += 1;
    else addTcp(tcp, row);
  }

  const builder = new EdgeTableBuilder();
  for (const edge of requests.values()) writeRequests(builder, edge);
  for (const edge of tcp.values()) {
    if (edge.ztunnelOnly && hasRequests(requests, edge.labels)) continue;
    writeTcp(builder, edge);
  }
  return {
    atSeconds: report.atSeconds,
    windowSeconds: report.windowSeconds,
    table: builder.build(),
    warnings: unusable === 0 ? report.warnings : [...report.warnings, unusableWarning(unusable)],
  };
}

function unusableWarning(count: number): ReportWarning {
  return {
    code: "rows-without-names",
    message: `${count} telemetry rows name neither a workload nor a service at one end and are not drawn.`,
    hint: "Usually a collector drops source_* or destination_* labels. Compare the labels in Prometheus with Istio's standard metrics.",
  };
}

/** 10.0.0.7, 10.0.0.7:8080, fd00::7, [fd00::7]:8080; but not cafe:8080, which is a host. */
const ADDRESS = /^(\d{1,3}(\.\d{1,3}){3}|\[?[0-9a-fA-F]*:[0-9a-fA-F]*:[0-9a-fA-F:.]*\]?)(:\d+)?$/;

/** Rows that cannot be placed: a namespace without any name in it, or a bare address that no object stands for. */
function isUnusable(row: EdgeLabels): boolean {
  const known = (value: string) => value !== "" && value !== "unknown";
  const namelessSource = known(row.sourceNamespace) && !known(row.sourceWorkload) && !known(row.sourceApp);
  const namedTarget = known(row.destinationWorkload) || known(row.destinationApp);
  const bareAddress =
    !namedTarget && row.destinationService === row.destinationServiceName && ADDRESS.test(row.destinationService);
  const namelessTarget = !namedTarget && !known(row.destinationService) && !known(row.destinationServiceName);
  return namelessSource || bareAddress || namelessTarget;
}

function addRequests(edges: Map<string, RequestEdge>, row: RequestReport): void {
  const protocol = requestProtocol(row.protocol);
  const key = reportedEdgeKey(row, protocol);
  let edge = edges.get(key);
  if (edge === undefined) {
    edge = { labels: repairEdge(row), protocol, rates: new Map(), mutualTls: 0, reported: 0 };
    edges.set(key, edge);
  }
  let rates = edge.rates.get(row.reporter);
  if (rates === undefined) edge.rates.set(row.reporter, (rates = new Map()));
  const code = responseCode({ protocol, responseCode: row.responseCode, grpcStatus: row.grpcStatus });
  const result = resultKey(code, row.responseFlags);
  rates.set(result, (rates.get(result) ?? 0) + row.perSecond);
  if (row.reporter !== "source" && saysPolicy(row.securityPolicy)) {
    edge.reported += row.perSecond;
    if (row.securityPolicy === "mutual_tls") edge.mutualTls += row.perSecond;
  }
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
  if (edge.reported > 0) builder.security(row, edge.mutualTls, edge.reported);
}

function addTcp(edges: Map<string, TcpEdge>, row: TcpReport): void {
  const key = reportedEdgeKey(row, "tcp");
  let edge = edges.get(key);
  if (edge === undefined) edges.set(key, (edge = { labels: repairEdge(row), rates: new Map(), ztunnelOnly: true }));
  if (row.reporterApp !== "ztunnel") edge.ztunnelOnly = false;
  let rates = edge.rates.get(row.reporter);
  if (rates === undefined) {
    rates = { sent: 0, received: 0, opened: 0, mutualTls: 0, reported: 0 };
    edge.rates.set(row.reporter, rates);
  }
  if (row.metric === "connectionsOpened") {
    rates.opened += row.perSecond;
    return;
  }
  if (row.metric === "sentBytes") rates.sent += row.perSecond;
  else rates.received += row.perSecond;
  if (saysPolicy(row.securityPolicy)) {
    rates.reported += row.perSecond;
    if (row.securityPolicy === "mutual_tls") rates.mutualTls += row.perSecond;
  }
}

/** Ztunnels report the L4 leg of calls that a sidecar or waypoint reports in full: the same call, so not drawn twice. */
function hasRequests(requests: ReadonlyMap<string, RequestEdge>, labels: EdgeLabels): boolean {
  return requests.has(edgeKey(labels, "http")) || requests.has(edgeKey(labels, "grpc"));
}

function writeTcp(builder: EdgeTableBuilder, edge: TcpEdge): void {
  const best = REPORTERS.map((reporter) => edge.rates.get(reporter)).find((rates) => rates !== undefined);
  if (best === undefined) return;
  const row = builder.edge(edge.labels, "tcp");
  builder.tcp(row, best);
  const secured = REPORTERS.map((reporter) => edge.rates.get(reporter)).find((rates) => (rates?.reported ?? 0) > 0);
  if (secured !== undefined) builder.security(row, secured.mutualTls, secured.reported);
}
