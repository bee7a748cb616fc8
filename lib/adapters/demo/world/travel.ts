/**
 * A travel shop over three namespaces. Its payments have been failing since someone deployed 1.9.0, 20 minutes ago.
 *
 *   ingress ─▶ voyages ─┐ portal         ┌▶ hotels (slow) ─▶ discounts ─▶ mysqldb (TCP)
 *           ─▶ viaggi  ─┴─────▶ travels ─┼▶ cars ──┘ gRPC    ▲
 *                                agency  ├▶ flights ─────────┤ gRPC chain
 *   control ─▶ voyages, viaggi           ├▶ insurances ──────┘
 *      └╌╌ departures ╌╌▶ flights        └▶ payments ─▶ egress gateway ─▶ api.cardprocessor.example
 *
 * Half of the cars are in another cluster (west.ts). viaggi may not call fonts.cdn.example, which nobody declared, and
 * travels waits for hotels no longer than five seconds. The departures are a gRPC stream that stays open. flights and insurances answer each request with several messages.
 */
import { steadyLoad, userLoad } from "../loadCurve.ts";
import {
  destinationRule,
  GATEWAY_API,
  INJECTED,
  ISTIO_NETWORKING,
  namespace,
  object,
  peerAuthentication,
  service,
  virtualService,
  workload,
} from "../objects.ts";
import { call, type World } from "../world.ts";
import { INGRESS, MAIN_GATEWAY, visit } from "./system.ts";

const PORTAL = "travel-portal";
const AGENCY = "travel-agency";
const CONTROL = "travel-control";
const EGRESS_HOST = "istio-egressgateway.istio-system.svc.cluster.local";
const CARDS = "api.cardprocessor.example";

const GOOD_PAYMENTS = "registry.example/travel/payments:1.8.4";
const BAD_PAYMENTS = "registry.example/travel/payments:1.9.0";

function payments(image: string) {
  return workload(AGENCY, "payments-v1", { image, replicas: 2, port: 8000, serviceAccount: "payments" });
}

