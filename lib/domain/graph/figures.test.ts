/** Figures of whatever is shown come from sums over all it stands for, never from the first or last series. */
import { describe, expect, it } from "vitest";
import { edgeOf, graphOf, nodeOf, type World } from "#test/builders/graphWorld.ts";
import { edgeLabels, requestRow } from "#test/builders/reports.ts";
import type { RequestEdge } from "./graph.ts";
import { formatNodeId } from "./ids.ts";
import { nodeFigures } from "./nodeFigures.ts";

const LE = [10, 100, 1000, Number.POSITIVE_INFINITY] as const;

type Call = { from: string; to: string; service: string; perSecond: number; ms: number; protocol?: string };

/** Every call of a row takes `ms`, sends 100 bytes and gets 1,000; gRPC has 2 messages out and 5 back a call. */
function worldOf(calls: readonly Call[]): World {
  const rows = calls.map(({ ms, perSecond, ...ends }) => ({
    ...edgeLabels(ends),
    reporter: "destination" as const,
    protocol: ends.protocol ?? "http",
    perSecond,
    ms,
  }));
  return {
    requests: calls.map(({ ms: _ms, ...row }) =>
      requestRow({ ...row, grpcStatus: row.protocol === "grpc" ? "0" : "" }),
    ),
    durations: rows.map((row) => ({
      ...row,
      millisecondsPerSecond: row.perSecond * row.ms,
      countPerSecond: row.perSecond,
    })),
    buckets: rows.flatMap((row) => LE.map((le) => ({ ...row, le, perSecond: row.ms <= le ? row.perSecond : 0 }))),
    throughput: rows.flatMap((row) => [
      { ...row, metric: "requestBytes" as const, perSecond: row.perSecond * 100 },
      { ...row, metric: "responseBytes" as const, perSecond: row.perSecond * 1000 },
    ]),
    messages: rows
      .filter(({ protocol }) => protocol === "grpc")
      .flatMap((row) => [
        { ...row, metric: "sent" as const, perSecond: row.perSecond * 2 },
        { ...row, metric: "received" as const, perSecond: row.perSecond * 5 },
      ]),
  };
}

const cart = { to: "cart-v1", service: "cart" };
// two callers, two versions; 40 calls a second in all
const shop = worldOf([
  { ...cart, from: "web@edge", perSecond: 10, ms: 20 },
  { ...cart, from: "admin@edge", perSecond: 10, ms: 60 },
  { ...cart, from: "web@edge", to: "cart-v2", perSecond: 20, ms: 500 },
]);
const request = (edge: unknown) => edge as RequestEdge;

