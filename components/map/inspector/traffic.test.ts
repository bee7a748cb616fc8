import { describe, expect, it } from "vitest";
import type { Graph, GraphNode, NodeType, RequestEdge } from "#lib/domain/graph/graph.ts";
import type { Health } from "#lib/domain/health/health.ts";
import { callEdges, lowestMtls, meanLatency, rankConcerns, sumEdges, sumHosts, sumResponses } from "./traffic.ts";

const NONE = {
  httpPerSecond: 0,
  httpErrorsPerSecond: 0,
  grpcPerSecond: 0,
  grpcErrorsPerSecond: 0,
  tcpBytesPerSecond: 0,
};

function node(id: string, type: NodeType = "workload", namespace = "shop", health: Health = "healthy"): GraphNode {
  const reasons = health === "healthy" ? [] : [{ kind: "replicas" as const, health, desired: 2, available: 0 }];
  return {
    id,
    type,
    cluster: "primary",
    namespace,
    label: id,
    health,
    reasons,
    flags: [],
    inbound: NONE,
    outbound: NONE,
  };
}

function edge(
  source: string,
  target: string,
  requests: number,
  errors = 0,
  parts: Partial<RequestEdge> = {},
): RequestEdge {
  const health = errors === 0 ? "healthy" : errors / requests >= 0.1 ? "failing" : "degraded";
  return {
    id: `${source}|${target}|http`,
    source,
    target,
    protocol: "http",
    health,
    reasons: [],
    principals: [],
    reporters: ["destination", "source"],
    requestsPerSecond: requests,
    errorsPerSecond: errors,
    errorPercent: (100 * errors) / requests,
    clientErrorsPerSecond: 0,
    responses: [],
    ...parts,
  };
}

//   web ─10─▶ (cart) ─9─▶ cart-v1 ─20─▶ db (in data)
//                    ─1─▶ cart-v2
const graph: Graph = {
  graphType: "workload",
  nodes: [node("web"), node("cart", "service"), node("cart-v1"), node("cart-v2"), node("db", "workload", "data")],
  edges: [
    edge("web", "cart", 10, 2),
    edge("cart", "cart-v1", 9, 1.5),
    edge("cart", "cart-v2", 1, 0.5),
    edge("cart-v1", "db", 20, 1),
  ],
};

describe("sums over edges", () => {
  it("count each call once, though service nodes pass them on", () => {
    expect(sumEdges(callEdges(graph))).toMatchObject({ requestsPerSecond: 30, errorsPerSecond: 3, errorPercent: 10 });
  });

  it("count every edge of a service graph, where services call each other", () => {
    expect(callEdges({ ...graph, graphType: "service" })).toHaveLength(4);
    const named = graph.nodes.map((each) => (each.id === "cart-v1" ? { ...each, type: "operation" as const } : each));
    expect(callEdges({ ...graph, nodes: named }).map(({ source }) => source)).toEqual(["web"]);
  });

  it("have no error share without requests", () => {
    expect(sumEdges([]).errorPercent).toBeUndefined();
  });
});

it("adds up responses by code and flag, most frequent first", () => {
  const row = (code: string, flags: string, perSecond: number) => ({ code, flags, host: "cart", perSecond });
  const rows = sumResponses([
    edge("a", "c", 8, 1, { responses: [row("200", "-", 6), row("503", "UH", 2)] }),
    edge("b", "c", 2, 1, { responses: [row("503", "UH", 1), row("503", "UF", 1)] }),
  ]);
  expect(rows.map(({ code, flags, percent }) => [code, flags, percent])).toEqual([
    ["200", "-", 60],
    ["503", "UH", 30],
    ["503", "UF", 10],
  ]);
});

it("weighs mean latencies by requests and ignores edges without one", () => {
  const edges = [
    edge("a", "c", 9, 0, { latency: { average: 10 } }),
    edge("b", "c", 1, 0, { latency: { average: 110 } }),
    edge("d", "c", 90),
  ];
  // (9 × 10 + 1 × 110) / 10
  expect(meanLatency(edges)).toBe(20);
  expect(meanLatency([edge("d", "c", 90)])).toBeUndefined();
});

it("takes the lowest mTLS share that is known", () => {
  expect(lowestMtls([edge("a", "b", 1), edge("b", "c", 1, 0, { mtlsPercent: 80 })])).toBe(80);
  expect(lowestMtls([edge("a", "b", 1)])).toBeUndefined();
});

it("ranks missing replicas first, then failing before degraded, each call once", () => {
  const nodes = [...graph.nodes, node("broken", "workload", "shop", "failing")];
  const names = rankConcerns({ ...graph, nodes }).map((concern) =>
    concern.kind === "node" ? concern.node.id : concern.edge.id,
  );
  // web→cart 20 % fails, cart-v1→db 5 % is degraded; what cart passes on is not told again.
  expect(names).toEqual(["broken", "web|cart|http", "cart-v1|db|http"]);
});

it("sums an edge's requests by the host that was asked for, with each host's own errors", () => {
  const response = (host: string, code: string, perSecond: number) => ({ host, code, flags: "-", perSecond });
  const rows = sumHosts(
    edge("web", "cart", 10, 2, {
      responses: [response("cart", "200", 6), response("cart", "503", 2), response("basket", "200", 2)],
    }),
  );
  expect(rows).toEqual([
    { host: "cart", perSecond: 8, percent: 80, errorPercent: 25 },
    { host: "basket", perSecond: 2, percent: 20, errorPercent: 0 },
  ]);
});

it("tells of one version that fails where the service as a whole does well", () => {
  //   web ─▶ (cart) ─▶ cart-v1 healthy
  //                 ─▶ cart-v2 degraded
  const nodes = [node("web"), node("cart", "service"), node("cart-v1"), node("cart-v2")];
  const edges = [
    edge("web", "cart", 100, 0),
    edge("cart", "cart-v1", 90, 0),
    edge("cart", "cart-v2", 10, 1, { health: "degraded" }),
  ];
  const concerns = rankConcerns({ graphType: "workload", nodes, edges });
  expect(concerns.map((concern) => concern.kind === "edge" && concern.edge.id)).toEqual(["cart|cart-v2|http"]);
});
