/** What every TelemetrySource must do, whatever stands behind it. Run by telemetry.contract.test.ts. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { MeshNodes } from "#lib/domain/mesh/meshNodes.ts";
import { edgeRowKeys, protocolOf, serviceCells, workloadCells } from "#lib/domain/telemetry/edgeRows.ts";
import type { EdgeTable } from "#lib/domain/telemetry/edgeTable.ts";
import { buildLatencyTable, combineLatency, indexLatency, type LatencyIndex } from "#lib/domain/telemetry/latency.ts";
import { mergeReports } from "#lib/domain/telemetry/mergeReporters.ts";
import { DETAILS, type DetailReport, type RequestReport } from "#lib/domain/telemetry/reports.ts";
import type { SeriesScope } from "#lib/domain/telemetry/timeSeries.ts";
import type { TelemetrySource } from "#lib/ports.ts";
import type { History } from "#test/history/history.ts";
import { type CountedTruth, countTruth } from "./countedTruth.ts";
import { edgeSeriesContract } from "./edgeSeriesContract.ts";

export type ContractSubject = {
  readonly source: TelemetrySource;
  /** The configuration of the mesh behind it. */
  readonly mesh: MeshNodes;
  /** The counters behind the source at any scrape. */
  readonly samplesAt: History["samplesAt"];
  /** The latest scrape, and an earlier one. Both have a whole window of five minutes before them. */
  readonly nowSeconds: number;
  readonly pastSeconds: number;
  readonly close: () => Promise<void>;
};

const WINDOW = 300;
/** Below a request in ten seconds, a window holds too few to compare. */
const LEAST_RATE = 0.1;
const LEAST_BYTES = 1;
/** Below, the bucket of 0.5 ms is missing (ADR 5). */
const LEAST_MILLISECONDS = 1;
/**
 * Moments are on a scrape and windows whole scrapes, so counting leaves nothing to extrapolate: Prometheus and
 * VictoriaMetrics, whose rates are made differently, both hold this.
 */
const TOLERANCE = 0.001;
const never = new AbortController().signal;

