/**
 * One truth from several reporters. A call between two sidecars is counted twice: by the client's proxy and by the
 * server's; with a waypoint up to three times. They agree on most calls and differ on the interesting ones.
 *
 *   rows ─▶ usableRows      what can be placed; the rest is counted in quality notes
 *        ─▶ requestEdges    by edge and reporter; vagueRows finds the edge of rows that leave part of it out
 *        ─▶ reconcile       results of two ends into one, by amount: server ◀ waypoint ◀ client
 *        ─▶ EdgeTable
 *
 * docs/adr/0002-merging-reporters.md lists the cases.
 */
import type { EdgeTable } from "./edgeTable.ts";
import { EdgeTableBuilder } from "./edgeTableBuilder.ts";
import type { MovedEdges } from "./movedRows.ts";
import { QualityCounter, type QualityNote } from "./quality.ts";
import type { RateReport, ReportWarning } from "./reports.ts";
import { RequestEdges } from "./requestEdges.ts";
import { TcpEdges } from "./tcpEdges.ts";
import { usableLabels } from "./usableRows.ts";

export type MergedRates = {
  readonly atSeconds: number;
  readonly windowSeconds: number;
  readonly table: EdgeTable;
  /** Where calls went whose rows left out part of their edge: durations and details of the same rows go there, too. */
  readonly moved: MovedEdges;
  readonly warnings: readonly ReportWarning[];
  readonly quality: readonly QualityNote[];
};

/** The merged EdgeTable of a report; rows that cannot be placed are left out and counted in a quality note. */
export function mergeReports(report: RateReport): MergedRates {
  const quality = new QualityCounter();
  quality.add(report.quality);
  const requests = new RequestEdges();
  for (const row of report.requests) {
    const labels = usableLabels(row, quality);
    if (labels !== undefined) requests.add(row, labels, quality);
  }
  const tcp = new TcpEdges();
  for (const row of report.tcp) {
    const labels = usableLabels(row, quality);
    if (labels !== undefined) tcp.add(row, labels);
  }
  const moved = requests.placeVague();
  tcp.placeVague();

  const builder = new EdgeTableBuilder();
  requests.write(builder);
  tcp.write(builder);
  return {
    atSeconds: report.atSeconds,
    windowSeconds: report.windowSeconds,
    table: builder.build(),
    moved,
    warnings: report.warnings,
    quality: quality.notes(),
  };
}
