import { describe, expect, it } from "vitest";
import { drawGraph, drawNode } from "#test/builders/drawGraph.ts";
import { graphOf, nodeOf as node, type World } from "#test/builders/graphWorld.ts";
import { meshNodes, serviceNode, workloadNode } from "#test/builders/mesh.ts";
import { requestRow, tcpRow } from "#test/builders/reports.ts";
import { formatNodeId } from "./ids.ts";

// gateway ─▶ web ─▶ cart v1 (75 %) and v2 (25 %, half of it failing) ─▶ db over TCP
const shop: World = {
  requests: [
    requestRow({ from: "gateway@edge", to: "web-v1", service: "web", perSecond: 40 }),
    requestRow({ from: "web-v1", to: "cart-v1", service: "cart", perSecond: 30 }),
    requestRow({ from: "web-v1", to: "cart-v2", service: "cart", perSecond: 5 }),
    requestRow({ from: "web-v1", to: "cart-v2", service: "cart", responseCode: "500", perSecond: 5 }),
  ],
  tcp: [
    tcpRow({ from: "cart-v1", to: "db", service: "db", metric: "sentBytes", perSecond: 600 }),
    tcpRow({ from: "cart-v2", to: "db", service: "db", metric: "receivedBytes", perSecond: 200 }),
  ],
};

describe("graph types", () => {
  it("draws workloads", () => {
    expect(drawGraph(graphOf(shop))).toEqual([
      "cart-v1 -> db 600 B/s",
      "cart-v2 -> db 200 B/s",
      "gateway@edge -> web-v1 40 rps",
      "web-v1 -> cart-v1 30 rps",
      "web-v1 -> cart-v2 10 rps 50% errors",
    ]);
  });

  it("puts services between callers and workloads, each side carrying the same traffic", () => {
    const graph = graphOf({ requests: shop.requests ?? [] }, { serviceNodes: true });
    expect(drawGraph(graph)).toEqual([
      "[cart] -> cart-v1 30 rps",
      "[cart] -> cart-v2 10 rps 50% errors",
      "[web] -> web-v1 40 rps",
      "gateway@edge -> [web] 40 rps",
      "web-v1 -> [cart] 40 rps 12.5% errors",
    ]);
  });

  it("sums the versions of an app", () => {
    expect(drawGraph(graphOf(shop, { graphType: "app" }))).toEqual([
      "(cart) -> (db) 800 B/s",
      "(gateway@edge) -> (web) 40 rps",
      "(web) -> (cart) 40 rps 12.5% errors",
    ]);
  });

  it("keeps versions apart, and falls back to the workload where there is no version", () => {
    expect(drawGraph(graphOf(shop, { graphType: "versionedApp" }))).toEqual([
      "(cart v1) -> db 600 B/s",
      "(cart v2) -> db 200 B/s",
      "(web v1) -> (cart v1) 30 rps",
      "(web v1) -> (cart v2) 10 rps 50% errors",
      "gateway@edge -> (web v1) 40 rps",
    ]);
  });

  it("lifts calls of workloads to their services, and keeps roots that have none", () => {
    expect(drawGraph(graphOf(shop, { graphType: "service" }))).toEqual([
      "[cart] -> [db] 800 B/s",
      "[web] -> [cart] 40 rps 12.5% errors",
      "gateway@edge -> [web] 40 rps",
    ]);
  });

  it("draws the calls of a workload behind two services once, from the busier one", () => {
    const graph = graphOf(
      {
        requests: [
          requestRow({ from: "web", to: "cart-v1", service: "cart-legacy", perSecond: 10 }),
          requestRow({ from: "web", to: "cart-v1", service: "cart", perSecond: 90 }),
          requestRow({ from: "cart-v1", to: "stock-v1", service: "stock", perSecond: 100 }),
        ],
      },
      { graphType: "service" },
    );
    expect(drawGraph(graph)).toEqual([
      "[cart] -> [stock] 100 rps",
      "web -> [cart-legacy] 10 rps",
      "web -> [cart] 90 rps",
    ]);
  });
});