/** Declares the contract's tests for one source. */
export function telemetryContract(name: string, setUp: () => Promise<ContractSubject>): void {
  describe(`${name} as a source of telemetry`, () => {
    let subject: ContractSubject;
    beforeAll(async () => {
      subject = await setUp();
    });
    afterAll(() => subject?.close());

    for (const when of ["now", "past"] as const) {
      describe(`rates of five minutes, as of ${when === "now" ? "now" : "a moment in the past"}`, () => {
        let truth: CountedTruth;
        let expected: ReadonlyMap<string, EdgeFigures>;
        let actual: ReadonlyMap<string, EdgeFigures>;
        beforeAll(async () => {
          const moment = {
            windowSeconds: WINDOW,
            atSeconds: when === "now" ? subject.nowSeconds : subject.pastSeconds,
          };
          truth = await countTruth(subject.samplesAt, moment);
          expected = figuresOf(mergeReports(truth.rates).table);
          const report = await subject.source.readRates(moment, never);
          expect(report).toMatchObject({ ...moment, warnings: [] });
          actual = figuresOf(mergeReports(report).table);
        });

        test("the history holds enough to judge by", () => {
          const compared = [...expected.values()].filter(isComparable);
          expect(compared.length).toBeGreaterThan(10);
          expect(compared.some(({ protocol }) => protocol === "tcp")).toBe(true);
          expect(compared.some(({ protocol }) => protocol === "grpc")).toBe(true);
        });

        test("every edge of at least 0.1 requests or a byte a second is there", () => {
          const missing = [...expected].filter(([key, figures]) => isComparable(figures) && !actual.has(key));
          expect(missing.map(([, { label }]) => label)).toEqual([]);
        });

        test("no edge is invented", () => {
          const invented = [...actual].filter(([key]) => !expected.has(key));
          expect(invented.map(([, { label }]) => label)).toEqual([]);
        });

        test("rates are within 0.1 %, in total and by result", () => {
          const wrong = differences(expected, actual, (figures) => figures.rates, TOLERANCE);
          expect(wrong).toEqual([]);
        });

        test("mTLS is within one percent", () => {
          const wrong = [...expected].flatMap(([key, figures]) => {
            const mutual = actual.get(key)?.mutualTlsPercent;
            if (!isComparable(figures) || mutual === figures.mutualTlsPercent) return [];
            if (Math.abs((mutual ?? Number.NaN) - (figures.mutualTlsPercent ?? Number.NaN)) <= 1) return [];
            return [`${figures.label}: ${mutual} % instead of ${figures.mutualTlsPercent} %`];
          });
          expect(wrong).toEqual([]);
        });
      });
    }

    describe.each(DETAILS)("details: %s", (detail) => {
      let expected: ReadonlyMap<string, number>;
      let report: DetailReport;
      beforeAll(async () => {
        const moment = { windowSeconds: WINDOW, atSeconds: subject.nowSeconds };
        expected = rowRates((await countTruth(subject.samplesAt, moment)).details[detail] ?? []);
        report = await subject.source.readDetails({ ...moment, details: [detail] }, never);
      });

      test("the history holds some", () => {
        expect(expected.size).toBeGreaterThan(0);
      });

      test("every row of at least 0.1 a second is within 0.1 %, and none is invented", () => {
        const actual = rowRates(report[detail] ?? []);
        const wrong = [...expected].flatMap(([row, was]) => {
          const is = actual.get(row) ?? 0;
          return was < LEAST_RATE || Math.abs(is - was) <= was * TOLERANCE ? [] : [`${row}: ${is} instead of ${was}`];
        });
        expect(wrong).toEqual([]);
        expect([...actual.keys()].filter((row) => !expected.has(row))).toEqual([]);
      });

      test("what was not asked for is absent", () => {
        expect(DETAILS.filter((name) => report[name] !== undefined)).toEqual([detail]);
        expect(report).toMatchObject({ warnings: [], quality: [] });
      });
    });

    describe("latency", () => {
      const moment = () => ({ windowSeconds: WINDOW, atSeconds: subject.nowSeconds });
      let table: EdgeTable;
      let expected: LatencyIndex;
      let labels: ReadonlyMap<string, EdgeFigures>;
      beforeAll(async () => {
        const truth = await countTruth(subject.samplesAt, moment());
        table = mergeReports(truth.rates).table;
        labels = figuresOf(table);
        expected = indexLatency(table, buildLatencyTable(truth.latency, table));
      });
      const read = async (namespaces: readonly string[]) => {
        const report = await subject.source.readLatency({ ...moment(), namespaces }, never);
        return { report, shares: indexLatency(table, buildLatencyTable(report, table)) };
      };
      const isBusy = (key: string) => isComparable(labels.get(key));

      test("averages of the whole mesh are within 0.1 %, without any namespace asked for", async () => {
        const { report, shares } = await read([]);
        expect(report.buckets).toEqual([]);
        const wrong = [...expected].flatMap(([key, share]) => {
          const was = combineLatency([share])?.average ?? Number.NaN;
          const is = combineLatency([shares.get(key) ?? share])?.average;
          if (!isBusy(key) || (shares.has(key) && Math.abs((is ?? Number.NaN) - was) <= was * TOLERANCE)) return [];
          return [`${labels.get(key)?.label}: ${shares.has(key) ? is : "nothing"} instead of ${was} ms`];
        });
        expect(wrong).toEqual([]);
      });

      test("percentiles of every call into the namespaces asked for are within 0.1 %", async () => {
        const namespaces = [...new Set([...labels.values()].map(({ calledNamespace }) => calledNamespace))].filter(
          Boolean,
        );
        const { shares } = await read(namespaces);
        const into = [...expected].filter(([key]) => isBusy(key) && labels.get(key)?.calledNamespace !== "");
        expect(into.length).toBeGreaterThan(10);
        const wrong = into.flatMap(([key, share]) => {
          const was = combineLatency([share]);
          const is = combineLatency([shares.get(key) ?? { ...share, buckets: undefined }]);
          return (["p50", "p95", "p99"] as const).flatMap((figure) => {
            const [truth = Number.NaN, read] = [was?.[figure], is?.[figure]];
            if (read !== undefined && Math.abs(read - truth) <= truth * TOLERANCE) return [];
            if (read !== undefined && Math.max(read, truth) < LEAST_MILLISECONDS) return [];
            return [`${labels.get(key)?.label}: ${figure} ${read} instead of ${truth} ms`];
          });
        });
        expect(wrong).toEqual([]);
      });

      test("a namespace without traffic has no histograms", async () => {
        const { report } = await read(["no-such-namespace"]);
        expect(report.buckets).toEqual([]);
        expect(report.durations.length).toBeGreaterThan(0);
      });
    });

    describe("series", () => {
      const range = () => ({ startSeconds: subject.nowSeconds - 120, endSeconds: subject.nowSeconds, stepSeconds: 60 });

      test("the whole mesh's rate over time is within 3 % of the edges' sum", async () => {
        const moment = { windowSeconds: 60, atSeconds: subject.nowSeconds };
        const edges = [...figuresOf(mergeReports((await countTruth(subject.samplesAt, moment)).rates).table).values()];
        const total = edges.reduce((sum, { requestsPerSecond }) => sum + requestsPerSecond, 0);
        const series = await subject.source.readSeries(
          { scope: { kind: "mesh" }, direction: "inbound", ...range() },
          never,
        );
        expect(series.times).toEqual([0, 60, 120].map((offset) => range().startSeconds + offset));
        const last = series.requestsPerSecond.at(-1) ?? 0;
        expect(Math.abs(last - total) / total).toBeLessThan(0.03);
      });

      test("the calls that leave a workload are those of its edges together", async () => {
        const rows = (await subject.source.readRates({ windowSeconds: 60, atSeconds: range().endSeconds }, never))
          .requests;
        const busiest = [...rows].sort((left, right) => right.perSecond - left.perSecond).find(isBetweenWorkloads);
        if (busiest === undefined) throw new Error("no call between two workloads");
        const end = (namespace: string, workload: string) => ({ kind: "workload", namespace, workload }) as const;
        const from = end(busiest.sourceNamespace, busiest.sourceWorkload);
        const read = async (scope: SeriesScope) =>
          (await subject.source.readSeries({ scope, direction: "outbound", ...range() }, never)).requestsPerSecond.at(
            -1,
          ) ?? 0;
        const targets = new Map(
          rows
            .filter((row) => row.sourceWorkload === from.workload && row.sourceNamespace === from.namespace)
            .filter(isBetweenWorkloads)
            .map((row) => [
              `${row.destinationNamespace}/${row.destinationWorkload}`,
              end(row.destinationNamespace, row.destinationWorkload),
            ]),
        );
        let together = 0;
        for (const to of targets.values()) together += await read({ kind: "edge", from, to });
        const whole = await read(from);
        expect(together).toBeGreaterThan(0);
        // What leaves for places without a workload, such as a call that found no endpoint, is in the whole alone.
        expect(together).toBeLessThanOrEqual(whole * 1.001);
        expect(together).toBeGreaterThan(whole * 0.8);
      });

      test("an object nobody knows has gaps, not zeros", async () => {
        const scope = { kind: "workload", namespace: "no-such-namespace", workload: "nobody" } as const;
        const series = await subject.source.readSeries({ scope, direction: "inbound", ...range() }, never);
        expect(series.requestsPerSecond).toEqual([undefined, undefined, undefined]);
        expect(series.errorsPerSecond).toEqual([undefined, undefined, undefined]);
        expect(series.p95Milliseconds).toEqual([undefined, undefined, undefined]);
      });
    });

    edgeSeriesContract(() => subject);

    test("a window of less than four scrapes is widened, and the report says to what", async () => {
      const { scrapeIntervalSeconds } = await subject.source.describe(never);
      const report = await subject.source.readRates({ windowSeconds: 5, atSeconds: subject.nowSeconds }, never);
      expect(report.windowSeconds).toBe(4 * scrapeIntervalSeconds);
    });

    test("an aborted call rejects with the caller's reason, whichever it is", async () => {
      const signal = AbortSignal.abort(new Error("nobody looks"));
      const moment = { windowSeconds: WINDOW, atSeconds: subject.nowSeconds };
      const range = { startSeconds: subject.pastSeconds, endSeconds: subject.nowSeconds, stepSeconds: 60 };
      const { source } = subject;
      await expect(source.describe(signal)).rejects.toThrow("nobody looks");
      await expect(source.readRates(moment, signal)).rejects.toThrow("nobody looks");
      await expect(source.readLatency({ ...moment, namespaces: ["default"] }, signal)).rejects.toThrow("nobody looks");
      await expect(source.readDetails({ ...moment, details: DETAILS }, signal)).rejects.toThrow("nobody looks");
      await expect(
        source.readSeries({ scope: { kind: "mesh" }, direction: "inbound", ...range }, signal),
      ).rejects.toThrow("nobody looks");
    });
  });
}

