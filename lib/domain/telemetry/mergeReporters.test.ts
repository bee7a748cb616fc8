import { describe, expect, it } from "vitest";
import { rateReport, requestRow, tcpRow } from "#test/builders/reports.ts";
import { edgeKey, repairEdge } from "./edgeKey.ts";
import { edgeRowKeys } from "./edgeRows.ts";
import { REPORTER_BITS } from "./edgeTable.ts";
import { mergeReports } from "./mergeReporters.ts";
import type { RateReport, RequestReport } from "./reports.ts";

const call = { from: "web", to: "cart-v1", service: "cart" };

/** "code flags" → requests a second, over all edges. */
function results(report: RateReport): Record<string, number> {
  const { strings, responses } = mergeReports(report).table;
  return Object.fromEntries(
    responses.edge.map((_, row) => [
      `${strings[responses.code[row] ?? 0]} ${strings[responses.flags[row] ?? 0]}`,
      responses.perSecond[row] ?? 0,
    ]),
  );
}

function requests(...rows: RequestReport[]): RateReport {
  return rateReport({ requests: rows });
}

describe("requests seen by several reporters", () => {
  it("counts a call that client and server report alike once", () => {
    const report = requests(
      requestRow({ ...call, perSecond: 10 }),
      requestRow({ ...call, reporter: "source", perSecond: 10 }),
    );
    expect(results(report)).toEqual({ "200 -": 10 });
  });

  it("adds what only the client saw: calls that never arrived", () => {
    const report = requests(
      requestRow({ ...call, perSecond: 10 }),
      requestRow({ ...call, reporter: "source", perSecond: 10 }),
      requestRow({ ...call, reporter: "source", responseCode: "503", responseFlags: "UF", perSecond: 2 }),
    );
    expect(results(report)).toEqual({ "200 -": 10, "503 UF": 2 });
  });

  it("keeps the client's result where the two disagree about the same calls", () => {
    // server: 90 ok + 10 cut off by the client; client: 90 ok + 10 timed out. Together 100, not 110.
    const report = requests(
      requestRow({ ...call, perSecond: 90 }),
      requestRow({ ...call, responseCode: "0", responseFlags: "DC", perSecond: 10 }),
      requestRow({ ...call, reporter: "source", perSecond: 90 }),
      requestRow({ ...call, reporter: "source", responseCode: "504", responseFlags: "UT", perSecond: 10 }),
    );
    expect(results(report)).toEqual({ "200 -": 90, "504 UT": 10 });
  });

  it("keeps the server's reason for an answer that the client saw without one", () => {
    // server: its application cut 10 calls off (UC), it refused 5 (UAEX); the client got 10 times 503, 5 times 403.
    const report = requests(
      requestRow({ ...call, responseCode: "503", responseFlags: "UC", perSecond: 10 }),
      requestRow({ ...call, responseCode: "403", responseFlags: "UAEX", perSecond: 5 }),
      requestRow({ ...call, reporter: "source", responseCode: "503", perSecond: 10.1 }),
      requestRow({ ...call, reporter: "source", responseCode: "403", perSecond: 5 }),
    );
    expect(results(report)).toEqual({ "503 UC": 10.1, "403 UAEX": 5 });
  });

  it("keeps the client's reason where the server had none", () => {
    const report = requests(
      requestRow({ ...call, responseCode: "503", perSecond: 10 }),
      requestRow({ ...call, reporter: "source", responseCode: "503", responseFlags: "URX", perSecond: 10 }),
    );
    expect(results(report)).toEqual({ "503 URX": 10 });
  });

  it("keeps what the client cannot account for", () => {
    // server: 10 cut off; client accounts for 4 of them → 6 remain as the server saw them.
    const report = requests(
      requestRow({ ...call, responseCode: "0", responseFlags: "DC", perSecond: 10 }),
      requestRow({ ...call, reporter: "source", responseCode: "504", responseFlags: "UT", perSecond: 4 }),
    );
    expect(results(report)).toEqual({ "- DC": 6, "504 UT": 4 });
  });

  it("takes no more off the server's rows than they hold", () => {
    // server: 4 cut off; client: 10 timed out, 6 of which never arrived.
    const report = requests(
      requestRow({ ...call, responseCode: "0", responseFlags: "DC", perSecond: 4 }),
      requestRow({ ...call, reporter: "source", responseCode: "504", responseFlags: "UT", perSecond: 10 }),
    );
    expect(results(report)).toEqual({ "504 UT": 10 });
  });

  it("counts no fewer calls than any one reporter saw, and none twice", () => {
    // two of three servers are not scraped
    const report = requests(
      requestRow({ ...call, reporter: "source", perSecond: 30 }),
      requestRow({ ...call, reporter: "waypoint", perSecond: 30 }),
      requestRow({ ...call, reporter: "destination", perSecond: 10 }),
    );
    expect(results(report)).toEqual({ "200 -": 30 });
  });

  it("uses the client's report alone when the server runs no proxy", () => {
    expect(results(requests(requestRow({ ...call, reporter: "source", perSecond: 5 })))).toEqual({ "200 -": 5 });
  });

  it("shows the gRPC status of a gRPC call, the HTTP status when a proxy refused it, and no response as itself", () => {
    const grpc = { ...call, protocol: "grpc" };
    const report = requests(
      requestRow({ ...grpc, grpcStatus: "14", perSecond: 1 }),
      requestRow({ ...grpc, responseCode: "503", grpcStatus: "14", responseFlags: "UH", perSecond: 2 }),
      requestRow({ ...grpc, responseCode: "0", responseFlags: "DC", perSecond: 3 }),
    );
    expect(results(report)).toEqual({ "14 -": 1, "503 UH": 2, "- DC": 3 });
  });
});

