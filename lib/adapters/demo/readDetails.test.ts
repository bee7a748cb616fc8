import { describe, expect, test } from "vitest";
import { DETAILS, type DetailReport } from "#lib/domain/telemetry/reports.ts";
import { demoAtRest, NOON, never, requestRate } from "#test/builders/demo.ts";
import { demoSeries } from "./series.ts";

async function details(demo = demoAtRest()): Promise<Required<DetailReport>> {
  const request = { atSeconds: NOON, windowSeconds: 300, details: DETAILS };
  const report = await demo.mesh.telemetry.readDetails(request, never);
  const { messages = [], throughput = [], operations = [] } = report;
  return { ...report, messages, throughput, operations };
}

/** Increase a second of a metric over the five minutes, by the labels given. */
function increases(metric: string, by: readonly string[]): Map<string, number> {
  const { mesh } = demoAtRest();
  const sums = new Map<string, number>();
  for (const [at, sign] of [
    [NOON, 1],
    [NOON - 300, -1],
  ] as const)
    for (const series of demoSeries(mesh, at)) {
      if (series.metric !== metric) continue;
      const key = by.map((label) => series.labels[label] ?? "").join(" ");
      sums.set(key, (sums.get(key) ?? 0) + (sign * series.value) / 300);
    }
  return sums;
}

const PAIR = ["reporter", "source_workload", "destination_service", "destination_workload"];

function sumRows<Row extends { readonly perSecond: number }>(
  rows: readonly Row[],
  keyOf: (row: Row) => readonly string[],
): Map<string, number> {
  const sums = new Map<string, number>();
  for (const row of rows) {
    const key = keyOf(row).join(" ");
    sums.set(key, (sums.get(key) ?? 0) + row.perSecond);
  }
  return sums;
}

function expectSame(actual: ReadonlyMap<string, number>, expected: ReadonlyMap<string, number>): void {
  const rising = new Map([...expected].filter(([, value]) => value > 1e-9));
  expect([...actual.keys()].sort()).toEqual([...rising.keys()].sort());
  for (const [key, value] of rising) expect((actual.get(key) ?? 0) / value, key).toBeCloseTo(1, 6);
}