describe("ends that are not workloads", () => {
  it("draws calls without a known source from the unknown node of the cluster", () => {
    const graph = graphOf({ requests: [requestRow({ from: "", to: "web-v1", service: "web", perSecond: 3 })] });
    expect(drawGraph(graph)).toEqual(["<unknown> -> web-v1 3 rps"]);
    expect(node(graph, "<unknown>")).toMatchObject({ id: "unknown/primary", health: "unknown", namespace: "" });
  });

  it("ends calls that reached no workload at their service", () => {
    const failed = { reporter: "source", responseCode: "503", responseFlags: "UH" } as const;
    const graph = graphOf({
      requests: [requestRow({ from: "web", to: "", service: "cart", perSecond: 3, ...failed })],
    });
    expect(drawGraph(graph)).toEqual(["web -> [cart] 3 rps 100% errors"]);
  });

  it("draws PassthroughCluster and BlackHoleCluster as what they are, with the hosts called", () => {
    const passthrough = requestRow({
      from: "web",
      to: "",
      service: "PassthroughCluster",
      perSecond: 2,
      reporter: "source",
    });
    const graph = graphOf({
      requests: [
        { ...passthrough, destinationService: "api.example.com" },
        requestRow({
          from: "web",
          to: "",
          service: "BlackHoleCluster",
          responseCode: "502",
          perSecond: 1,
          reporter: "source",
        }),
      ],
    });
    expect(drawGraph(graph)).toEqual([
      "web -> <BlackHoleCluster> 1 rps 100% errors",
      "web -> <PassthroughCluster> 2 rps",
    ]);
    expect(node(graph, "<PassthroughCluster>").hosts).toEqual(["api.example.com"]);
  });

  it("draws a call past all services straight to the workload where that is known", () => {
    const requests = [
      requestRow({ from: "web", to: "cart-v1", service: "PassthroughCluster", perSecond: 9, reporter: "source" }),
      requestRow({ from: "web", to: "cart-v1", service: "cart", perSecond: 1 }),
      requestRow({ from: "cart-v1", to: "stock-v1", service: "stock", perSecond: 10 }),
    ];
    expect(drawGraph(graphOf({ requests }, { serviceNodes: true }))).toEqual([
      "[cart] -> cart-v1 1 rps",
      "[stock] -> stock-v1 10 rps",
      "cart-v1 -> [stock] 10 rps",
      "web -> [cart] 1 rps",
      "web -> cart-v1 9 rps",
    ]);
    expect(drawGraph(graphOf({ requests }, { graphType: "service" }))).toContain("[cart] -> [stock] 10 rps");
  });

  it("draws services whatever they are called", () => {
    const requests = [requestRow({ from: "web", to: "js-v1", service: "constructor", perSecond: 1 })];
    expect(drawGraph(graphOf({ requests }, { graphType: "service" }))).toEqual(["web -> [constructor] 1 rps"]);
  });

  it("folds the hosts of one ServiceEntry into one node, whichever namespace calls them", () => {
    const outside = { to: "", reporter: "source", perSecond: 1 } as const;
    const graph = graphOf({
      requests: [
        requestRow({ from: "web", service: "a.pay.example", ...outside }),
        requestRow({ from: "web@other", service: "b.pay.example@other", ...outside }),
      ],
      mesh: meshNodes({
        services: [serviceNode({ name: "pay", kind: "ServiceEntry", hosts: ["*.pay.example"], location: "external" })],
      }),
    });
    expect(drawGraph(graph)).toEqual(["web -> {*.pay.example} 1 rps", "web@other -> {*.pay.example} 1 rps"]);
    expect(node(graph, "{*.pay.example}").hosts).toEqual(["*.pay.example", "a.pay.example", "b.pay.example"]);
  });
});

