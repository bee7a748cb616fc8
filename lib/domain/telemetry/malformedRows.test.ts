import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildGraph, DEFAULT_GRAPH_OPTIONS } from "#lib/domain/graph/buildGraph.ts";
import { GRAPH_TYPES } from "#lib/domain/graph/graph.ts";
import { meshNodes } from "#test/builders/mesh.ts";
import { edgeLabels, rateReport, requestRow, tcpRow } from "#test/builders/reports.ts";
import { addDetails } from "./addDetails.ts";
import { edgeKey } from "./edgeKey.ts";
import { buildLatencyTable, indexLatency } from "./latency.ts";
import { mergeReports } from "./mergeReporters.ts";
import type { EdgeLabels, RequestReport, TcpReport } from "./reports.ts";
import { isUsableRate } from "./usableRows.ts";

/** What labels hold when something upstream of us is broken, hostile or merely unusual. */
const text = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom("web", "cart", "shop", "primary", "cart.shop.svc.cluster.local") },
  { weight: 3, arbitrary: fc.constantFrom("", "unknown") },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      "x".repeat(300),
      'say "hi"',
      "two\nlines",
      "a\u0000b",
      "\u0000",
      "🛒",
      "<img src=x onerror=alert(1)>",
      "\ud800",
      "__proto__",
      "constructor",
      "a/b|c",
      "10.0.0.7:80",
      "fd00::7",
      "PassthroughCluster",
      "BlackHoleCluster",
      "InboundPassthroughCluster",
    ),
  },
  { weight: 1, arbitrary: fc.string({ unit: "binary" }) },
);
const code = fc.constantFrom("200", "503", "0", "", "unknown", "abc", "99999", "-1", "2e2", "5xx", "\u0000");
const rate = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 0, max: 1000 }) },
  { weight: 1, arbitrary: fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -1, 1e300) },
);
const labels: fc.Arbitrary<EdgeLabels> = fc.record({
  sourceCluster: text,
  sourceNamespace: text,
  sourceWorkload: text,
  sourceApp: text,
  sourceVersion: text,
  destinationCluster: text,
  destinationServiceNamespace: text,
  destinationService: text,
  destinationServiceName: text,
  destinationNamespace: text,
  destinationWorkload: text,
  destinationApp: text,
  destinationVersion: text,
});
const security = { securityPolicy: text, sourcePrincipal: text, destinationPrincipal: text };
const ends = fc.record({ labels, protocol: fc.constantFrom("http", "grpc", "GRPC", "", "\u0000", "tcp") });
const requests: fc.Arbitrary<RequestReport[]> = fc.array(
  fc
    .tuple(
      ends,
      fc.record({ responseCode: code, grpcStatus: fc.constantFrom("", "0", "14", "99", "no"), responseFlags: text }),
      fc.record({ ...security, perSecond: rate }),
    )
    .map(([{ labels: edge, protocol }, result, rest]) => ({
      ...edge,
      reporter: "destination",
      protocol,
      ...result,
      ...rest,
    })),
  { maxLength: 12 },
);
const tcp: fc.Arbitrary<TcpReport[]> = fc.array(
  fc
    .tuple(ends, fc.constantFrom("sentBytes", "receivedBytes"), fc.record({ ...security, perSecond: rate }))
    .map(([{ labels: edge }, metric, rest]) => ({
      ...edge,
      reporter: "destination",
      reporterApp: "",
      responseFlags: "-",
      metric,
      ...rest,
    })),
  { maxLength: 6 },
);

/** What rows would add up to, had each that is counted in a note been left out. */
function usable(rows: readonly { readonly perSecond: number }[]): number {
  return rows.reduce((total, { perSecond }) => total + (isUsableRate(perSecond) ? perSecond : 0), 0);
}

const LEFT_OUT = new Set(["bad-value", "nameless-source", "nameless-target", "bare-address"]);