describe("details", () => {
  test.each([
    ["messages", "sent", "istio_request_messages_total"],
    ["messages", "received", "istio_response_messages_total"],
    ["throughput", "requestBytes", "istio_request_bytes_sum"],
    ["throughput", "responseBytes", "istio_response_bytes_sum"],
  ] as const)("%s %s are what the proxies' %s rises by", async (detail, measure, metric) => {
    const report = await details();
    const rows = [...report[detail]].filter((row) => row.metric === measure);
    const actual = sumRows(rows, (row) => [
      row.reporter,
      row.sourceWorkload,
      row.destinationService,
      row.destinationWorkload,
    ]);
    expectSame(actual, increases(metric, PAIR));
  });

  test("operations are what istio_requests_total rises by where it names one", async () => {
    const { operations } = await details();
    const actual = sumRows(operations, (row) => [
      row.operation,
      row.reporter,
      row.sourceWorkload,
      row.destinationService,
      row.destinationWorkload,
    ]);
    const named = [...increases("istio_requests_total", ["request_operation", ...PAIR])];
    expectSame(actual, new Map(named.filter(([key]) => !/^(unknown)? /.test(key))));
  });

  test("are absent where they were not asked for", async () => {
    const request = { atSeconds: NOON, windowSeconds: 300, details: ["messages"] } as const;
    const report = await demoAtRest().mesh.telemetry.readDetails(request, never);
    expect(report.messages?.length).toBeGreaterThan(0);
    expect([report.throughput, report.operations]).toEqual([undefined, undefined]);
  });

  test("a search is answered with a dozen messages, a call that fails with none", async () => {
    const demo = demoAtRest();
    const { messages } = await details(demo);
    const report = await demo.rates(NOON, 300);
    const rateOf = (destinationWorkload: string, metric: string) =>
      messages
        .filter((row) => row.reporter === "destination" && row.sourceWorkload === "travels-v1")
        .filter((row) => row.destinationWorkload === destinationWorkload && row.metric === metric)
        .reduce((sum, { perSecond }) => sum + perSecond, 0);
    expect(rateOf("flights-v1", "received") / rateOf("flights-v1", "sent")).toBeCloseTo(12, 6);
    // Of 1,000 quotes 4 are not found (gRPC status 5): 4 messages each for the other 996.
    const quotes = requestRate(report, { reporter: "destination", destinationWorkload: "insurances-v1" });
    expect(rateOf("insurances-v1", "sent")).toBeCloseTo(quotes, 6);
    expect(rateOf("insurances-v1", "received") / quotes).toBeCloseTo(4 * 0.996, 6);
  });

  test("a stream that stays open has messages, and neither requests nor bytes nor time", async () => {
    const demo = demoAtRest();
    const { messages, throughput } = await details(demo);
    const board = { sourceWorkload: "control-v1", destinationWorkload: "flights-v1" } as const;
    const isBoard = (row: { readonly sourceWorkload: string; readonly destinationWorkload: string }) =>
      row.sourceWorkload === board.sourceWorkload && row.destinationWorkload === board.destinationWorkload;
    expect(messages.filter(isBoard).map(({ reporter, metric }) => `${reporter} ${metric}`)).toEqual([
      "source sent",
      "source received",
      "destination sent",
      "destination received",
    ]);
    expect(throughput.filter(isBoard)).toEqual([]);
    expect(requestRate(await demo.rates(), board)).toBe(0);
    const latency = { atSeconds: NOON, windowSeconds: 300, namespaces: ["travel-agency"] };
    expect((await demo.mesh.telemetry.readLatency(latency, never)).durations.filter(isBoard)).toEqual([]);
    const series = [...demoSeries(demo.mesh, NOON)].filter(
      ({ labels }) => labels["source_workload"] === "control-v1" && labels["destination_workload"] === "flights-v1",
    );
    expect(new Set(series.map(({ metric }) => metric))).toEqual(
      new Set(["istio_request_messages_total", "istio_response_messages_total"]),
    );
    expect(series.filter(({ labels }) => "response_code" in labels)).toEqual([]);
  });
});

describe("operations", () => {
  const inventory = { reporter: "destination", destinationWorkload: "inventory" } as const;

  test("add up to the requests of the workload whose servers name them", async () => {
    const demo = demoAtRest();
    const { operations } = await details(demo);
    const here = operations.filter((row) => row.destinationWorkload === "inventory");
    // ExportStock is the scheduled job's, which rests in these five minutes.
    expect(new Set(here.map(({ operation }) => operation))).toEqual(new Set(["ReadStock", "UploadStock"]));
    expect(here.every(({ reporter }) => reporter === "destination")).toBe(true);
    const total = here.reduce((sum, { perSecond }) => sum + perSecond, 0);
    expect(total).toBeCloseTo(requestRate(await demo.rates(NOON, 300), inventory), 6);
  });

  test("are no longer told when the Telemetry is taken away, while the requests go on", async () => {
    const demo = demoAtRest();
    const ref = { group: "telemetry.istio.io", kind: "Telemetry", namespace: "orders", name: "inventory-operations" };
    await demo.mesh.cluster.remove(ref);
    demo.clock.advance(300);
    const request = { atSeconds: NOON + 300, windowSeconds: 300, details: ["operations"] } as const;
    const { operations = [] } = await demo.mesh.telemetry.readDetails(request, never);
    expect(operations.filter((row) => row.destinationWorkload === "inventory")).toEqual([]);
    expect(requestRate(await demo.rates(NOON + 300, 300), inventory)).toBeGreaterThan(20);
  });
});