describe("mutual TLS", () => {
  it("is summed over the server's rows and ignores clients, which cannot tell", () => {
    const { security } = mergeReports(
      requests(
        requestRow({ ...call, perSecond: 6, securityPolicy: "mutual_tls" }),
        requestRow({ ...call, perSecond: 2, securityPolicy: "none" }),
        requestRow({ ...call, reporter: "source", perSecond: 8, securityPolicy: "none" }),
      ),
    ).table;
    expect(security).toMatchObject({ edge: [0], mutualTls: [6], reported: [8] });
  });

  it("is unknown, not plain, when only the client reported", () => {
    expect(
      mergeReports(requests(requestRow({ ...call, reporter: "source", perSecond: 8 }))).table.security.edge,
    ).toEqual([]);
  });
});

describe("TCP", () => {
  const database = { from: "cart-v1", to: "db", service: "db" };

  it("takes the best reporter of an edge whole", () => {
    const { tcp } = mergeReports(
      rateReport({
        tcp: [
          tcpRow({ ...database, reporter: "source", metric: "sentBytes", perSecond: 111 }),
          tcpRow({ ...database, metric: "sentBytes", perSecond: 100 }),
          tcpRow({ ...database, metric: "receivedBytes", perSecond: 40 }),
          tcpRow({ ...database, metric: "connectionsOpened", perSecond: 0.5 }),
        ],
      }),
    ).table;
    expect(tcp).toEqual({
      edge: [0],
      sentBytesPerSecond: [100],
      receivedBytesPerSecond: [40],
      connectionsOpenedPerSecond: [0.5],
    });
  });

  it("takes mutual TLS from the best reporter that can tell", () => {
    const { security } = mergeReports(
      rateReport({
        tcp: [
          tcpRow({ ...database, perSecond: 100, securityPolicy: "unknown" }),
          tcpRow({
            ...database,
            reporter: "source",
            reporterApp: "ztunnel",
            perSecond: 90,
            securityPolicy: "mutual_tls",
          }),
        ],
      }),
    ).table;
    expect(security).toMatchObject({ edge: [0], mutualTls: [90], reported: [90] });
  });

  it("keeps a ztunnel's leg of a call beside the call, told apart by who reported it", () => {
    const { edges } = mergeReports(
      rateReport({
        requests: [requestRow({ ...call, reporter: "waypoint", perSecond: 3 })],
        tcp: [tcpRow({ ...call, reporterApp: "ztunnel", perSecond: 900 })],
      }),
    ).table;
    expect(edges.reporters).toEqual([REPORTER_BITS.waypoint, REPORTER_BITS.ztunnel]);
  });

  it("keeps TCP beside HTTP between the same two workloads when a sidecar reports both", () => {
    const merged = mergeReports(
      rateReport({ requests: [requestRow({ ...call, perSecond: 3 })], tcp: [tcpRow({ ...call, perSecond: 900 })] }),
    );
    expect(merged.table.edges.source).toHaveLength(2);
  });
});

