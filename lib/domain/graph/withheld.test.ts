import { describe, expect, it } from "vitest";
import { cutEdgeTable } from "#lib/domain/access/cutEdgeTable.ts";
import { drawGraph } from "#test/builders/drawGraph.ts";
import { nodeOf, tableOf, type World } from "#test/builders/graphWorld.ts";
import { meshNodes, serviceNode, workloadNode } from "#test/builders/mesh.ts";
import { requestRow } from "#test/builders/reports.ts";
import { buildGraph, DEFAULT_GRAPH_OPTIONS, type GraphOptions } from "./buildGraph.ts";
import { explainEdge } from "./explain/explainEdge.ts";
import { explainMissing } from "./explain/explainMissing.ts";
import { explainNode } from "./explain/explainNode.ts";
import type { Graph } from "./graph.ts";
import { groupGraph } from "./group.ts";

const mesh = meshNodes({ workloads: [workloadNode({ name: "web" }), workloadNode({ name: "cart" })] });

/** What somebody sees who may only see "shop". */
function seen(world: World, options: Partial<GraphOptions> = {}): Graph {
  const { table } = cutEdgeTable(tableOf(world), (_, namespace) => namespace === "shop");
  const own = world.mesh ?? mesh;
  return buildGraph({ edges: table, mesh: own, windowSeconds: 300 }, { ...DEFAULT_GRAPH_OPTIONS, ...options });
}

const outbound = requestRow({ from: "web", to: "ledger-v1@bank", service: "ledger", perSecond: 10 });
const inbound = requestRow({ from: "audit@bank", to: "cart", service: "cart", perSecond: 3 });
const unknown = requestRow({ from: "", to: "cart", service: "cart", perSecond: 1 });
const HOST = "[ledger.bank.svc.cluster.local]";

describe("what the viewer may not see", () => {
  const graph = seen({ requests: [outbound, inbound, unknown] });

  it("is drawn as one caller, apart from those that nobody knows, and as the host that is called", () => {
    expect(drawGraph(graph)).toEqual([
      "<inaccessible> -> [cart] 3 rps",
      "<unknown> -> [cart] 1 rps",
      "[cart] -> cart 4 rps",
      `web -> ${HOST} 10 rps`,
    ]);
    expect(nodeOf(graph, "<inaccessible>")).toMatchObject({ id: "inaccessible/callers", flags: ["inaccessible"] });
    expect(nodeOf(graph, HOST)).toMatchObject({
      type: "service",
      namespace: "",
      hosts: ["ledger.bank.svc.cluster.local"],
    });
    expect(nodeOf(graph, HOST).flags).toEqual(["inaccessible"]);
  });

  it("is drawn so in every kind of graph", () => {
    for (const graphType of ["app", "versionedApp", "service"] as const) {
      const drawn = drawGraph(seen({ requests: [outbound, inbound] }, { graphType }));
      expect(drawn).toContain("<inaccessible> -> [cart] 3 rps");
      expect(drawn.some((line) => line.endsWith(`-> ${HOST} 10 rps`))).toBe(true);
    }
  });

  it("is another node where it is called without a host, so that no way leads through it", () => {
    const direct = requestRow({ from: "web", to: "ledger-v1@bank", perSecond: 2 });
    const both = seen({ requests: [direct, inbound] }, { serviceNodes: false });
    expect(drawGraph(both)).toEqual(["<inaccessible> -> cart 3 rps", "web -> <inaccessible> 2 rps"]);
    expect(both.nodes.map(({ id }) => id)).toEqual(
      expect.arrayContaining(["inaccessible/callers", "inaccessible/called"]),
    );
  });

  it("is not taken for a gateway of the service that was called", () => {
    const gateway = workloadNode({ name: "gate", role: "ingressGateway" });
    const services = [serviceNode({ name: "door", workloads: ["gate"] })];
    const row = requestRow({ from: "web", to: "ledger-v1@bank", service: "door@shop", perSecond: 2 });
    const drawn = drawGraph(seen({ requests: [row], mesh: meshNodes({ workloads: [gateway], services }) }));
    expect(drawn).toEqual(["[door] -> <inaccessible> 2 rps", "web -> [door] 2 rps"]);
  });

  it("is explained by what the viewer may not do, without guesses", () => {
    const caller = explainNode(nodeOf(graph, "<inaccessible>"), graph, mesh);
    expect(caller).toHaveLength(1);
    expect(caller[0]).toMatchObject({ kind: "inaccessible", summary: expect.stringContaining("may not see") });
    const called = explainNode(nodeOf(graph, HOST), graph, mesh);
    expect(called.map(({ kind }) => kind)).toEqual(["inaccessible"]);
    expect(called[0]?.remedies.join()).toContain("administrator");
    const edge = graph.edges.find(({ target }) => target === nodeOf(graph, HOST).id);
    expect(edge && explainEdge(edge, graph, mesh)).toEqual([]);
  });

  it("is not said to be without calls to what it may well call", () => {
    const [caller, called] = [nodeOf(graph, "<inaccessible>"), nodeOf(graph, HOST)];
    expect(explainMissing(caller, called, graph, mesh)?.causes).toEqual([expect.stringContaining("may not see")]);
    expect(explainMissing(caller, nodeOf(graph, "[cart]"), graph, mesh)).toBeUndefined();
  });

  it("is in no cluster, and makes no second one of a mesh of one", () => {
    const { groups } = groupGraph(graph);
    expect([...groups.values()].map(({ level }) => level)).not.toContain("cluster");
  });

  it("is not said to be gone where its kind may not be listed", () => {
    const one = { cluster: "primary", name: "shop", mode: "sidecar" as const };
    const listed = meshNodes({ workloads: [workloadNode({ name: "web" })], namespaces: [one] });
    const flags = (own: typeof listed) =>
      nodeOf(seen({ requests: [inbound], mesh: own }, { serviceNodes: false }), "cart").flags;
    expect(flags(listed)).toContain("dead");
    expect(flags({ ...listed, namespaces: [{ ...one, unlisted: ["workloads"] }] })).not.toContain("dead");
  });
});