describe("the ServiceEntry of a host", () => {
  const entry = (name: string, ...hosts: string[]) => serviceNode({ name, kind: "ServiceEntry", hosts });
  const targetOf = (service: string, services: ReturnType<typeof serviceNode>[]) => {
    const requests = [requestRow({ from: "web", to: "", service, reporter: "source", perSecond: 1 })];
    return graphOf({ requests, mesh: meshNodes({ services }) }).edges[0]?.target;
  };

  it("is the one that names it, then the one with the longest wildcard", () => {
    const services = [entry("any", "*.example"), entry("pay", "*.pay.example"), entry("exact", "a.pay.example")];
    const hosts = ["a.pay.example", "b.pay.example", "c.example"];
    expect(hosts.map((host) => targetOf(host, services))).toEqual([
      "service/primary/shop/exact",
      "service/primary/shop/pay",
      "service/primary/shop/any",
    ]);
  });

  it("gives way to a Service of that name", () => {
    const services = [serviceNode({ name: "cart" }), entry("everything", "*")];
    expect(targetOf("cart", services)).toBe("service/primary/shop/cart");
  });
});

describe("what configuration adds", () => {
  const mesh = meshNodes({
    workloads: [
      workloadNode({
        name: "gateway",
        namespace: "edge",
        role: "ingressGateway",
        mode: "proxy",
        gatewayHosts: ["shop.example"],
      }),
      workloadNode({ name: "web-v1", desiredReplicas: 3, availableReplicas: 1 }),
      workloadNode({ name: "cart-v1", mode: "none" }),
      workloadNode({ name: "report", desiredReplicas: 1 }),
      workloadNode({ name: "istiod", role: "controlPlane" }),
    ],
    services: [
      serviceNode({ name: "cart", flags: ["hasVirtualService"] }),
      serviceNode({ name: "quiet" }),
      serviceNode({ name: "istiod", workloads: ["istiod"] }),
    ],
  });

  it("knows gateways, replicas, workloads outside the mesh, and routing flags", () => {
    const graph = graphOf({ ...shop, mesh }, { serviceNodes: true });
    expect(node(graph, "gateway@edge")).toMatchObject({
      type: "gateway",
      hosts: ["shop.example"],
      id: "workload/primary/edge/gateway",
    });
    expect(node(graph, "web-v1")).toMatchObject({ replicas: { desired: 3, available: 1 } });
    expect(node(graph, "cart-v1").flags).toContain("outOfMesh");
    expect(node(graph, "[cart]").flags).toEqual(["hasVirtualService"]);
  });

  it("marks what telemetry names and configuration does not", () => {
    expect(node(graphOf({ ...shop, mesh }), "cart-v2").flags).toContain("dead");
    expect(node(graphOf(shop), "cart-v2").flags).not.toContain("dead");
  });

  it("calls nothing missing in namespaces that are not watched, or where no workload can be read", () => {
    const elsewhere = { requests: [requestRow({ from: "web-v1", to: "pay-v1@pay", service: "pay", perSecond: 1 })] };
    expect(node(graphOf({ ...elsewhere, mesh }), "pay-v1@pay").flags).not.toContain("dead");
    const unread = meshNodes({ namespaces: [{ cluster: "primary", name: "pay", mode: "sidecar" }] });
    expect(node(graphOf({ ...elsewhere, mesh: unread }), "pay-v1@pay").flags).not.toContain("dead");
  });

  it("adds idle workloads and services on request, but no control plane", () => {
    const graph = graphOf({ mesh }, { idleNodes: true, serviceNodes: true });
    const idle = graph.nodes.filter(({ flags }) => flags.includes("idle")).map(drawNode);
    expect(idle).toEqual(["[cart]", "[quiet]", "gateway@edge", "cart-v1", "report", "web-v1"]);
  });

  it("adds nothing idle where istiod does not look", () => {
    const namespaces = [{ cluster: "primary", name: "shop", mode: "sidecar", undiscovered: true }] as const;
    const graph = graphOf({ mesh: { ...mesh, namespaces } }, { idleNodes: true, serviceNodes: true });
    expect(graph.nodes.map(drawNode)).toEqual(["gateway@edge"]);
  });

  it("recognises databases and traffic sources by their traffic", () => {
    expect(node(graphOf(shop), "db").flags).toEqual(["database"]);
    expect(node(graphOf(shop), "gateway@edge").flags).toEqual(["trafficSource"]);
    expect(node(graphOf(shop, { graphType: "service" }), "[db]").flags).toEqual([]);
  });
});

