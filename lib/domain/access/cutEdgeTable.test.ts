import { describe, expect, it } from "vitest";
import { workloadCells } from "#lib/domain/telemetry/edgeRows.ts";
import type { EdgeTable } from "#lib/domain/telemetry/edgeTable.ts";
import { buildLatencyTable } from "#lib/domain/telemetry/latency.ts";
import type { RequestReport } from "#lib/domain/telemetry/reports.ts";
import { tableOf, type World } from "#test/builders/graphWorld.ts";
import { edgeLabels, rateReport, requestRow, tcpRow } from "#test/builders/reports.ts";
import { cutEdgeTable } from "./cutEdgeTable.ts";
import { cutLatency } from "./cutLatency.ts";

/** Only namespace "shop" of the only cluster may be seen. */
const shopOnly = (_cluster: string, namespace: string) => namespace === "shop";

function cut(world: World): EdgeTable {
  return cutEdgeTable(tableOf(world), shopOnly).table;
}

/** Each edge as "caller (host) callee rate"; ▒ is what may not be seen, ? what nobody knows. */
function draw(table: EdgeTable): string[] {
  const cells = workloadCells(table);
  const name = (row: number) => (row === table.withheld?.workload ? "▒" : cells[row]?.name || "?");
  return table.edges.source.map((source, edge) => {
    const host = table.strings[table.services.host[table.edges.service[edge] ?? 0] ?? 0];
    const rate = table.responses.perSecond.filter((_, row) => table.responses.edge[row] === edge);
    return `${name(source)} (${host}) ${name(table.edges.target[edge] ?? 0)} ${rate.join("+")}`;
  });
}

const ledger = (version: string, rest: Partial<RequestReport> = {}) =>
  requestRow({ from: "web", to: `ledger-${version}@bank`, service: "ledger", perSecond: 10, ...rest });

