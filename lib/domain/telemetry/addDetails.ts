/**
 * Details laid over the rates of the same moment: gRPC messages, bytes of bodies, operations.
 *
 * - Each detail of an edge comes from one reporter, the one closest to the server: there are no codes to match.
 * - A gRPC stream that has not ended yet counts messages and no request: such an edge is in the details alone, and added.
 * - Rows that leave out part of their edge follow the rates of the same calls.
 * - Rows that cannot be placed are left out and counted.
 * - Operations may be paths with ids in them, without end: of an edge's, the busiest are told, and the others are counted.
 */
import { CallResults } from "./callResult.ts";
import { assumeCluster, edgeKey } from "./edgeKey.ts";
import type { Protocol } from "./edgeTable.ts";
import { EdgeTableBuilder } from "./edgeTableBuilder.ts";
import type { MergedRates } from "./mergeReporters.ts";
import { moveRows } from "./movedRows.ts";
import { QualityCounter } from "./quality.ts";
import { type DetailReport, type EdgeLabels, type OperationReport, REPORTERS, type Reporter } from "./reports.ts";
import { requestProtocol, responseCode } from "./responseCode.ts";
import { describeRow, usableLabels } from "./usableRows.ts";

/** The rates with the details beside their edges. */
export function addDetails(rates: MergedRates, report: DetailReport): MergedRates {
  const builder = new EdgeTableBuilder(rates.table);
  const quality = new QualityCounter();
  quality.add(rates.quality);
  quality.add(report.quality);
  const write = <Row extends DetailRow>(
    rows: readonly Row[],
    protocolOf: (row: Row) => Protocol,
    writeEdge: (edge: number, rows: readonly Row[], protocol: Protocol) => void,
  ) => {
    const placed = moveRows(rows, rates.moved, protocolOf, (row, share) => ({
      ...row,
      perSecond: row.perSecond * share,
    }));
    for (const { labels, protocol, reporters } of byEdge(placed, protocolOf, quality).values()) {
      const reporter = REPORTERS.find((name) => reporters.has(name));
      if (reporter === undefined) continue;
      const edge = builder.edge(labels, protocol);
      for (const name of reporters.keys()) builder.reportedBy(edge, name);
      writeEdge(edge, reporters.get(reporter) ?? [], protocol);
    }
  };
  if (report.messages !== undefined) {
    builder.begin("messages");
    write(
      report.messages,
      () => "grpc",
      (edge, rows) => builder.messages(edge, { sent: sum(rows, "sent"), received: sum(rows, "received") }),
    );
  }
  if (report.throughput !== undefined) {
    builder.begin("throughput");
    write(
      report.throughput,
      (row) => requestProtocol(row.protocol),
      (edge, rows) =>
        builder.throughput(edge, {
          requestBytes: sum(rows, "requestBytes"),
          responseBytes: sum(rows, "responseBytes"),
        }),
    );
  }
  if (report.operations !== undefined) {
    builder.begin("operations");
    const results = new CallResults();
    write(
      report.operations,
      (row) => requestProtocol(row.protocol),
      (edge, rows, protocol) => {
        for (const row of busiest(rows, quality)) {
          const said = responseCode({ protocol, responseCode: row.responseCode, grpcStatus: row.grpcStatus });
          const { code, flags } = results.of(said, row.responseFlags);
          builder.operation(edge, row.operation, code, flags, row.perSecond);
        }
      },
    );
  }
  return {
    ...rates,
    table: builder.build(),
    warnings: [...rates.warnings, ...report.warnings],
    quality: quality.notes(),
  };
}

type DetailRow = EdgeLabels & { readonly reporter: Reporter; readonly perSecond: number };
type RowsOfEdge<Row> = {
  readonly labels: EdgeLabels;
  readonly protocol: Protocol;
  readonly reporters: Map<Reporter, Row[]>;
};

function byEdge<Row extends DetailRow>(
  rows: readonly Row[],
  protocolOf: (row: Row) => Protocol,
  quality: QualityCounter,
): Map<string, RowsOfEdge<Row>> {
  const edges = new Map<string, RowsOfEdge<Row>>();
  for (const row of rows) {
    const said = usableLabels(row, quality);
    if (said === undefined) continue;
    const labels = assumeCluster(said);
    const protocol = protocolOf(row);
    const key = edgeKey(labels, protocol);
    let edge = edges.get(key);
    if (edge === undefined) edges.set(key, (edge = { labels, protocol, reporters: new Map() }));
    const ofReporter = edge.reporters.get(row.reporter);
    if (ofReporter === undefined) edge.reporters.set(row.reporter, [row]);
    else ofReporter.push(row);
  }
  return edges;
}

/** Of one edge, so many operations are told: each is a node of the map. */
const MOST_OPERATIONS = 200;

function busiest(rows: readonly OperationReport[], quality: QualityCounter): readonly OperationReport[] {
  const rates = new Map<string, number>();
  for (const { operation, perSecond } of rows) rates.set(operation, (rates.get(operation) ?? 0) + perSecond);
  if (rates.size <= MOST_OPERATIONS) return rows;
  const names = [...rates].sort(([, left], [, right]) => right - left).slice(0, MOST_OPERATIONS);
  const told = new Set(names.map(([name]) => name));
  return rows.filter((row) => {
    if (told.has(row.operation)) return true;
    quality.count("too-many-values", () => `${row.operation}: ${describeRow(row)}`);
    return false;
  });
}

function sum(rows: readonly { readonly metric: string; readonly perSecond: number }[], metric: string): number {
  return rows.reduce((total, row) => (row.metric === metric ? total + row.perSecond : total), 0);
}
