/**
 * A second cluster, "west", on a network of its own: half of the cars, and the fleet behind them. A Service of one name
 * and namespace is one Service to both clusters, so travels' calls are shared by the pods of either.
 *
 *   primary │ travels ─┬▶ cars                     discounts
 *   ────────┼──────────┼─────────────────────────────▲──────
 *   west    │          └▶ cars ─┬▶ fleet (gRPC, TCP) │
 *           │                   └────────────────────┘
 *
 * The gateway between the networks passes TLS through, and the demo leaves it out.
 */
import { INJECTED, namespace, peerAuthentication, service, workload } from "../objects.ts";
import { call, type World } from "../world.ts";
import { SYSTEM } from "./system.ts";

const WEST = "west";
const NS = "travel-agency";
/** What the injector writes into pods of this network. The pods' names differ from the primary's because of it. */
const NETWORK = { "topology.istio.io/network": WEST };

export function westWorld(): World {
  return {
    objects: [],
    elsewhere: {
      [WEST]: [
        namespace(SYSTEM, { "istio-injection": "disabled", ...NETWORK }),
        workload(SYSTEM, "istiod", {
          image: "docker.io/istio/pilot:1.28.1",
          labels: { "istio.io/rev": "default", ...NETWORK },
        }),
        service(SYSTEM, "istiod", 15012, { portName: "grpc-xds" }),
        namespace(NS, INJECTED),
        peerAuthentication(NS, "default", "STRICT"),
        workload(NS, "cars-v1", { labels: NETWORK }),
        service(NS, "cars", 8000),
        workload(NS, "fleet-v1", { labels: NETWORK }),
        service(NS, "fleet", 9000, { portName: "grpc", morePorts: { "tcp-positions": 9100 } }),
        // Its pods are the primary's.
        service(NS, "discounts", 9000, { portName: "grpc" }),
      ],
    },
    programs: {
      [`${WEST}/${NS}/cars-v1`]: {
        milliseconds: 24,
        refusedShare: 0.02,
        calls: [
          call("grpc", "fleet", NS, 9000, { path: "/fleet.Fleet/Available", perRequest: 0.8 }),
          call("tcp", "fleet", NS, 9100, { perRequest: 0.5, requestBytes: 90, responseBytes: 2600 }),
          call("grpc", "discounts", NS, 9000, { path: "/discounts.Discounts/Quote" }),
        ],
      },
      [`${WEST}/${NS}/fleet-v1`]: { milliseconds: 6, calls: [] },
    },
    roots: [],
    pastChanges: [],
  };
}
