import { describe, expect, it } from "vitest";
import { drawNode } from "#test/builders/drawGraph.ts";
import { graphOf, nodeOf, type World } from "#test/builders/graphWorld.ts";
import { meshNodes, serviceNode, workloadNode } from "#test/builders/mesh.ts";
import { requestRow, tcpRow } from "#test/builders/reports.ts";
import { GRAPH_TYPES } from "../graph.ts";

const passthrough = { from: "web", to: "", service: "PassthroughCluster", reporter: "source" } as const;
const shop: World = {
  requests: [
    requestRow({ from: "", to: "web", service: "web", perSecond: 4 }),
    requestRow({ from: "web", to: "pay-v1@pay", service: "pay", perSecond: 1 }),
    requestRow({ ...passthrough, perSecond: 1 }),
  ],
};
const flagsOf = (world: World, name: string, namespaces: readonly string[] = []) =>
  nodeOf(graphOf(world, { namespaces: new Set(namespaces) }), name).flags;

describe("outside", () => {
  it("marks what lies in other namespaces than the chosen ones", () => {
    expect(flagsOf(shop, "pay-v1@pay", ["shop"])).toEqual(["outside"]);
    expect(flagsOf(shop, "web", ["shop"])).not.toContain("outside");
  });

  it("marks nothing while every namespace is chosen, nor what lies in none", () => {
    expect(flagsOf(shop, "pay-v1@pay")).toEqual([]);
    for (const name of ["<unknown>", "<PassthroughCluster>"])
      expect(flagsOf(shop, name, ["shop"])).not.toContain("outside");
  });
});

describe("inaccessible", () => {
  const mesh = meshNodes({ workloads: [workloadNode({ name: "web" })] });

  it("marks what telemetry names in a namespace that cannot be read, and keeps its hosts back", () => {
    const graph = graphOf({ ...shop, mesh }, { serviceNodes: true });
    expect(nodeOf(graph, "pay-v1@pay").flags).toEqual(["inaccessible"]);
    expect(nodeOf(graph, "[pay@pay]")).toMatchObject({ flags: ["inaccessible"] });
    expect(nodeOf(graph, "[pay@pay]")).not.toHaveProperty("hosts");
    expect(nodeOf(graph, "[web]").hosts).toEqual(["web.shop.svc.cluster.local"]);
  });

  it("marks nothing in a cluster that is not read at all", () => {
    const elsewhere = meshNodes({ workloads: [workloadNode({ name: "web", cluster: "west" })] });
    expect(flagsOf({ ...shop, mesh: elsewhere }, "pay-v1@pay")).toEqual([]);
    expect(flagsOf(shop, "pay-v1@pay")).toEqual([]);
  });

  it("never marks what lies outside every namespace", () => {
    for (const name of ["<unknown>", "<PassthroughCluster>"])
      expect(flagsOf({ ...shop, mesh }, name)).not.toContain("inaccessible");
  });
});

describe("what carried nothing in the window", () => {
  const world: World = {
    requests: [requestRow({ from: "web", to: "old-v1", service: "old", perSecond: 0 })],
    tcp: [tcpRow({ from: "web", to: "db", service: "db", perSecond: 0 })],
  };

  it("is not drawn, with the nodes that only it led to", () => {
    expect(graphOf(world).nodes).toEqual([]);
  });

  it.each(GRAPH_TYPES)(
    "comes back as idle in the %s graph where configuration knows it, and only there",
    (graphType) => {
      const mesh = meshNodes({
        workloads: [workloadNode({ name: "web" })],
        services: [serviceNode({ name: "web", workloads: ["web"] })],
      });
      const graph = graphOf({ ...world, mesh }, { graphType, idleNodes: true, serviceNodes: true });
      expect(graph.nodes.every(({ flags }) => flags.includes("idle"))).toBe(true);
      expect(graph.nodes.map(({ label }) => label)).toEqual(graphType === "service" ? ["web"] : ["web", "web"]);
    },
  );
});

describe("dead", () => {
  const mesh = meshNodes({ workloads: [workloadNode({ name: "web" })], services: [serviceNode({ name: "web" })] });

  it.each(["workload", "app", "versionedApp"] as const)(
    "marks a workload that is gone, in the %s graph",
    (graphType) => {
      const requests = [requestRow({ from: "web", to: "gone-v1", service: "web", perSecond: 1 })];
      const dead = graphOf({ requests, mesh }, { graphType }).nodes.filter(({ flags }) => flags.includes("dead"));
      expect(dead.map(({ app }) => app)).toEqual(["gone"]);
    },
  );

  it("marks a Service that is gone, but no host that was never one", () => {
    const to = (service: string) => requestRow({ from: "web", to: "", service, reporter: "source", perSecond: 1 });
    const graph = graphOf({ requests: [to("gone"), to("api.example"), to("web")], mesh });
    expect(graph.nodes.filter(({ flags }) => flags.includes("dead")).map(drawNode)).toEqual(["[gone]"]);
  });
});