describe("health", () => {
  it("fails a workload from 10 % errors on, and says which and how many", () => {
    const graph = graphOf(shop);
    expect(node(graph, "cart-v2")).toMatchObject({
      health: "failing",
      reasons: [{ code: "5XX", percent: 50, direction: "inbound", failingFromPercent: 10 }],
    });
    // 5 of web's 40 calls out fail: 12.5 %
    expect(node(graph, "web-v1")).toMatchObject({
      health: "failing",
      reasons: [{ direction: "outbound", percent: 12.5 }],
    });
    expect(node(graph, "cart-v1").health).toBe("healthy");
  });

  it("counts missing replicas", () => {
    const mesh = meshNodes({
      workloads: [workloadNode({ name: "cart-v1", desiredReplicas: 3, availableReplicas: 2 })],
    });
    expect(node(graphOf({ ...shop, mesh }), "cart-v1")).toMatchObject({
      health: "degraded",
      reasons: [{ kind: "replicas", desired: 3, available: 2 }],
    });
  });

  it("does not call a job between two runs, or machines that nobody registered, scaled to zero", () => {
    const resting = { desiredReplicas: 0, availableReplicas: 0 };
    const healthOf = (kind: string) => {
      const mesh = meshNodes({ workloads: [workloadNode({ name: "report", kind, ...resting })] });
      return node(graphOf({ mesh }, { idleNodes: true }), "report").health;
    };
    expect(["CronJob", "WorkloadGroup", "Deployment"].map(healthOf)).toEqual(["unknown", "unknown", "notReady"]);
  });

  it("judges a service by what it answers, not by what lies behind it", () => {
    const graph = graphOf(shop, { serviceNodes: true });
    expect(node(graph, "[cart]").reasons.map((reason) => reason.kind === "responses" && reason.direction)).toEqual([
      "inbound",
    ]);
  });

  it("judges an edge by what its source or its target tolerates, whichever is stricter", () => {
    // 2 % of the calls end in 404, which the defaults tolerate.
    const requests = [
      requestRow({ from: "web", to: "cart-v1", service: "cart", perSecond: 98 }),
      requestRow({ from: "web", to: "cart-v1", service: "cart", responseCode: "404", perSecond: 2 }),
    ];
    const edgeOf = (name: string, healthRate: string) =>
      graphOf({ requests, mesh: meshNodes({ workloads: [workloadNode({ name, healthRate })] }) }).edges[0];
    expect(edgeOf("web", "404,1,50,http,outbound")).toMatchObject({
      health: "degraded",
      reasons: [{ code: "404", direction: "edge", origin: { kind: "annotation" } }],
    });
    expect(edgeOf("cart-v1", "404,1,2,http,inbound")?.health).toBe("failing");
    // A caller's tolerance of its own callers says nothing of what it calls.
    expect(edgeOf("web", "404,1,50,http,inbound")?.health).toBe("healthy");
    // A lenient target does not excuse the defaults of its caller.
    expect(edgeOf("cart-v1", "404,90,90,http,inbound")?.health).toBe("healthy");
  });

  it("counts the same responses for the error share and the colour of a gRPC edge", () => {
    const row = { from: "web", to: "cart-v1", service: "cart", protocol: "grpc" };
    const { edges } = graphOf({
      requests: [
        requestRow({ ...row, grpcStatus: "0", perSecond: 80 }),
        requestRow({ ...row, responseCode: "404", perSecond: 20 }),
      ],
    });
    expect(edges).toMatchObject([{ errorPercent: 20, health: "failing", reasons: [{ percent: 20 }] }]);
  });

  it("knows nothing of the success of TCP", () => {
    expect(graphOf(shop).edges.filter(({ protocol }) => protocol === "tcp")).toMatchObject([
      { health: "unknown", reasons: [] },
      { health: "unknown", reasons: [] },
    ]);
  });

  it("degrades a workload whose proxies run on old configuration", () => {
    const mesh = meshNodes({ workloads: [workloadNode({ name: "cart-v1", proxies: { synced: 1, total: 3 } })] });
    expect(node(graphOf({ ...shop, mesh }), "cart-v1")).toMatchObject({
      health: "degraded",
      proxies: { synced: 1, total: 3 },
      reasons: [{ kind: "proxies", synced: 1, total: 3 }],
    });
  });

  it("notes an annotation that cannot be read, and goes on without it", () => {
    const mesh = meshNodes({ workloads: [workloadNode({ name: "cart-v1", healthRate: "nonsense" })] });
    expect(node(graphOf({ ...shop, mesh }), "cart-v1")).toMatchObject({
      health: "healthy",
      reasons: [{ kind: "annotation", problem: expect.stringContaining("nonsense") }],
    });
  });

  it("does not turn red for one failed call of a million", () => {
    const requests = [
      requestRow({ from: "web", to: "cart-v1", service: "cart", perSecond: 4_000 }),
      requestRow({ from: "web", to: "cart-v1", service: "cart", responseCode: "503", perSecond: 1 / 300 }),
    ];
    expect(graphOf({ requests }).nodes.map(({ health }) => health)).toEqual(["healthy", "healthy"]);
  });

  it("tolerates 4xx up to 10 %", () => {
    const healthOf = (clientErrors: number) =>
      graphOf({
        requests: [
          requestRow({ from: "web", to: "cart-v1", service: "cart", perSecond: 100 - clientErrors }),
          requestRow({ from: "web", to: "cart-v1", service: "cart", responseCode: "404", perSecond: clientErrors }),
        ],
      }).edges[0]?.health;
    expect([healthOf(9), healthOf(10), healthOf(20)]).toEqual(["healthy", "degraded", "failing"]);
  });
});