describe("rows that cannot be placed", () => {
  it("are left out and counted, never silently", () => {
    const merged = mergeReports(
      requests(
        requestRow({ ...call, perSecond: 1 }),
        { ...requestRow({ ...call, perSecond: 1 }), sourceWorkload: "unknown", sourceApp: "unknown" },
        {
          ...requestRow({ from: "web", to: "", service: "10.0.0.7:8080", perSecond: 1 }),
          destinationService: "10.0.0.7:8080",
        },
        requestRow({ from: "web", to: "", perSecond: 1 }),
      ),
    );
    expect(merged.table.edges.source).toHaveLength(1);
    expect(merged.quality).toEqual([
      {
        problem: "nameless-source",
        rows: 1,
        examples: ["shop/? → cart.shop.svc.cluster.local → shop/cart-v1"],
      },
      { problem: "nameless-target", rows: 1, examples: ["shop/web → ? → ?/?"] },
      { problem: "bare-address", rows: 1, examples: ["shop/web → 10.0.0.7:8080 → ?/?"] },
    ]);
  });

  it("are bare addresses of either family, and no hosts that look like one", () => {
    const to = (service: string) => ({
      ...requestRow({ from: "web", to: "", service, perSecond: 1, reporter: "source" }),
      destinationService: service,
    });
    const drawn = (service: string) => mergeReports(requests(to(service))).table.edges.source.length === 1;
    expect(["10.0.0.7", "10.0.0.7:80", "fd00::7", "[fd00::7]:80"].filter(drawn)).toEqual([]);
    expect(["cafe:8080", "10.example.com", "example.com:443"].filter(drawn)).toHaveLength(3);
  });

  it("do not include calls from an unknown source, which are a fact", () => {
    expect(results(requests(requestRow({ ...call, from: "", perSecond: 4 })))).toEqual({ "200 -": 4 });
  });
});

describe("edge keys", () => {
  it("come back from the table as they went in", () => {
    const rows = [
      requestRow({ ...call, perSecond: 1 }),
      requestRow({ ...call, from: "", perSecond: 1 }),
      requestRow({ from: "web", to: "", service: "api.example.com", perSecond: 1, reporter: "source" }),
      requestRow({ from: "web", to: "", service: "PassthroughCluster", perSecond: 1, reporter: "source" }),
      requestRow({ from: "web@other", to: "cart-v1", service: "cart", cluster: "west", perSecond: 1 }),
    ];
    const keys = edgeRowKeys(mergeReports(requests(...rows)).table);
    expect([...keys].sort()).toEqual(rows.map((row) => edgeKey(repairEdge(row), "http")).sort());
  });

  it("name no service for a port that none declares: the workload itself was called", () => {
    const row = requestRow({ from: "web", to: "cart-v1", service: "InboundPassthroughCluster", perSecond: 1 });
    const { table } = mergeReports(requests(row));
    expect(table.edges.service).toEqual([0]);
    expect(edgeRowKeys(table)).toEqual([edgeKey(repairEdge(row), "http")]);
  });

  it("assume the caller's cluster where Istio does not name the destination's", () => {
    const row = { ...requestRow({ from: "web", to: "", service: "cart", reporter: "source", perSecond: 1 }) };
    expect(repairEdge(row).destinationCluster).toBe("primary");
  });
});