describe("latency and throughput", () => {
  it("of service to workload are those of all callers", () => {
    // (10 × 20 + 10 × 60) / 20 = 40 ms; half of the calls are in the bucket up to 10..100: p50 at 55
    const edge = request(edgeOf(graphOf(shop, { serviceNodes: true }), "[cart]", "cart-v1"));
    expect(edge.latency).toMatchObject({ average: 40, p50: 55 });
    expect(edge.throughput).toEqual({ requestBytesPerSecond: 2000, responseBytesPerSecond: 20_000 });
  });

  it("of caller to service are those of all versions", () => {
    // (10 × 20 + 20 × 500) / 30 = 340 ms
    const edge = request(edgeOf(graphOf(shop, { serviceNodes: true }), "web@edge", "[cart]"));
    expect(edge.latency).toMatchObject({ average: 340 });
    expect(edge.latency?.p95).toBeGreaterThan(100);
    expect(edge.throughput).toEqual({ requestBytesPerSecond: 3000, responseBytesPerSecond: 30_000 });
  });

  it("of apps are those of all their versions", () => {
    const edge = request(edgeOf(graphOf(shop, { graphType: "app" }), "(web@edge)", "(cart)"));
    expect(edge).toMatchObject({ requestsPerSecond: 30, latency: { average: 340 } });
  });

  it("of services are those of all calls between them", () => {
    const calls = worldOf([
      { from: "gateway@edge", to: "web-v1", service: "web", perSecond: 1, ms: 5 },
      { ...cart, from: "web-v1", perSecond: 10, ms: 20 },
      { ...cart, from: "web-v1", to: "cart-v2", perSecond: 30, ms: 40 },
    ]);
    // (10 × 20 + 30 × 40) / 40 = 35 ms
    expect(request(edgeOf(graphOf(calls, { graphType: "service" }), "[web]", "[cart]"))).toMatchObject({
      requestsPerSecond: 40,
      latency: { average: 35 },
      throughput: { requestBytesPerSecond: 4000 },
    });
  });

  it("of folded namespaces are those of all calls across the border", () => {
    const collapsed = new Set(
      ["edge", "shop"].map((namespace) => formatNodeId({ kind: "box", cluster: "primary", namespace })),
    );
    // (10 × 20 + 10 × 60 + 20 × 500) / 40 = 270 ms
    expect(request(edgeOf(graphOf(shop, { collapsed }), "((edge))", "((shop))"))).toMatchObject({
      requestsPerSecond: 40,
      latency: { average: 270 },
      throughput: { requestBytesPerSecond: 4000, responseBytesPerSecond: 40_000 },
    });
  });

  it("are there for gRPC as for HTTP, with its messages", () => {
    const calls = worldOf([
      { ...cart, from: "web", protocol: "grpc", perSecond: 3, ms: 20 },
      { ...cart, from: "web", to: "cart-v2", protocol: "grpc", perSecond: 1, ms: 20 },
    ]);
    expect(request(edgeOf(graphOf(calls, { graphType: "app" }), "(web)", "(cart)"))).toMatchObject({
      protocol: "grpc",
      latency: { average: 20 },
      throughput: { requestBytesPerSecond: 400, responseBytesPerSecond: 4000 },
      messages: { sentPerSecond: 8, receivedPerSecond: 20 },
    });
  });

  it("of a node are those of all that reaches it, HTTP and gRPC together", () => {
    const calls = worldOf([
      { ...cart, from: "web", perSecond: 10, ms: 20 },
      { ...cart, from: "admin", protocol: "grpc", perSecond: 30, ms: 40 },
    ]);
    const graph = graphOf(calls);
    // (10 × 20 + 30 × 40) / 40 = 35 ms; 30 calls × 2 and × 5 messages
    expect(nodeFigures(graph, nodeOf(graph, "cart-v1").id)).toMatchObject({
      latency: { average: 35 },
      throughput: { requestBytesPerSecond: 4000, responseBytesPerSecond: 40_000 },
      messages: { sentPerSecond: 60, receivedPerSecond: 150 },
    });
    expect(nodeFigures(graph, nodeOf(graph, "web").id)).toEqual({});
    expect(nodeFigures(graph, nodeOf(graph, "web").id, "outbound").latency?.average).toBe(20);
  });

  it("of a node are absent when a part of its calls was not measured, or nothing was", () => {
    const half = { ...shop, durations: shop.durations?.slice(0, 1) ?? [], buckets: [] };
    const graph = graphOf(half);
    expect(nodeFigures(graph, nodeOf(graph, "cart-v1").id)).not.toHaveProperty("latency");
    const bare = graphOf({ requests: shop.requests ?? [] });
    expect(nodeFigures(bare, nodeOf(bare, "cart-v1").id)).toEqual({});
  });
});

describe("mutual TLS", () => {
  const secured = (from: string, to: string, perSecond: number, securityPolicy: string, protocol = "http") =>
    requestRow({
      from,
      to,
      service: "cart",
      perSecond,
      securityPolicy,
      protocol,
      grpcStatus: protocol === "grpc" ? "0" : "",
      sourcePrincipal: securityPolicy === "mutual_tls" ? `spiffe://mesh/${from}` : "",
      destinationPrincipal: securityPolicy === "mutual_tls" ? "spiffe://mesh/cart" : "",
    });
  const requests = [
    secured("web", "cart-v1", 60, "mutual_tls"),
    secured("admin", "cart-v1", 30, "none"),
    secured("web", "cart-v2", 10, "none"),
  ];

  it("of service to workload is the share over all callers, with who they were", () => {
    // 60 of 90
    expect(edgeOf(graphOf({ requests }, { serviceNodes: true }), "[cart]", "cart-v1")).toMatchObject({
      mtlsPercent: 66.6667,
      principals: [
        { source: "spiffe://mesh/web", target: "spiffe://mesh/cart", trafficPercent: 66.6667, mtlsPercent: 100 },
        { source: "", target: "", trafficPercent: 33.3333, mtlsPercent: 0 },
      ],
    });
  });

  it("of caller to app is the share over all versions", () => {
    // 60 of 70
    expect(edgeOf(graphOf({ requests }, { graphType: "app" }), "(web)", "(cart)").mtlsPercent).toBe(85.7143);
  });

  it("of HTTP says nothing of gRPC between the same two", () => {
    const both = [secured("web", "cart-v1", 1, "mutual_tls"), secured("web", "cart-v1", 1, "none", "grpc")];
    const shares = graphOf({ requests: both }).edges.map(({ protocol, mtlsPercent }) => [protocol, mtlsPercent]);
    expect(shares).toEqual([
      ["grpc", 0],
      ["http", 100],
    ]);
  });
});