describe("namespaces", () => {
  it("keeps calls that touch a chosen namespace, with the callers outside it", () => {
    const graph = graphOf(shop, { namespaces: new Set(["edge"]) });
    expect(drawGraph(graph)).toEqual(["gateway@edge -> web-v1 40 rps"]);
    expect(graph.nodes).toHaveLength(2);
  });

  it("folds a namespace into a box that carries the calls across its border", () => {
    const collapsed = new Set([formatNodeId({ kind: "box", cluster: "primary", namespace: "shop" })]);
    const graph = graphOf(shop, { collapsed });
    expect(drawGraph(graph)).toEqual(["gateway@edge -> ((shop)) 40 rps"]);
    expect(node(graph, "((shop))")).toMatchObject({
      health: "failing",
      members: { workloads: 4, services: 0, unhealthy: 2 },
    });
  });

  it("leaves what lies outside every namespace out of boxes", () => {
    const requests = [requestRow({ from: "", to: "web-v1", service: "web", perSecond: 3 })];
    const collapsed = new Set([formatNodeId({ kind: "box", cluster: "primary", namespace: "" })]);
    expect(drawGraph(graphOf({ requests }, { collapsed }))).toEqual(["<unknown> -> web-v1 3 rps"]);
  });

  it("folds a cluster with its namespaces, folded ones too, and with who calls into it from nowhere", () => {
    const requests = [
      requestRow({ from: "web@front", to: "cart@shop", service: "cart", cluster: "west", perSecond: 2 }),
      requestRow({ from: "", to: "web@front", service: "web", cluster: "west", perSecond: 3 }),
      requestRow({ from: "job@shop", to: "cart@shop", service: "cart", cluster: "east", perSecond: 5 }),
    ];
    const west = formatNodeId({ kind: "clusterBox", cluster: "west" });
    const collapsed = new Set([west, formatNodeId({ kind: "box", cluster: "west", namespace: "shop" })]);
    const graph = graphOf({ requests }, { collapsed });
    expect(graph.nodes.map(({ cluster }) => cluster)).toEqual(["west", "east", "east"]);
    expect(graph.nodes.find(({ id }) => id === west)).toMatchObject({
      type: "box",
      namespace: "",
      label: "west",
      members: { namespaces: 2, workloads: 2, services: 0 },
    });
    expect(graph.edges.map(({ source }) => source)).toEqual(["workload/east/shop/job"]);
  });

  it("merges parallel edges between boxes", () => {
    const requests = [
      requestRow({ from: "a@left", to: "x@right", service: "x", perSecond: 1 }),
      requestRow({ from: "b@left", to: "y@right", service: "y", responseCode: "503", perSecond: 3 }),
    ];
    const box = (namespace: string) => formatNodeId({ kind: "box", cluster: "primary", namespace });
    const graph = graphOf({ requests }, { collapsed: new Set([box("left"), box("right")]) });
    expect(drawGraph(graph)).toEqual(["((left)) -> ((right)) 4 rps 75% errors"]);
    expect(graph.edges[0]).toMatchObject({ health: "failing", reasons: [{ of: "b → y", percent: 100 }] });
  });
});