describe("malformed rows", () => {
  it("never vanish: every request and byte is on an edge of every graph, or its row is counted in a note", () => {
    fc.assert(
      fc.property(requests, tcp, (requestRows, tcpRows) => {
        const merged = mergeReports(rateReport({ requests: requestRows, tcp: tcpRows }));
        const drawn = [...requestRows, ...tcpRows].filter(
          (row) =>
            !mergeReports(rateReport("metric" in row ? { tcp: [row] } : { requests: [row] })).quality.some(
              ({ problem }) => LEFT_OUT.has(problem),
            ),
        );
        const counted = merged.quality
          .filter(({ problem }) => LEFT_OUT.has(problem))
          .reduce((sum, { rows }) => sum + rows, 0);
        expect(counted + drawn.length).toBe(requestRows.length + tcpRows.length);
        for (const graphType of GRAPH_TYPES) {
          const options = { ...DEFAULT_GRAPH_OPTIONS, graphType, serviceNodes: false, tunnelLegs: true };
          const { edges } = buildGraph({ edges: merged.table, mesh: meshNodes(), windowSeconds: 300 }, options);
          let sum = 0;
          for (const edge of edges) {
            sum +=
              edge.protocol === "tcp" ? edge.sentBytesPerSecond + edge.receivedBytesPerSecond : edge.requestsPerSecond;
          }
          expect(sum).toBeCloseTo(usable(drawn), 1);
        }
      }),
      { seed: 21, numRuns: 200 },
    );
  });

  it("never make durations or details throw, or a figure that is no number", () => {
    fc.assert(
      fc.property(requests, fc.array(rate), (requestRows, rates) => {
        const merged = mergeReports(rateReport({ requests: requestRows }));
        const moment = { atSeconds: 0, windowSeconds: 300, warnings: [], quality: [] };
        const at = (index: number) => rates[index % Math.max(1, rates.length)] ?? 1;
        const latency = buildLatencyTable(
          {
            ...moment,
            durations: requestRows.map((row, index) => ({
              ...row,
              millisecondsPerSecond: at(index),
              countPerSecond: at(index + 1),
            })),
            buckets: requestRows.map((row, index) => ({ ...row, le: at(index + 2), perSecond: at(index) })),
          },
          merged.table,
          merged.moved,
        );
        const { table } = addDetails(merged, {
          ...moment,
          messages: requestRows.map((row) => ({ ...row, metric: "sent" })),
          throughput: requestRows.map((row) => ({ ...row, metric: "requestBytes" })),
          operations: requestRows.map((row) => ({ ...row, operation: row.sourceApp })),
        });
        const graph = buildGraph(
          { edges: table, mesh: meshNodes(), latency: indexLatency(table, latency), windowSeconds: 300 },
          DEFAULT_GRAPH_OPTIONS,
        );
        // JSON has no NaN and no infinity: both would come back as null.
        expect(JSON.stringify([graph.edges, graph.nodes])).not.toContain("null");
      }),
      { seed: 22, numRuns: 200 },
    );
  });

  it("are counted with an example", () => {
    const { quality } = mergeReports(
      rateReport({
        requests: [
          requestRow({ from: "web", to: "cart", service: "cart", perSecond: Number.NaN }),
          requestRow({ from: "web", to: "cart", service: "cart", responseCode: "abc", perSecond: 1 }),
          { ...requestRow({ from: "web", to: "", perSecond: 1 }), destinationServiceName: "InboundPassthroughCluster" },
        ],
        tcp: [tcpRow({ from: "web", to: "db", service: "db", perSecond: -3 })],
      }),
    );
    expect(quality).toEqual([
      {
        problem: "bad-value",
        rows: 2,
        examples: [
          "shop/web → cart.shop.svc.cluster.local → shop/cart: NaN",
          "shop/web → db.shop.svc.cluster.local → shop/db: -3",
        ],
      },
      { problem: "absurd-code", rows: 1, examples: ["abc: shop/web → cart.shop.svc.cluster.local → shop/cart"] },
      { problem: "nameless-target", rows: 1, examples: ["shop/web → ? → ?/?"] },
    ]);
  });

  it("are drawn with their code as it came, and with ? where it is missing: neither says that a call failed", () => {
    const row = { from: "web", to: "cart", service: "cart", perSecond: 1 };
    const requestRows = ["abc", "5xx", "99999", "-1", "", "unknown"].map((responseCode) =>
      requestRow({ ...row, responseCode }),
    );
    const { table } = mergeReports(rateReport({ requests: requestRows }));
    const { edges } = buildGraph(
      { edges: table, mesh: meshNodes(), windowSeconds: 300 },
      { ...DEFAULT_GRAPH_OPTIONS, serviceNodes: false },
    );
    expect(edges).toMatchObject([{ requestsPerSecond: 6, errorsPerSecond: 0 }]);
    expect(table.responses.code.map((code) => table.strings[code])).toEqual(["abc", "5xx", "99999", "-1", "?"]);
  });
});

describe("names that hold the separator of our keys", () => {
  it("do not make one edge of two", () => {
    const labelled = edgeLabels({ from: "web", to: "cart", service: "cart" });
    const left = { ...labelled, sourceWorkload: "a\u0000b", sourceApp: "c" };
    const right = { ...labelled, sourceWorkload: "a", sourceApp: "b\u0000c" };
    expect(edgeKey(left, "http")).not.toBe(edgeKey(right, "http"));
    const rows = [left, right].map((edge) => ({
      ...requestRow({ from: "web", to: "cart", service: "cart", perSecond: 1 }),
      ...edge,
    }));
    expect(mergeReports(rateReport({ requests: rows })).table.edges.source).toHaveLength(2);
  });

  it("never share a key, whatever they are", () => {
    const part = fc.constantFrom("", "a", "\u0000", "a\u0000", "\u0000a", '"', "[");
    const edge = fc.record({
      ...Object.fromEntries(Object.keys(edgeLabels({ from: "a", to: "b" })).map((name) => [name, part])),
    });
    fc.assert(
      fc.property(edge, edge, (left, right) => {
        const same = JSON.stringify(left) === JSON.stringify(right);
        const keys = [left, right].map((record) => edgeKey({ ...edgeLabels({ from: "", to: "" }), ...record }, "http"));
        expect(keys[0] === keys[1]).toBe(same);
      }),
      { seed: 23, numRuns: 500 },
    );
  });
});
