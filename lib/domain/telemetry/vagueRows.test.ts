import { describe, expect, it } from "vitest";
import { edgeLabels, rateReport, requestRow, tcpRow } from "#test/builders/reports.ts";
import { addDetails } from "./addDetails.ts";
import { workloadCells } from "./edgeRows.ts";
import { REPORTER_BITS } from "./edgeTable.ts";
import { buildLatencyTable } from "./latency.ts";
import { type MergedRates, mergeReports } from "./mergeReporters.ts";
import type { RequestReport } from "./reports.ts";

const call = { from: "web", to: "cart-v1", service: "cart" };
const NO_TARGET = {
  destinationCluster: "unknown",
  destinationNamespace: "unknown",
  destinationWorkload: "unknown",
  destinationApp: "unknown",
  destinationVersion: "unknown",
};

/** What a client says that knows the service it called and nothing of who answered. */
function vague(row: Parameters<typeof requestRow>[0]): RequestReport {
  return { ...requestRow({ ...row, reporter: "source" }), ...NO_TARGET };
}

/** "primary/web -> west/cart-v1 200 - 10", one line for each response. */
function draw({ table }: MergedRates): string[] {
  const { strings, edges, responses } = table;
  const cells = workloadCells(table).map(({ cluster, name }) => `${cluster || "?"}/${name || "?"}`);
  return responses.edge
    .map((edge, row) => {
      const ends = `${cells[edges.source[edge] ?? 0]} -> ${cells[edges.target[edge] ?? 0]}`;
      const result = `${strings[responses.code[row] ?? 0]} ${strings[responses.flags[row] ?? 0]}`;
      return `${ends} ${result} ${responses.perSecond[row]}`;
    })
    .sort();
}

function drawRequests(...requests: RequestReport[]): string[] {
  return draw(mergeReports(rateReport({ requests })));
}

describe("a client that does not know the cluster it called", () => {
  it("is believed to have called the one that answered", () => {
    expect(
      drawRequests(
        { ...requestRow({ ...call, perSecond: 10 }), destinationCluster: "west" },
        { ...requestRow({ ...call, reporter: "source", perSecond: 10 }), destinationCluster: "unknown" },
        {
          ...requestRow({ ...call, reporter: "source", responseCode: "503", responseFlags: "UF", perSecond: 2 }),
          destinationCluster: "unknown",
        },
      ),
    ).toEqual(["primary/web -> west/cart-v1 200 - 10", "primary/web -> west/cart-v1 503 UF 2"]);
  });

  it("has called each of two as often as they were called", () => {
    // 100 calls: cart-v1 of west answered 60, that of primary 30 and failed 10
    const server = (cluster: string, responseCode: string, perSecond: number) => ({
      ...requestRow({ ...call, responseCode, perSecond }),
      destinationCluster: cluster,
    });
    const client = (responseCode: string, perSecond: number) => ({
      ...requestRow({ ...call, reporter: "source", responseCode, perSecond }),
      destinationCluster: "",
    });
    expect(
      drawRequests(
        server("west", "200", 60),
        server("primary", "200", 30),
        server("primary", "500", 10),
        client("200", 90),
        client("500", 10),
      ),
    ).toEqual([
      "primary/web -> primary/cart-v1 200 - 30",
      "primary/web -> primary/cart-v1 500 - 10",
      "primary/web -> west/cart-v1 200 - 60",
    ]);
  });

  it("is taken to have called its own when nobody says otherwise", () => {
    expect(drawRequests(vague({ ...call, to: "", responseCode: "503", responseFlags: "UH", perSecond: 1 }))).toEqual([
      "primary/web -> primary/? 503 UH 1",
    ]);
  });

  it("has called no other service than the one it names", () => {
    const elsewhere = {
      ...requestRow({ from: "web", to: "cart-v1", service: "basket", perSecond: 10 }),
      destinationCluster: "west",
    };
    const client = { ...requestRow({ ...call, reporter: "source", perSecond: 10 }), destinationCluster: "unknown" };
    expect(drawRequests(elsewhere, client)).toEqual([
      "primary/web -> primary/cart-v1 200 - 10",
      "primary/web -> west/cart-v1 200 - 10",
    ]);
  });
});

describe("a server that does not know the cluster it was called from", () => {
  it("is believed to have been called from the one that says so", () => {
    expect(
      drawRequests(
        { ...requestRow({ ...call, perSecond: 10 }), sourceCluster: "unknown" },
        requestRow({ ...call, reporter: "source", perSecond: 10 }),
      ),
    ).toEqual(["primary/web -> primary/cart-v1 200 - 10"]);
  });

  it("keeps its edge when no client reports", () => {
    expect(drawRequests({ ...requestRow({ ...call, perSecond: 10 }), sourceCluster: "unknown" })).toEqual([
      "?/web -> primary/cart-v1 200 - 10",
    ]);
  });
});

