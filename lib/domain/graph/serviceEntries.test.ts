import { describe, expect, it } from "vitest";
import type { ServiceNode } from "#lib/domain/mesh/meshNodes.ts";
import { drawGraph, drawNode } from "#test/builders/drawGraph.ts";
import { graphOf, nodeOf } from "#test/builders/graphWorld.ts";
import { meshNodes, serviceNode } from "#test/builders/mesh.ts";
import { requestRow } from "#test/builders/reports.ts";
import { canonicalHost, mayUse } from "./serviceEntries.ts";

const entry = (name: string, host: string, more: Partial<ServiceNode> = {}) =>
  serviceNode({ name, kind: "ServiceEntry", hosts: [host], ...more });
const calls = (services: readonly ServiceNode[], ...targets: readonly (readonly [from: string, service: string])[]) => {
  const requests = targets.map(([from, service]) =>
    requestRow({ from, to: "", service, reporter: "source", perSecond: 1 }),
  );
  return graphOf({ requests, mesh: meshNodes({ services }) });
};

describe("hosts", () => {
  it.each([
    ["API.Example.com", "api.example.com"],
    ["api.example.com:443", "api.example.com"],
    ["api.example.com.", "api.example.com"],
    ["[FD00::7]:8080", "[fd00::7]"],
    ["fd00::7", "fd00::7"],
    ["", ""],
  ])("reads %j as %j", (host, canonical) => {
    expect(canonicalHost(host)).toBe(canonical);
  });

  it("are one node whatever their case and port, with or without an entry", () => {
    const written = ["api.example", "API.example", "api.example:8443"] as const;
    const targets = written.map((host) => ["web", host] as const);
    expect(drawGraph(calls([entry("pay", "api.example")], ...targets))).toEqual(["web -> {api.example} 3 rps"]);
    const bare = calls([], ...targets);
    expect(drawGraph(bare)).toEqual(["web -> [api.example] 3 rps"]);
    expect(nodeOf(bare, "[api.example]").hosts).toEqual(["API.example", "api.example", "api.example:8443"]);
  });
});

describe("two entries for one host", () => {
  const twice = [entry("b", "api.example"), entry("a", "api.example", { namespace: "zoo" })];

  it("are one node with the calls of all, whatever order they are listed in", () => {
    for (const services of [twice, [...twice].reverse()]) {
      const graph = calls(services, ["web", "api.example"], ["web@zoo", "api.example"]);
      expect(graph.nodes.filter(({ type }) => type === "serviceEntry").map(({ id }) => id)).toEqual([
        "service/primary/shop/b",
      ]);
      expect(nodeOf(graph, "{api.example}").inbound.httpPerSecond).toBe(2);
    }
  });

  it("are not drawn again as idle", () => {
    const requests = [requestRow({ from: "web", to: "", service: "api.example", reporter: "source", perSecond: 1 })];
    const graph = graphOf({ requests, mesh: meshNodes({ services: twice }) }, { serviceNodes: true, idleNodes: true });
    expect(graph.nodes.map(drawNode)).toEqual(["{api.example}", "web"]);
  });
});

describe("exportTo", () => {
  it.each([
    [undefined, "zoo", true],
    [["*"], "zoo", true],
    [["."], "shop", true],
    [["."], "zoo", false],
    [["zoo", "."], "zoo", true],
    [["~"], "shop", false],
    [["."], "", true],
  ] as const)("%j lets callers of %j in: %s", (exportTo, namespace, allowed) => {
    expect(mayUse(entry("pay", "api.example", exportTo === undefined ? {} : { exportTo }), namespace)).toBe(allowed);
  });

  it("gives an entry only to those it was made for; they prefer it to the one for all", () => {
    const services = [
      entry("all", "api.example"),
      entry("own", "api.example", { namespace: "zoo", exportTo: ["."] }),
      entry("shop-only", "other.example", { exportTo: ["shop"] }),
    ];
    const graph = calls(services, ["web", "api.example"], ["web@zoo", "api.example"], ["web@zoo", "other.example@zoo"]);
    expect(graph.edges.map(({ source, target }) => `${source} ${target}`)).toEqual([
      "workload/primary/shop/web service/primary/shop/all",
      "workload/primary/zoo/web service/primary/zoo/other.example",
      "workload/primary/zoo/web service/primary/zoo/own",
    ]);
  });
});

describe("entries and Services", () => {
  it("an internal entry is called like a Service of its namespace, unless there is one", () => {
    const internal = entry("legacy", "stock.global", { location: "internal" });
    expect(drawGraph(calls([internal], ["web", "stock"]))).toEqual(["web -> {stock.global} 1 rps"]);
    expect(drawGraph(calls([{ ...internal, location: "external" }], ["web", "stock"]))).toEqual([
      "web -> [stock] 1 rps",
    ]);
    expect(drawGraph(calls([internal, serviceNode({ name: "stock" })], ["web", "stock"]))).toEqual([
      "web -> [stock] 1 rps",
    ]);
  });

  it("of one name in one namespace stay two nodes", () => {
    const services = [serviceNode({ name: "pay" }), entry("pay", "api.example", { flags: ["hasVirtualService"] })];
    const graph = calls(services, ["web", "pay"], ["web", "api.example"]);
    expect(drawGraph(graph)).toEqual(["web -> [pay] 1 rps", "web -> {api.example} 1 rps"]);
    expect(nodeOf(graph, "[pay]").flags).toEqual([]);
    expect(nodeOf(graph, "{api.example}").flags).toEqual(["hasVirtualService"]);
  });

  it("that nobody calls are drawn as entries when idle nodes are", () => {
    const mesh = meshNodes({ services: [entry("pay", "api.example")] });
    expect(graphOf({ mesh }, { idleNodes: true, serviceNodes: true }).nodes).toMatchObject([
      { type: "serviceEntry", flags: ["idle"] },
    ]);
  });
});
