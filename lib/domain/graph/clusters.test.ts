import { describe, expect, it } from "vitest";
import { drawGraph } from "#test/builders/drawGraph.ts";
import { graphOf } from "#test/builders/graphWorld.ts";
import { requestRow } from "#test/builders/reports.ts";
import { GRAPH_TYPES } from "./graph.ts";
import { formatNodeId } from "./ids.ts";

const call = { from: "web", to: "cart-v1", service: "cart" };
const across = { ...requestRow({ ...call, perSecond: 2 }), destinationCluster: "west" };

describe("several clusters", () => {
  it.each(GRAPH_TYPES)("keep the same names apart in the %s graph", (graphType) => {
    const requests = [requestRow({ ...call, perSecond: 1 }), requestRow({ ...call, cluster: "west", perSecond: 3 })];
    const graph = graphOf({ requests }, { graphType, serviceNodes: true });
    const inClusters = Object.groupBy(graph.nodes, ({ cluster }) => cluster);
    expect(inClusters["primary"]?.map(({ label }) => label)).toEqual(inClusters["west"]?.map(({ label }) => label));
    expect(graph.edges.every(({ source, target }) => source.split("/")[1] === target.split("/")[1])).toBe(true);
  });

  it("are joined by calls across, which end at the service of the cluster that answered", () => {
    const graph = graphOf({ requests: [across] }, { serviceNodes: true });
    expect(graph.edges.map(({ source, target }) => [source, target])).toEqual([
      ["service/west/shop/cart", "workload/west/shop/cart-v1"],
      ["workload/primary/shop/web", "service/west/shop/cart"],
    ]);
  });

  it("fold a namespace of one name into a box each", () => {
    const collapsed = new Set(
      ["primary", "west"].map((cluster) => formatNodeId({ kind: "box", cluster, namespace: "shop" })),
    );
    const graph = graphOf({ requests: [across] }, { collapsed });
    expect(graph.nodes.map(({ id }) => id)).toEqual(["box/primary/shop", "box/west/shop"]);
    expect(drawGraph(graph)).toEqual(["((shop)) -> ((shop)) 2 rps"]);
  });

  it("take a call whose target cluster nobody knows for the caller's own (istio#29373)", () => {
    const failed = requestRow({
      ...call,
      cluster: "west",
      to: "",
      reporter: "source",
      responseCode: "503",
      responseFlags: "UH",
      perSecond: 1,
    });
    expect(graphOf({ requests: [failed] }).edges.map(({ target }) => target)).toEqual(["service/west/shop/cart"]);
  });

  it("have an unknown caller and a PassthroughCluster each", () => {
    const requests = ["primary", "west"].flatMap((cluster) => [
      requestRow({ ...call, cluster, from: "", perSecond: 1 }),
      requestRow({ ...call, cluster, to: "", service: "PassthroughCluster", reporter: "source", perSecond: 1 }),
    ]);
    const odd = graphOf({ requests }).nodes.filter(({ namespace }) => namespace === "");
    expect(odd.map(({ id }) => id)).toEqual([
      "passthrough/primary",
      "passthrough/west",
      "unknown/primary",
      "unknown/west",
    ]);
  });
});