describe("a client that knows the service and not who answered", () => {
  it("has called those that did, and nobody else", () => {
    expect(
      drawRequests(
        requestRow({ ...call, perSecond: 60 }),
        requestRow({ ...call, to: "cart-v2", perSecond: 40 }),
        vague({ ...call, perSecond: 101 }),
      ),
    ).toEqual(["primary/web -> primary/cart-v1 200 - 60.6", "primary/web -> primary/cart-v2 200 - 40.4"]);
  });

  it("has the last word on how calls ended, wherever they went", () => {
    // v1 cut 5 calls off, which the client saw as 504
    expect(
      drawRequests(
        requestRow({ ...call, perSecond: 60 }),
        requestRow({ ...call, responseCode: "0", responseFlags: "DC", perSecond: 5 }),
        requestRow({ ...call, to: "cart-v2", perSecond: 40 }),
        vague({ ...call, perSecond: 100 }),
        vague({ ...call, responseCode: "504", responseFlags: "UT", perSecond: 5 }),
      ),
    ).toEqual([
      "primary/web -> primary/cart-v1 200 - 60",
      "primary/web -> primary/cart-v1 504 UT 5",
      "primary/web -> primary/cart-v2 200 - 40",
    ]);
  });

  it("fills only what is not told of by clients that do know", () => {
    expect(
      drawRequests(
        requestRow({ ...call, perSecond: 60 }),
        requestRow({ ...call, to: "cart-v2", perSecond: 40 }),
        requestRow({ ...call, reporter: "source", perSecond: 60 }),
        vague({ ...call, perSecond: 40 }),
      ),
    ).toEqual(["primary/web -> primary/cart-v1 200 - 60", "primary/web -> primary/cart-v2 200 - 40"]);
  });

  it("keeps an edge to the service for calls that reached nobody, in the cluster that the others reach", () => {
    const west = { ...requestRow({ ...call, perSecond: 60 }), destinationCluster: "west" };
    const merged = mergeReports(
      rateReport({
        requests: [
          west,
          vague({ ...call, responseCode: "503", responseFlags: "UH", perSecond: 3 }),
          vague({ ...call, perSecond: 60 }),
        ],
      }),
    );
    expect(draw(merged)).toEqual(["primary/web -> west/? 503 UH 3", "primary/web -> west/cart-v1 200 - 60"]);
  });

  it("keeps an edge to the service for calls that no scraped server counted", () => {
    expect(drawRequests(requestRow({ ...call, perSecond: 10 }), vague({ ...call, perSecond: 90 }))).toEqual([
      "primary/web -> primary/? 200 - 80",
      "primary/web -> primary/cart-v1 200 - 10",
    ]);
  });
});

describe("what else is told of such calls", () => {
  const client = { ...requestRow({ ...call, reporter: "source", perSecond: 10 }), destinationCluster: "unknown" };
  const merged = mergeReports(
    rateReport({ requests: [{ ...requestRow({ ...call, perSecond: 10 }), destinationCluster: "west" }, client] }),
  );

  it("includes their durations", () => {
    const row = { ...edgeLabels(call), destinationCluster: "unknown", reporter: "source", protocol: "http" } as const;
    const durations = [{ ...row, millisecondsPerSecond: 500, countPerSecond: 10 }];
    const report = { atSeconds: 0, windowSeconds: 300, durations, buckets: [], warnings: [] };
    expect(buildLatencyTable(report, merged.table, merged.moved)).toMatchObject({
      edge: [0],
      millisecondsPerSecond: [500],
    });
  });

  it("includes their details", () => {
    const row = { ...edgeLabels(call), destinationCluster: "unknown", reporter: "source", protocol: "http" } as const;
    const throughput = [{ ...row, metric: "requestBytes", perSecond: 800 } as const];
    const { table } = addDetails(merged, { atSeconds: 0, windowSeconds: 300, throughput, warnings: [], quality: [] });
    expect(table.throughput).toEqual({ edge: [0], requestBytesPerSecond: [800], responseBytesPerSecond: [0] });
    expect(table.edges.source).toHaveLength(1);
  });

  it("includes their bytes", () => {
    const { table } = mergeReports(
      rateReport({
        tcp: [
          tcpRow({ ...call, perSecond: 100 }),
          { ...tcpRow({ ...call, reporter: "source", perSecond: 99 }), ...NO_TARGET },
        ],
      }),
    );
    expect(table.tcp.sentBytesPerSecond).toEqual([100]);
    expect(table.edges.reporters).toEqual([REPORTER_BITS.destination | REPORTER_BITS.source]);
  });
});
