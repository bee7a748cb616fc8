/** Labels that hold ids or user input: values without end on one edge. What is read must stay small, and add up. */
import { describe, expect, it } from "vitest";
import { buildGraph, DEFAULT_GRAPH_OPTIONS } from "#lib/domain/graph/buildGraph.ts";
import { meshNodes } from "#test/builders/mesh.ts";
import { edgeLabels, rateReport, requestRow, tcpRow } from "#test/builders/reports.ts";
import { addDetails } from "./addDetails.ts";
import { buildLatencyTable, combineLatency, indexLatency } from "./latency.ts";
import { type MergedRates, mergeReports } from "./mergeReporters.ts";
import type { RequestReport } from "./reports.ts";

const MANY = 20_000;
const call = { from: "web", to: "cart-v1", service: "cart", perSecond: 1 };
const NO_TARGET = {
  destinationCluster: "unknown",
  destinationNamespace: "unknown",
  destinationWorkload: "unknown",
  destinationApp: "unknown",
  destinationVersion: "unknown",
};

function many<Row>(count: number, row: (index: number) => Row): Row[] {
  return Array.from({ length: count }, (_, index) => row(index));
}

function merged(requests: readonly RequestReport[]): MergedRates {
  return mergeReports(rateReport({ requests }));
}

function requestsPerSecond({ table }: MergedRates): number {
  return table.responses.perSecond.reduce((sum, rate) => sum + rate, 0);
}

function isFolded({ quality }: MergedRates): boolean {
  return quality.some(({ problem }) => problem === "too-many-values");
}

describe("an edge with values without end", () => {
  it("tells a hundred codes apart that are none, and counts the others together", () => {
    const rates = merged(many(MANY, (index) => requestRow({ ...call, responseCode: `id-${index}` })));
    expect(rates.table.responses.code).toHaveLength(101);
    expect(requestsPerSecond(rates)).toBe(MANY);
    expect(rates.quality.find(({ problem }) => problem === "too-many-values")?.rows).toBe(MANY - 100);
  });

  it("tells every code apart that has three digits", () => {
    const rates = merged(many(1_000, (index) => requestRow({ ...call, responseCode: String(index) })));
    expect(rates.table.responses.code).toHaveLength(1_000);
    expect(isFolded(rates)).toBe(false);
  });

  it("still knows of folded flags whether the call arrived", () => {
    const rows = many(2_000, (index) => requestRow({ ...call, reporter: "source", responseFlags: `X${index},UH` }));
    const rates = merged([requestRow({ ...call, perSecond: 5 }), ...rows]);
    // 2,000 that never arrived beside the five that did
    expect(requestsPerSecond(rates)).toBe(2_005);
    expect(rates.table.strings).toContain("UH");
    expect(rates.table.responses.code.length).toBeLessThan(1_010);
  });

  it("places as many rows without a workload as the server told of, once", () => {
    const server = many(MANY, (index) => requestRow({ ...call, responseCode: `id-${index}` }));
    const client = server.map((row): RequestReport => ({ ...row, reporter: "source", ...NO_TARGET }));
    const rates = merged([...server, ...client]);
    expect(rates.table.edges.source).toHaveLength(1);
    expect(requestsPerSecond(rates)).toBeCloseTo(MANY);
  });

  it("places rows without a workload among thousands of edges", () => {
    const server = many(2_000, (index) => requestRow({ ...call, to: `cart-${index}` }));
    const client = many(2_000, (index): RequestReport => {
      return { ...requestRow({ ...call, reporter: "source", responseCode: `id-${index}` }), ...NO_TARGET };
    });
    const rates = merged([...server, ...client]);
    expect(rates.table.edges.source).toHaveLength(2_000);
    expect(requestsPerSecond(rates)).toBeCloseTo(2_000, 0);
  });

  it("places bytes without a workload by what they carry, not by their flags and principals", () => {
    const server = many(2_000, (index) => tcpRow({ ...call, to: `cart-${index}` }));
    const client = many(MANY, (index) => ({
      ...tcpRow({ ...call, reporter: "source", responseFlags: `X${index}`, sourcePrincipal: `spiffe://${index}` }),
      ...NO_TARGET,
      perSecond: 0.1,
    }));
    const { table } = mergeReports(rateReport({ tcp: [...server, ...client] }));
    expect(table.edges.source).toHaveLength(2_000);
    expect(table.tcp.sentBytesPerSecond.every((rate) => rate === 1)).toBe(true);
  });

  it("tells a hundred pairs of principals apart, and keeps the share of mutual TLS", () => {
    const { table } = merged(many(MANY, (index) => requestRow({ ...call, sourcePrincipal: `spiffe://${index}` })));
    expect(table.security.edge).toHaveLength(101);
    expect(table.security.mutualTls.reduce((sum, rate) => sum + rate, 0)).toBe(MANY);
  });
});

