import { expect, it } from "vitest";
import { buildGraph, DEFAULT_GRAPH_OPTIONS } from "#lib/domain/graph/buildGraph.ts";
import { mergeReports } from "#lib/domain/telemetry/mergeReporters.ts";
import { meshNodes } from "#test/builders/mesh.ts";
import { rateReport, requestRow, tcpRow } from "#test/builders/reports.ts";
import { formatGraph, graphSchema } from "./graph.ts";
import { toCsv, toDot } from "./graphExports.ts";

function graphOf(from: string) {
  const requests = [requestRow({ from, to: "cart-v1", service: "cart", perSecond: 4 })];
  const tcp = [tcpRow({ from: "cart-v1", to: "db", service: "db", perSecond: 100 })];
  return buildGraph(
    { edges: mergeReports(rateReport({ requests, tcp })).table, mesh: meshNodes(), windowSeconds: 300 },
    { ...DEFAULT_GRAPH_OPTIONS, serviceNodes: false },
  );
}

it("writes the document that its own schema describes", () => {
  const { body } = formatGraph(
    { graph: graphOf("web"), asOf: 1, windowSeconds: 300, warnings: [], quality: [] },
    "json",
  );
  const document = graphSchema.parse(JSON.parse(JSON.stringify(body)));
  expect(document.edges).toMatchObject([
    { protocol: "tcp", sentBytesPerSecond: 100 },
    {
      protocol: "http",
      requestsPerSecond: 4,
      errorPercent: 0,
      mtlsPercent: 100,
      responses: [{ code: "200", flags: "-", host: "cart.shop.svc.cluster.local", perSecond: 4 }],
    },
  ]);
});

it("leaves what is not known out of the document", () => {
  const { body } = formatGraph(
    { graph: graphOf("web"), asOf: 1, windowSeconds: 300, warnings: [], quality: [] },
    "json",
  );
  expect(JSON.stringify(body)).not.toMatch(/null|"latency"|"replicas"/);
});

it("quotes names for DOT", () => {
  expect(toDot(graphOf('we"b\\'))).toContain('label="we\\"b\\\\"');
  expect(toDot(graphOf("we\0b\r\n"))).toContain('label="we b  "');
});

it("quotes names for CSV, and keeps them from being run as formulas", () => {
  const lines = toCsv(graphOf('=cmd|"x",y')).split("\r\n");
  expect(lines[0]).toMatch(/^source,sourceNamespace,sourceName,target,/);
  expect(lines).toHaveLength(4);
  expect(lines.find((line) => line.includes("%3Dcmd"))).toContain(
    `workload/primary/shop/%3Dcmd%7C%22x%22%2Cy,shop,"'=cmd|""x"",y",workload/primary/shop/cart-v1,shop,cart-v1,http,4,0,`,
  );
});

it("has a CSV cell for every figure of an edge, empty where there is none", () => {
  const throughput = { requestBytesPerSecond: 7, responseBytesPerSecond: 70 };
  const messages = { sentPerSecond: 2, receivedPerSecond: 3 };
  const principals = [{ source: "=a", target: "b", trafficPercent: 100, mtlsPercent: 100 }];
  const latency = { average: 5, p50: 4, p95: 9, p99: 11 };
  const [tcp, http] = graphOf("web").edges;
  if (tcp === undefined || http === undefined || http.protocol === "tcp") throw new Error("no such edges");
  const graph = { ...graphOf("web"), edges: [{ ...http, throughput, messages, principals, latency }, tcp] };
  const [header = "", requests = "", bytes = ""] = toCsv(graph).split("\r\n");
  const cellsOf = (line: string) => {
    const cells = line.split(",");
    return Object.fromEntries(header.split(",").map((name, at) => [name, cells[at]]));
  };
  expect(cellsOf(requests)).toMatchObject({
    p99Milliseconds: "11",
    requestBytesPerSecond: "7",
    messagesReceivedPerSecond: "3",
    connectionsOpenedPerSecond: "",
    principals: "'=a > b 100%",
    reporters: "destination",
  });
  expect(cellsOf(bytes)).toMatchObject({ p99Milliseconds: "", messagesSentPerSecond: "", sentBytesPerSecond: "100" });
});

it("says of every edge how far it is locked, and which calls a circuit breaker refused", () => {
  const call = { from: "web", to: "cart-v1", service: "cart" };
  const requests = [
    requestRow({ ...call, perSecond: 3 }),
    requestRow({ ...call, reporter: "source", perSecond: 3 }),
    requestRow({ ...call, reporter: "source", responseCode: "503", responseFlags: "UO", perSecond: 1 }),
  ];
  const graph = buildGraph(
    { edges: mergeReports(rateReport({ requests })).table, mesh: meshNodes(), windowSeconds: 300 },
    { ...DEFAULT_GRAPH_OPTIONS, serviceNodes: false },
  );
  const { body } = formatGraph({ graph, asOf: 1, windowSeconds: 300, warnings: [], quality: [] }, "json");
  expect(graphSchema.parse(body).edges).toMatchObject([
    { lock: "full", flagsByCode: { "503": { UO: 25 } }, circuitBreakerOpen: true },
  ]);
  expect(toCsv(graph)).toContain("503 UO 25%");
  expect(toDot(graph)).toContain("4 rps, 25% errors, circuit breaker open");
});
