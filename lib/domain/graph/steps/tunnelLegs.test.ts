import { describe, expect, it } from "vitest";
import { drawGraph } from "#test/builders/drawGraph.ts";
import { edgeOf, graphOf, nodeOf, type World } from "#test/builders/graphWorld.ts";
import { meshNodes, serviceNode, workloadNode } from "#test/builders/mesh.ts";
import { requestRow, tcpRow } from "#test/builders/reports.ts";

const mesh = meshNodes({
  workloads: [
    workloadNode({ name: "waypoint", role: "waypoint", mode: "proxy" }),
    workloadNode({ name: "web", mode: "ambient" }),
    workloadNode({ name: "cart-v1", mode: "ambient" }),
  ],
  services: [serviceNode({ name: "waypoint", workloads: ["waypoint"] }), serviceNode({ name: "cart" })],
});
const ztunnel = { reporterApp: "ztunnel", perSecond: 100 };
const call = requestRow({ from: "web", to: "cart-v1", service: "cart", reporter: "waypoint", perSecond: 3 });

// web ══▶ waypoint ══▶ cart-v1, and the waypoint reports the calls
const ambient: World = {
  mesh,
  requests: [call],
  tcp: [
    tcpRow({ from: "web", to: "waypoint", service: "cart", reporter: "source", ...ztunnel }),
    tcpRow({ from: "waypoint", to: "cart-v1", service: "cart", ...ztunnel }),
    tcpRow({ from: "web", to: "cart-v1", service: "cart", ...ztunnel }),
  ],
};

describe("legs of ztunnels", () => {
  it("are not drawn beside the calls they carry, to the waypoint and from it", () => {
    expect(drawGraph(graphOf(ambient))).toEqual(["web -> cart-v1 3 rps"]);
  });

  it("are drawn when asked for, as reported by ztunnels, and never with a service in between", () => {
    const graph = graphOf(ambient, { tunnelLegs: true, serviceNodes: true });
    expect(drawGraph(graph)).toEqual(
      expect.arrayContaining(["waypoint -> cart-v1 100 B/s", "web -> waypoint 100 B/s"]),
    );
    expect(edgeOf(graph, "web", "waypoint").reporters).toEqual(["ztunnel"]);
  });

  it("are told from their calls by the waypoint's own Service as well, which is not what is called", () => {
    const tcp = [tcpRow({ from: "web", to: "waypoint", service: "waypoint", reporter: "source", ...ztunnel })];
    expect(drawGraph(graphOf({ mesh, requests: [call], tcp }))).toEqual(["web -> cart-v1 3 rps"]);
  });

  it("carry TCP that a waypoint reports as well as requests", () => {
    const tcp = [
      tcpRow({ from: "web", to: "cart-v1", service: "cart", reporter: "waypoint", perSecond: 80 }),
      ...(ambient.tcp ?? []).slice(0, 2),
    ];
    expect(drawGraph(graphOf({ mesh, tcp }))).toEqual(["web -> cart-v1 80 B/s"]);
  });

  it("stay where nothing else tells of the traffic", () => {
    const legs = (ambient.tcp ?? []).slice(0, 2);
    expect(drawGraph(graphOf({ mesh, tcp: legs }))).toEqual(["waypoint -> cart-v1 100 B/s", "web -> waypoint 100 B/s"]);
  });

  it("stay where the calls are another client's, or to another service", () => {
    const other = tcpRow({ from: "admin", to: "waypoint", service: "cart", reporter: "source", ...ztunnel });
    const stock = tcpRow({ from: "web", to: "waypoint", service: "stock", reporter: "source", ...ztunnel });
    expect(drawGraph(graphOf({ mesh, requests: [call], tcp: [other, stock] }))).toEqual([
      "admin -> waypoint 100 B/s",
      "web -> cart-v1 3 rps",
      "web -> waypoint 100 B/s",
    ]);
  });

  it("do not leave a waypoint at work behind as idle", () => {
    const idle = (world: World) =>
      graphOf(world, { idleNodes: true })
        .nodes.filter(({ label }) => label === "waypoint")
        .flatMap(({ flags }) => flags);
    expect(idle(ambient)).toEqual([]);
    expect(idle({ mesh })).toContain("idle");
  });

  it("need no waypoint: two ambient workloads, one of which has a sidecar's reports too", () => {
    const requests = [requestRow({ from: "web", to: "cart-v1", service: "cart", reporter: "source", perSecond: 2 })];
    const graph = graphOf({ mesh, requests, tcp: (ambient.tcp ?? []).slice(2) });
    expect(drawGraph(graph)).toEqual(["web -> cart-v1 2 rps"]);
    expect(nodeOf(graph, "cart-v1").flags).toContain("ambient");
  });
});
