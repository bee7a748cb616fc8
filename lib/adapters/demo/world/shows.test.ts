/** Everything the graph must be able to explain is somewhere in the demo mesh: each by its name. */
import { beforeAll, describe, expect, test } from "vitest";
import { buildGraph, DEFAULT_GRAPH_OPTIONS } from "#lib/domain/graph/buildGraph.ts";
import type { Graph, GraphEdge, GraphNode } from "#lib/domain/graph/graph.ts";
import type { MeshNodes } from "#lib/domain/mesh/meshNodes.ts";
import { addDetails } from "#lib/domain/telemetry/addDetails.ts";
import { mergeReports } from "#lib/domain/telemetry/mergeReporters.ts";
import { DETAILS, type RateReport, type RequestReport } from "#lib/domain/telemetry/reports.ts";
import { demoAtRest, demoNodes, demoObject, NOON, never, requestRate } from "#test/builders/demo.ts";

const demo = demoAtRest();
const { mesh } = demo;
let report: RateReport;
let nodes: MeshNodes;
let graph: Graph;

beforeAll(async () => {
  report = await demo.rates(NOON, 300);
  const moment = { atSeconds: NOON, windowSeconds: 300 };
  const details = await mesh.telemetry.readDetails({ ...moment, details: DETAILS }, never);
  const { table: edges } = addDetails(mergeReports(report), details);
  nodes = demoNodes(mesh);
  graph = buildGraph(
    { edges, mesh: nodes, windowSeconds: moment.windowSeconds },
    { ...DEFAULT_GRAPH_OPTIONS, idleNodes: true },
  );
});

function node(id: string): GraphNode {
  const found = graph.nodes.find((item) => item.id === id);
  if (found === undefined) throw new Error(`The graph has no node ${id}`);
  return found;
}

function edgesBetween(source: string, target: string): GraphEdge[] {
  return graph.edges.filter((edge) => edge.source === source && edge.target === target);
}

/** Requests a second of the rows that have all of these values. */
function rate(wanted: Partial<RequestReport>): number {
  return requestRate(report, wanted);
}