function isBetweenWorkloads(row: RequestReport): boolean {
  return row.sourceWorkload !== "unknown" && row.destinationWorkload !== "unknown";
}

/** Rates of rows by all else they say. */
function rowRates(rows: readonly { readonly perSecond: number }[]): Map<string, number> {
  return new Map(
    rows.map(({ perSecond, ...row }) => [
      Object.entries(row)
        .toSorted(([left], [right]) => (left < right ? -1 : 1))
        .map(([name, said]) => `${name}=${String(said)}`)
        .join(" "),
      perSecond,
    ]),
  );
}

type EdgeFigures = {
  /** For messages: who calls whom. */
  readonly label: string;
  readonly protocol: string;
  readonly calledNamespace: string;
  readonly requestsPerSecond: number;
  readonly bytesPerSecond: number;
  /** "total", "200 -", "503 UF", "sent"… */
  readonly rates: ReadonlyMap<string, number>;
  readonly mutualTlsPercent: number | undefined;
};

function isComparable(figures: EdgeFigures | undefined): boolean {
  if (figures === undefined) return false;
  return figures.requestsPerSecond >= LEAST_RATE || figures.bytesPerSecond >= LEAST_BYTES;
}

/** The figures of each edge of a table, by edge key. */
function figuresOf(table: EdgeTable): Map<string, EdgeFigures> {
  const workloads = workloadCells(table);
  const services = serviceCells(table);
  const keys = edgeRowKeys(table);
  const rates = keys.map(() => new Map<string, number>());
  const requests = keys.map(() => 0);
  const bytes = keys.map(() => 0);
  const mutual = keys.map((): number | undefined => undefined);
  table.responses.edge.forEach((edge, row) => {
    const perSecond = table.responses.perSecond[row] ?? 0;
    const result = `${table.strings[table.responses.code[row] ?? 0]} ${table.strings[table.responses.flags[row] ?? 0]}`;
    rates[edge]?.set(result, perSecond);
    requests[edge] = (requests[edge] ?? 0) + perSecond;
  });
  table.tcp.edge.forEach((edge, row) => {
    const sent = table.tcp.sentBytesPerSecond[row] ?? 0;
    const received = table.tcp.receivedBytesPerSecond[row] ?? 0;
    rates[edge]?.set("sent", sent).set("received", received);
    bytes[edge] = sent + received;
  });
  table.security.edge.forEach((edge, row) => {
    mutual[edge] = (100 * (table.security.mutualTls[row] ?? 0)) / (table.security.reported[row] ?? 1);
  });
  return new Map(
    keys.map((key, edge) => {
      const source = workloads[table.edges.source[edge] ?? 0];
      const target = workloads[table.edges.target[edge] ?? 0];
      const service = services[table.edges.service[edge] ?? 0];
      const protocol = protocolOf(table, edge);
      if (protocol !== "tcp") rates[edge]?.set("total", requests[edge] ?? 0);
      return [
        key,
        {
          label: `${source?.namespace}/${source?.name} → ${service?.host} → ${target?.namespace}/${target?.name} (${protocol})`,
          protocol,
          calledNamespace: target?.namespace || service?.namespace || "",
          requestsPerSecond: requests[edge] ?? 0,
          bytesPerSecond: bytes[edge] ?? 0,
          rates: rates[edge] ?? new Map<string, number>(),
          mutualTlsPercent: mutual[edge],
        },
      ];
    }),
  );
}

/** Rates that differ by more than the tolerance, in words. Results below the least rate are not compared. */
function differences(
  expected: ReadonlyMap<string, EdgeFigures>,
  actual: ReadonlyMap<string, EdgeFigures>,
  pick: (figures: EdgeFigures) => ReadonlyMap<string, number>,
  tolerance: number,
): string[] {
  return [...expected].flatMap(([key, figures]) => {
    const rates = actual.get(key);
    return [...pick(figures)].flatMap(([result, was]) => {
      if (was < (figures.protocol === "tcp" ? LEAST_BYTES : LEAST_RATE)) return [];
      const is = rates === undefined ? 0 : (pick(rates).get(result) ?? 0);
      return Math.abs(is - was) <= was * tolerance ? [] : [`${figures.label} ${result}: ${is} instead of ${was}`];
    });
  });
}