describe("ztunnels", () => {
  const world = {
    requests: [requestRow({ from: "web", to: "cart-v1", service: "cart", reporter: "waypoint", perSecond: 3 })],
    tcp: [tcpRow({ from: "web", to: "cart-v1", service: "cart", reporterApp: "ztunnel", perSecond: 900 })],
  };

  it("carry calls that a waypoint reports in full, so their connections are not drawn beside them", () => {
    expect(drawGraph(graphOf(world))).toEqual(["web -> cart-v1 3 rps"]);
  });

  it("are drawn when asked for", () => {
    expect(drawGraph(graphOf(world, { tunnelLegs: true }))).toEqual(["web -> cart-v1 3 rps", "web -> cart-v1 900 B/s"]);
  });
});

describe("waypoints", () => {
  it("get no service node before or after them: their legs are transport", () => {
    const mesh = meshNodes({ workloads: [workloadNode({ name: "waypoint", role: "waypoint", mode: "proxy" })] });
    const tcp = [
      tcpRow({ from: "web", to: "waypoint", service: "cart", reporterApp: "ztunnel", perSecond: 10 }),
      tcpRow({ from: "waypoint", to: "cart-v1", service: "cart", reporterApp: "ztunnel", perSecond: 10 }),
    ];
    const graph = graphOf({ tcp, mesh }, { serviceNodes: true });
    expect(drawGraph(graph)).toEqual(["waypoint -> cart-v1 10 B/s", "web -> waypoint 10 B/s"]);
    expect(node(graph, "waypoint").type).toBe("waypoint");
  });
});

describe("mutual TLS of an edge", () => {
  it("is exactly 100 when all of it was, whatever the last digits of the sums", () => {
    const perSecond = [44.853, 2.20218, 0.2823309, 0.1, 0.7];
    for (let count = 1; count <= perSecond.length; count += 1) {
      const requests = perSecond
        .slice(0, count)
        .map((rate, index) => requestRow({ from: "web", to: `cart-v${index}`, service: "cart", perSecond: rate }));
      const graph = graphOf({ requests }, { graphType: "app" });
      expect(graph.edges.map(({ mtlsPercent }) => mtlsPercent)).toEqual(graph.edges.map(() => 100));
    }
  });

  it("is the share of requests over all versions, absent when nobody could tell", () => {
    const row = { from: "web", service: "cart" };
    const graph = graphOf(
      {
        requests: [
          requestRow({ ...row, to: "cart-v1", perSecond: 30 }),
          requestRow({ ...row, to: "cart-v2", perSecond: 10, securityPolicy: "none" }),
          requestRow({ from: "cart-v1", to: "", service: "out.example", reporter: "source", perSecond: 1 }),
        ],
      },
      { graphType: "app" },
    );
    expect(graph.edges.map(({ mtlsPercent }) => mtlsPercent)).toEqual([undefined, 75]);
  });
});

describe("labels", () => {
  it("are those of all that a node stands for, each with all its values", () => {
    const requests = ["cart-v1", "cart-v2"].map((to) => requestRow({ from: "web", to, service: "cart", perSecond: 1 }));
    const mesh = meshNodes({
      workloads: ["v1", "v2"].map((version) =>
        workloadNode({ name: `cart-${version}`, labels: { team: "shop", version } }),
      ),
    });
    const cart = graphOf({ requests, mesh }, { graphType: "app" }).nodes.find(({ app }) => app === "cart");
    expect(cart?.labels).toEqual({ team: ["shop"], version: ["v1", "v2"] });
  });
});