describe("the demo mesh shows:", () => {
  test("an unknown source: the uptime probe has no proxy", () => {
    expect(edgesBetween("unknown/primary", "service/primary/bookinfo/productpage")).toHaveLength(1);
  });

  test("PassthroughCluster: notifications calls a host that nobody declared", () => {
    expect(edgesBetween("workload/primary/orders/notifications", "passthrough/primary")).toHaveLength(1);
  });

  test("BlackHoleCluster: travel-portal may call declared hosts only, and viaggi tries another", () => {
    const blocked = { sourceWorkload: "viaggi-v1", destinationServiceName: "BlackHoleCluster", responseCode: "502" };
    expect(rate(blocked)).toBeGreaterThan(0.1);
    expect(edgesBetween("workload/primary/travel-portal/viaggi-v1", "blackhole/primary")).toHaveLength(1);
  });

  test("a call that finds no endpoint: coupons is scaled to nothing", () => {
    expect(rate({ destinationServiceName: "coupons", responseFlags: "UH" })).toBeGreaterThan(0.1);
    expect(node("service/primary/orders/coupons").inbound.httpErrorsPerSecond).toBeGreaterThan(0.1);
  });

  test("client and server disagree: travels gives up on hotels, which sees it hang up", () => {
    const hotels = { sourceWorkload: "travels-v1", destinationWorkload: "hotels-v1" };
    const gaveUp = rate({ ...hotels, reporter: "source", responseCode: "504", responseFlags: "UT" });
    expect(gaveUp).toBeGreaterThan(0.05);
    const hungUp = rate({ ...hotels, reporter: "destination", responseCode: "0", responseFlags: "DC" });
    expect(hungUp).toBeCloseTo(gaveUp, 6);
  });

  test("an egress gateway with an external host: payments charges cards through it", () => {
    const gateway = "workload/primary/istio-system/istio-egressgateway";
    expect(node(gateway).hosts).toContain("api.cardprocessor.example");
    expect(rate({ sourceWorkload: "payments-v1", destinationWorkload: "istio-egressgateway" })).toBeGreaterThan(1);
    expect(graph.edges.filter(({ source }) => source === gateway)).toHaveLength(1);
  });

  test("two ServiceEntries for one host: travel-agency and orders both declare the card processor", () => {
    const declared = nodes.services.filter(({ kind }) => kind === "ServiceEntry");
    const cards = declared.filter(({ hosts }) => hosts.includes("api.cardprocessor.example"));
    expect(cards.map(({ namespace }) => namespace).sort()).toEqual(["orders", "travel-agency"]);
  });

  test("one workload behind two services: inventory is called as warehouse too", () => {
    const inventory = "workload/primary/orders/inventory";
    for (const service of ["inventory", "warehouse"])
      expect(edgesBetween(`service/primary/orders/${service}`, inventory), service).toHaveLength(1);
  });

  test("TCP and gRPC on one edge: cars asks the fleet, and follows its positions", () => {
    const edges = edgesBetween("service/west/travel-agency/fleet", "workload/west/travel-agency/fleet-v1");
    expect(edges.map(({ protocol }) => protocol).sort()).toEqual(["grpc", "tcp"]);
  });

  test("partial mTLS on one edge: inventory is PERMISSIVE, and the batch uploader has no proxy", () => {
    const [edge] = edgesBetween("service/primary/orders/inventory", "workload/primary/orders/inventory");
    expect(edge?.mtlsPercent).toBeGreaterThan(1);
    expect(edge?.mtlsPercent).toBeLessThan(99.9);
  });

  test("a circuit breaker that opens now and then: cars lets two requests wait", () => {
    expect(rate({ destinationServiceName: "cars", responseFlags: "UO" })).toBeGreaterThan(0.05);
    expect(node("service/primary/travel-agency/cars").flags).toContain("hasCircuitBreaker");
  });

  test("an idle service and an idle workload: nobody asks the report archive", () => {
    for (const id of ["service/primary/orders/report-archive", "workload/primary/orders/report-archive"])
      expect(node(id).flags, id).toContain("idle");
  });

  test("a workload out of the mesh: the mainframe adapter is called without a proxy of its own", () => {
    const adapter = node("workload/primary/legacy/mainframe-adapter");
    expect(adapter.flags).toContain("outOfMesh");
    expect(adapter.inbound.httpPerSecond).toBeGreaterThan(1);
  });

  test("tolerated errors: notifications says in an annotation how many 503 are normal", () => {
    const ref = { group: "apps", kind: "Deployment", namespace: "orders", name: "notifications" };
    const annotation = demoObject(mesh, ref).metadata.annotations["health.kiali.io/rate"];
    expect(annotation).toBe("503,2,10,http,inbound");
    // Of all calls of notifications, 0.8 % are refused: below the 2 % that would degrade it.
    const called = rate({ reporter: "source", destinationWorkload: "notifications" });
    const refused = rate({ reporter: "source", destinationWorkload: "notifications", responseCode: "503" });
    expect(refused / called).toBeCloseTo(0.008, 6);
  });

  test("a gRPC stream that stays open: the departures board follows flights", () => {
    const open = graph.edges.filter((edge) => edge.protocol === "grpc" && edge.requestsPerSecond === 0);
    expect(open.map(({ source, target }) => [source, target])).toContainEqual([
      "workload/primary/travel-control/control-v1",
      "service/primary/travel-agency/flights",
    ]);
  });

  test("named operations: orders says what its requests do", async () => {
    const moment = { atSeconds: NOON, windowSeconds: 300 };
    const { operations = [] } = await mesh.telemetry.readDetails({ ...moment, details: ["operations"] }, never);
    expect(new Set(operations.map(({ operation }) => operation))).toEqual(
      new Set(["ListOrders", "PlaceOrder", "ReadStock", "UploadStock"]),
    );
  });

  describe("identities", () => {
    const PRINCIPAL = /^spiffe:\/\/cluster\.local\/ns\/[a-z-]+\/sa\/[a-z-]+$/;
    const secured = () =>
      [...report.requests, ...report.tcp].filter(({ securityPolicy }) => securityPolicy === "mutual_tls");

    test("of both ends wherever mutual TLS is reported: by sidecars, waypoints and ztunnels", () => {
      const rows = secured();
      expect(rows.filter((row) => !PRINCIPAL.test(row.sourcePrincipal))).toEqual([]);
      expect(rows.filter((row) => !PRINCIPAL.test(row.destinationPrincipal))).toEqual([]);
      const reporters = rows.map((row) =>
        "reporterApp" in row && row.reporterApp === "ztunnel" ? "ztunnel" : row.reporter,
      );
      expect(new Set(reporters)).toEqual(new Set(["destination", "waypoint", "ztunnel"]));
    });

    test("of nobody in plain text", () => {
      const plain = [...report.requests, ...report.tcp].filter(({ securityPolicy }) => securityPolicy === "none");
      expect(plain.length).toBeGreaterThan(0);
      for (const { sourcePrincipal, destinationPrincipal } of plain)
        expect([sourcePrincipal, destinationPrincipal]).toEqual(["unknown", "unknown"]);
    });
  });

  describe("two clusters", () => {
    test("with a namespace, a Service and a workload of the same names in both", () => {
      const clustersOf = (items: readonly { cluster: string; namespace?: string; name: string }[], name: string) =>
        items
          .filter((item) => item.name === name && (item.namespace ?? "travel-agency") === "travel-agency")
          .map(({ cluster }) => cluster);
      expect(clustersOf(nodes.namespaces, "travel-agency")).toEqual(["primary", "west"]);
      expect(clustersOf(nodes.services, "cars")).toEqual(["primary", "west"]);
      expect(clustersOf(nodes.workloads, "cars-v1")).toEqual(["primary", "west"]);
    });

    test("whose pods have names of their own", () => {
      const names = mesh.clusters.flatMap((source) =>
        source
          .snapshot()
          .index.list("/Pod")
          .map(({ metadata }) => `${metadata.namespace}/${metadata.name}`),
      );
      expect(new Set(names).size).toBe(names.length);
    });

    test("with calls from each to the other: travels' are shared by the cars of both", () => {
      const cars = { reporter: "destination", sourceCluster: "primary", destinationWorkload: "cars-v1" } as const;
      const here = rate({ ...cars, destinationCluster: "primary" });
      expect(here).toBeGreaterThan(5);
      // 2 % of the calls to west are refused.
      expect(rate({ ...cars, destinationCluster: "west" })).toBeCloseTo(0.98 * here, 6);
      expect(rate({ ...cars, sourceCluster: "west", destinationWorkload: "discounts-v1" })).toBeGreaterThan(5);
    });

    test("and a call that west never answered, of which the client knows neither workload nor cluster", () => {
      const refused = { reporter: "source", sourceWorkload: "travels-v1", responseFlags: "UF" } as const;
      const unknown = { destinationWorkload: "unknown", destinationCluster: "unknown" };
      expect(rate({ ...refused, destinationServiceName: "cars", ...unknown })).toBeGreaterThan(0.05);
      expect(rate({ ...refused, destinationWorkload: "cars-v1" })).toBe(0);
    });
  });
});
