/**
 * An ambient namespace: no sidecars, ztunnel carries the connections, one waypoint sees the requests.
 *
 *   points-web ═▶ waypoint ═▶ points-api ═▶ waypoint ═▶ tiers
 *                                 └═══════▶ points-db (TCP, no waypoint in the way)
 */
import { steadyLoad } from "../loadCurve.ts";
import {
  AMBIENT,
  GATEWAY_API,
  ISTIO_SECURITY,
  namespace,
  object,
  proxyWorkload,
  service,
  split,
  virtualService,
  workload,
} from "../objects.ts";
import { call, type World } from "../world.ts";

const NS = "loyalty";

export function loyaltyWorld(seed: number): World {
  return {
    objects: [
      namespace(NS, { ...AMBIENT, "istio.io/use-waypoint": "waypoint" }),
      object(
        GATEWAY_API,
        "Gateway",
        NS,
        "waypoint",
        {
          gatewayClassName: "istio-waypoint",
          listeners: [{ name: "mesh", port: 15008, protocol: "HBONE" }],
        },
        {
          labels: { "istio.io/waypoint-for": "service" },
          status: { addresses: [{ type: "IPAddress", value: "10.96.14.20" }] },
        },
      ),
      proxyWorkload(NS, "waypoint", {
        labels: {
          "gateway.networking.k8s.io/gateway-name": "waypoint",
          "gateway.istio.io/managed": "istio.io-mesh-controller",
        },
      }),
      ...["points-web", "points-api", "tiers"].flatMap((name) => [
        workload(NS, name, { replicas: name === "points-api" ? 2 : 1 }),
        service(NS, name, 8080),
      ]),
      workload(NS, "points-db", { kind: "StatefulSet", port: 5432 }),
      service(NS, "points-db", 5432, { portName: "tcp-postgres", labels: { "istio.io/use-waypoint": "none" } }),
      object(GATEWAY_API, "ReferenceGrant", NS, "shop-routes", {
        from: [{ group: "gateway.networking.k8s.io", kind: "HTTPRoute", namespace: "orders" }],
        to: [{ group: "", kind: "Service", name: "points-api" }],
      }),
      object(ISTIO_SECURITY, "AuthorizationPolicy", NS, "tiers-readers", {
        targetRefs: [{ group: "", kind: "Service", name: "tiers" }],
        action: "ALLOW",
        rules: [
          {
            from: [{ source: { principals: ["cluster.local/ns/loyalty/sa/points-api"] } }],
            to: [{ operation: { methods: ["GET"] } }],
          },
        ],
      }),
      // The subset has never been defined: no DestinationRule speaks of tiers-internal.
      virtualService(NS, "tiers-internal", {
        hosts: ["tiers-internal"],
        http: [split("tiers-internal", { gold: 100 })],
      }),
    ],
    programs: {
      [`${NS}/waypoint`]: { milliseconds: 1, calls: [] },
      [`${NS}/points-web`]: { milliseconds: 4, calls: [] },
      [`${NS}/points-api`]: {
        milliseconds: 8,
        calls: [
          call("http", "tiers", NS, 8080, { path: "/tiers", perRequest: 0.6 }),
          call("tcp", "points-db", NS, 5432, { perRequest: 1.2, requestBytes: 200, responseBytes: 1500 }),
        ],
      },
      [`${NS}/tiers`]: { milliseconds: 5, calls: [], failures: { "404": 0.004 } },
      [`${NS}/points-db`]: { milliseconds: 1, calls: [] },
    },
    roots: [
      {
        name: "points page",
        load: steadyLoad(9, seed, "points page"),
        from: { namespace: NS, workload: "points-web" },
        calls: [call("http", "points-api", NS, 8080, { path: "/points" })],
      },
    ],
    pastChanges: [],
  };
}