describe("a table that is cut", () => {
  it("is the table itself where nothing in it is hidden", () => {
    const table = tableOf({ requests: [requestRow({ from: "web", to: "cart", service: "cart", perSecond: 1 })] });
    expect(cutEdgeTable(table, shopOnly)).toMatchObject({ withheld: false });
    expect(cutEdgeTable(table, shopOnly).table).toBe(table);
  });

  it("has no calls between two hidden ends", () => {
    const requests = [
      requestRow({ from: "ledger@bank", to: "audit@bank", service: "audit", perSecond: 3 }),
      requestRow({ from: "web", to: "cart", service: "cart", perSecond: 1 }),
    ];
    expect(draw(cut({ requests }))).toEqual(["web (cart.shop.svc.cluster.local) cart 1"]);
  });

  it("adds up the versions of a hidden service, so that they cannot be counted", () => {
    const table = cut({ requests: [ledger("v1"), ledger("v2", { perSecond: 5 })] });
    expect(draw(table)).toEqual(["web (ledger.bank.svc.cluster.local) ▒ 15"]);
  });

  it("keeps the host that was called and nothing else of a hidden end", () => {
    const principals = {
      sourcePrincipal: "spiffe://cluster.local/ns/shop/sa/web",
      destinationPrincipal: "spiffe://cluster.local/ns/bank/sa/ledger",
    };
    const table = cut({ requests: [ledger("v1", principals)] });
    expect(table.strings.filter((text) => /bank|ledger/.test(text))).toEqual(["ledger.bank.svc.cluster.local"]);
    expect(table.strings).toContain(principals.sourcePrincipal);
  });

  it("keeps nothing at all of hidden callers, and makes one of them", () => {
    const requests = [
      requestRow({ from: "audit@bank", to: "cart", service: "cart", perSecond: 2 }),
      requestRow({ from: "ledger@bank", to: "cart", service: "cart", perSecond: 3 }),
    ];
    const table = cut({ requests });
    expect(draw(table)).toEqual(["▒ (cart.shop.svc.cluster.local) cart 5"]);
    expect(JSON.stringify(table)).not.toMatch(/bank|audit|ledger/);
  });

  it("does not tell by which hidden host a hidden caller reached a visible workload", () => {
    const requests = [requestRow({ from: "audit@bank", to: "cart", service: "vault@bank", perSecond: 2 })];
    expect(draw(cut({ requests }))).toEqual(["▒ () cart 2"]);
  });

  it("tells hidden callers from those that nobody knows", () => {
    const requests = [
      requestRow({ from: "", to: "cart", service: "cart", perSecond: 1 }),
      requestRow({ from: "audit@bank", to: "cart", service: "cart", perSecond: 2 }),
    ];
    expect(draw(cut({ requests }))).toEqual([
      "? (cart.shop.svc.cluster.local) cart 1",
      "▒ (cart.shop.svc.cluster.local) cart 2",
    ]);
  });

  it("hides an unknown caller's identity of a hidden namespace, and one that names none", () => {
    const from = (sourcePrincipal: string) =>
      requestRow({ from: "", to: "cart", service: "cart", perSecond: 1, sourcePrincipal });
    const table = cut({
      requests: [from("spiffe://cluster.local/ns/bank/sa/x"), from("bank-batch"), from("spiffe://td/ns/shop/sa/y")],
    });
    const { security, strings } = table;
    expect(security.sourcePrincipal.map((index) => strings[index])).toEqual(["", "spiffe://td/ns/shop/sa/y"]);
    expect(security.reported).toEqual([2, 1]);
  });

  it("does not name a host outside the mesh that only hidden callers call", () => {
    const outside = { to: "", service: "api.vendor.example@" };
    const requests = [
      requestRow({ ...outside, from: "ledger@bank", reporter: "source", perSecond: 1 }),
      requestRow({ from: "web", to: "cart", service: "cart", perSecond: 1 }),
    ];
    expect(JSON.stringify(cut({ requests }))).not.toContain("vendor");
  });

  it("leaves out the operations of what is hidden, and keeps those that hidden callers ask for", () => {
    const asked = (from: string, to: string, service: string, operation: string) => ({
      ...edgeLabels({ from, to, service }),
      reporter: "destination" as const,
      protocol: "http",
      operation,
      responseCode: "200",
      grpcStatus: "",
      responseFlags: "-",
      perSecond: 1,
    });
    const table = cut({
      requests: [ledger("v1"), requestRow({ from: "audit@bank", to: "cart", service: "cart", perSecond: 1 })],
      operations: [
        asked("web", "ledger-v1@bank", "ledger", "Transfer"),
        asked("audit@bank", "cart", "cart", "GetCart"),
      ],
    });
    expect(table.operations?.operation.map((index) => table.strings[index])).toEqual(["GetCart"]);
  });

  it("adds up bytes, and joins who reported them", () => {
    const tcp = [
      tcpRow({ from: "web", to: "db-v1@bank", service: "db", perSecond: 100 }),
      tcpRow({ from: "web", to: "db-v2@bank", service: "db", perSecond: 50, reporter: "source" }),
    ];
    const table = cut({ tcp });
    expect(table.tcp.sentBytesPerSecond).toEqual([150]);
    expect(table.edges.reporters).toEqual([1 | 4]);
  });
});

describe("latencies of a table that is cut", () => {
  const rows = { requests: [ledger("v1"), ledger("v2")] };
  const table = tableOf(rows);
  const duration = (version: string, milliseconds: number) => ({
    ...edgeLabels({ from: "web", to: `ledger-${version}@bank`, service: "ledger" }),
    reporter: "destination" as const,
    protocol: "http",
    millisecondsPerSecond: milliseconds,
    countPerSecond: 10,
  });
  const bucket = (version: string, le: number, perSecond: number) => ({
    ...edgeLabels({ from: "web", to: `ledger-${version}@bank`, service: "ledger" }),
    reporter: "destination" as const,
    protocol: "http",
    le,
    perSecond,
  });
  const latencyOf = (buckets: ReturnType<typeof bucket>[]) =>
    buildLatencyTable({ ...rateReport({}), durations: [duration("v1", 100), duration("v2", 300)], buckets }, table);
  const INF = Number.POSITIVE_INFINITY;

  it("add up with their edges", () => {
    const all = [bucket("v1", 10, 4), bucket("v1", INF, 10), bucket("v2", 10, 1), bucket("v2", INF, 10)];
    const latency = cutLatency(latencyOf(all), cutEdgeTable(table, shopOnly));
    expect(latency).toMatchObject({
      edge: [0],
      millisecondsPerSecond: [400],
      countPerSecond: [20],
      buckets: [[5, 20]],
    });
  });

  it("have no histogram where a part of the calls has none", () => {
    const latency = cutLatency(latencyOf([bucket("v1", INF, 10)]), cutEdgeTable(table, shopOnly));
    expect(latency).toMatchObject({ countPerSecond: [20], buckets: [null] });
  });
});