describe("operations without end", () => {
  it("are the two hundred busiest of an edge; calls of the others are drawn without one", () => {
    const operations = many(10_000, (index) => ({
      ...requestRow({ ...call, responseCode: `id-${index}`, perSecond: index < 3 ? 5 : 0.1 }),
      operation: `GET /carts/${index}`,
    }));
    const report = { atSeconds: 0, windowSeconds: 300, warnings: [], quality: [], operations };
    const rates = merged(many(10_000, (index) => requestRow({ ...call, responseCode: `id-${index}` })));
    const { table, quality } = addDetails(rates, report);
    const names = new Set(table.operations?.operation.map((name) => table.strings[name]));
    expect(names.size).toBe(200);
    expect(names).toContain("GET /carts/2");
    expect(quality.find(({ problem }) => problem === "too-many-values")?.rows).toBe(9_900 + 9_800);
    // Each operation is shared out among the results of the edge, and all calls of the edge are still there.
    const graph = buildGraph(
      { edges: table, mesh: meshNodes(), windowSeconds: 300 },
      { ...DEFAULT_GRAPH_OPTIONS, operations: true },
    );
    const calls = graph.edges.filter(({ source }) => source.startsWith("workload/"));
    expect(calls.reduce((sum, edge) => sum + (edge.protocol === "tcp" ? 0 : edge.requestsPerSecond), 0)).toBeCloseTo(
      10_000,
    );
  });
});

describe("histograms with bounds without end", () => {
  it("are told at 256 bounds, with percentiles as near as those", () => {
    // 2,000 edges, each with fifty bounds of its own up to 100,000 ms, and one call between two of them
    const calls = many(2_000, (index) => ({ from: "web", to: `cart-${index}`, service: "cart" }));
    const { table } = mergeReports(
      rateReport({ requests: calls.map((ends) => requestRow({ ...ends, perSecond: 50 })) }),
    );
    const row = (index: number) => ({
      ...edgeLabels(calls[index] ?? { from: "", to: "" }),
      reporter: "destination" as const,
      protocol: "http",
    });
    const latency = buildLatencyTable(
      {
        atSeconds: 0,
        windowSeconds: 300,
        warnings: [],
        durations: many(2_000, (index) => ({ ...row(index), millisecondsPerSecond: 1, countPerSecond: 50 })),
        buckets: many(100_000, (index) => ({
          ...row(index % 2_000),
          le: index + 1,
          perSecond: Math.floor(index / 2_000) + 1,
        })),
      },
      table,
    );
    expect(latency.le).toHaveLength(256);
    expect(latency.le.at(-1)).toBe(100_000);
    const first = [...indexLatency(table, latency).values()].slice(0, 1);
    // 25 of the 50 calls of the first edge took up to 48,001 ms; a bound lies every 391 ms
    expect(Math.abs((combineLatency(first)?.p50 ?? 0) - 48_001)).toBeLessThan(391);
  });
});