export function travelWorld(seed: number): World {
  const travels = call("http", "travels", AGENCY, 8000, { path: "/travels", responseBytes: 6100 });
  const discounts = call("grpc", "discounts", AGENCY, 9000, {
    path: "/discounts.Discounts/Quote",
    responseBytes: 210,
    requestBytes: 160,
  });
  const database = (perRequest: number) =>
    call("tcp", "mysqldb", AGENCY, 3306, { perRequest, requestBytes: 240, responseBytes: 2300 });
  const agencyApps = {
    cars: "http",
    hotels: "http",
    flights: "grpc",
    insurances: "grpc",
    travels: "http",
    payments: "http",
  };
  return {
    objects: [
      namespace(PORTAL, INJECTED),
      namespace(AGENCY, INJECTED),
      namespace(CONTROL, INJECTED),
      ...["voyages", "viaggi"].flatMap((name) => [workload(PORTAL, `${name}-v1`), service(PORTAL, name, 8000)]),
      ...["cars", "hotels", "flights", "insurances", "discounts"].map((name) => workload(AGENCY, `${name}-v1`)),
      workload(AGENCY, "travels-v1", { replicas: 3 }),
      payments(BAD_PAYMENTS),
      workload(AGENCY, "mysqldb-v1", { kind: "StatefulSet", port: 3306 }),
      ...Object.entries(agencyApps).map(([name, portName]) => service(AGENCY, name, 8000, { portName })),
      service(AGENCY, "discounts", 9000, { portName: "grpc" }),
      service(AGENCY, "mysqldb", 3306, { portName: "tcp-mysql" }),
      workload(CONTROL, "control-v1"),
      service(CONTROL, "control", 8080),
      ...["voyages", "viaggi"].map((name) =>
        virtualService(PORTAL, name, {
          hosts: [`${name}.demo.example`],
          gateways: [MAIN_GATEWAY],
          http: [{ route: [{ destination: { host: name } }], timeout: "10s" }],
        }),
      ),
      virtualService(CONTROL, "control", {
        hosts: ["travel-control.demo.example"],
        gateways: [MAIN_GATEWAY],
        http: [{ route: [{ destination: { host: "control" } }] }],
      }),
      virtualService(AGENCY, "hotels", {
        hosts: ["hotels"],
        http: [{ route: [{ destination: { host: "hotels" } }], timeout: "5s" }],
      }),
      peerAuthentication(AGENCY, "default", "STRICT"),
      destinationRule(AGENCY, "cars", [], { connectionPool: { http: { http1MaxPendingRequests: 2 } } }),
      destinationRule(AGENCY, "travels", [], {
        outlierDetection: { consecutive5xxErrors: 5, interval: "10s", baseEjectionTime: "30s" },
      }),
      object(GATEWAY_API, "GRPCRoute", AGENCY, "insurances", {
        parentRefs: [{ group: "", kind: "Service", name: "insurances", port: 8000 }],
        rules: [{ backendRefs: [{ name: "insurances", port: 8000 }] }],
      }),
      object(ISTIO_NETWORKING, "ServiceEntry", AGENCY, "card-processor", {
        hosts: [CARDS],
        location: "MESH_EXTERNAL",
        resolution: "DNS",
        ports: [{ number: 80, name: "http", protocol: "HTTP" }],
      }),
      virtualService(AGENCY, "card-processor", {
        hosts: [CARDS],
        gateways: ["mesh", "istio-system/card-egress"],
        http: [
          {
            match: [{ gateways: ["mesh"], port: 80 }],
            route: [{ destination: { host: EGRESS_HOST, port: { number: 80 } } }],
          },
          {
            match: [{ gateways: ["istio-system/card-egress"], port: 80 }],
            route: [{ destination: { host: CARDS, port: { number: 80 } } }],
          },
        ],
      }),
      object(ISTIO_NETWORKING, "Sidecar", PORTAL, "default", {
        egress: [{ hosts: ["./*", `${AGENCY}/*`, "istio-system/*"] }],
        outboundTrafficPolicy: { mode: "REGISTRY_ONLY" },
      }),
    ],
    programs: {
      [`${PORTAL}/voyages-v1`]: { milliseconds: 6, calls: [travels], failures: { "404": 0.006 } },
      [`${PORTAL}/viaggi-v1`]: {
        milliseconds: 6,
        calls: [
          travels,
          { host: "fonts.cdn.example", port: 80, protocol: "http", perRequest: 0.02, path: "/serif", optional: true },
        ],
      },
      [`${CONTROL}/control-v1`]: {
        milliseconds: 14,
        calls: ["voyages", "viaggi"].map((name) =>
          call("http", name, PORTAL, 8000, { path: "/status", optional: true }),
        ),
      },
      [`${AGENCY}/travels-v1`]: {
        milliseconds: 12,
        calls: [
          call("http", "hotels", AGENCY, 8000, { path: "/hotels", perRequest: 0.15, optional: true }),
          call("http", "cars", AGENCY, 8000, { path: "/cars", perRequest: 0.5, optional: true }),
          call("grpc", "flights", AGENCY, 8000, {
            path: "/flights.Flights/Search",
            perRequest: 0.7,
            messages: { sent: 1, received: 12 },
          }),
          call("grpc", "insurances", AGENCY, 8000, {
            path: "/insurances.Insurances/Quote",
            perRequest: 0.4,
            optional: true,
            messages: { sent: 1, received: 4 },
          }),
          call("http", "payments", AGENCY, 8000, { path: "/payments", method: "POST", perRequest: 0.12 }),
          call("http", "points-api", "loyalty", 8080, { path: "/points", perRequest: 0.2, optional: true }),
        ],
      },
      [`${AGENCY}/hotels-v1`]: { milliseconds: 1450, steepness: 2.6, calls: [discounts, database(2)] },
      [`${AGENCY}/cars-v1`]: { milliseconds: 18, calls: [discounts, database(1)] },
      [`${AGENCY}/flights-v1`]: { milliseconds: 22, calls: [discounts, database(1.5)] },
      [`${AGENCY}/insurances-v1`]: { milliseconds: 15, calls: [discounts], failures: { "5": 0.004 } },
      [`${AGENCY}/discounts-v1`]: { milliseconds: 3, calls: [database(0.3)] },
      [`${AGENCY}/payments-v1`]: {
        milliseconds: 35,
        brokenImage: { image: BAD_PAYMENTS, milliseconds: 320, failures: { "500": 0.31, "503": 0.08 } },
        calls: [{ host: CARDS, port: 80, protocol: "http", perRequest: 1, path: "/v1/charges", method: "POST" }],
      },
      [`${AGENCY}/mysqldb-v1`]: { milliseconds: 1, calls: [] },
    },
    roots: [
      {
        name: "voyages visitors",
        load: userLoad(34, seed, "voyages"),
        from: INGRESS,
        calls: [visit("voyages.demo.example")],
      },
      {
        name: "viaggi visitors",
        load: userLoad(21, seed, "viaggi"),
        from: INGRESS,
        calls: [visit("viaggi.demo.example")],
      },
      {
        name: "control room",
        load: steadyLoad(1, seed, "control"),
        from: INGRESS,
        calls: [visit("travel-control.demo.example")],
      },
      {
        name: "departures board",
        load: steadyLoad(2.5, seed, "departures"),
        from: { namespace: CONTROL, workload: "control-v1" },
        calls: [
          call("grpc", "flights", AGENCY, 8000, {
            path: "/flights.Flights/Departures",
            staysOpen: true,
            messages: { sent: 0.1, received: 1 },
          }),
        ],
      },
    ],
    pastChanges: [{ secondsAgo: 20 * 60, manager: "argocd-controller", before: payments(GOOD_PAYMENTS) }],
  };
}
