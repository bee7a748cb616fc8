/**
 * Bookinfo, the mesh's "hello world": one page made of three services, reviews in three versions.
 *
 *   ingress ─▶ productpage ─┬▶ details
 *                           └▶ reviews v1 60 %
 *                                      v2 30 % ─┬▶ ratings v1
 *                                      v3 10 % ─┴▶ ratings v2 ─▶ mongodb (TCP)
 */
import { steadyLoad, userLoad } from "../loadCurve.ts";
import {
  destinationRule,
  INJECTED,
  ISTIO_SECURITY,
  namespace,
  object,
  service,
  split,
  virtualService,
  workload,
} from "../objects.ts";
import { call, type World } from "../world.ts";
import { INGRESS, MAIN_GATEWAY, visit } from "./system.ts";

const NS = "bookinfo";

export function bookinfoWorld(seed: number): World {
  const ratings = call("http", "ratings", NS, 9080, { path: "/ratings/0", responseBytes: 480 });
  return {
    objects: [
      namespace(NS, INJECTED),
      workload(NS, "productpage-v1", { replicas: 2, port: 9080, serviceAccount: "bookinfo-productpage" }),
      workload(NS, "details-v1", { port: 9080, serviceAccount: "bookinfo-details" }),
      ...["v1", "v2", "v3"].map((version) =>
        workload(NS, `reviews-${version}`, { port: 9080, serviceAccount: "bookinfo-reviews" }),
      ),
      ...["v1", "v2"].map((version) =>
        workload(NS, `ratings-${version}`, { port: 9080, serviceAccount: "bookinfo-ratings" }),
      ),
      workload(NS, "mongodb-v1", { kind: "StatefulSet", port: 27017, serviceAccount: "bookinfo-mongodb" }),
      ...["productpage", "details", "reviews", "ratings"].map((name) => service(NS, name, 9080)),
      service(NS, "mongodb", 27017, { portName: "tcp-mongo" }),
      virtualService(NS, "bookinfo", {
        hosts: ["bookinfo.demo.example"],
        gateways: [MAIN_GATEWAY],
        http: [{ route: [{ destination: { host: "productpage", port: { number: 9080 } } }] }],
      }),
      virtualService(NS, "reviews", {
        hosts: ["reviews"],
        http: [
          { match: [{ headers: { "end-user": { exact: "jason" } } }], ...split("reviews", { v2: 100 }) },
          split("reviews", { v1: 60, v2: 30, v3: 10 }),
        ],
      }),
      // v4 was planned and never deployed: the subset matches no pod.
      destinationRule(NS, "reviews", ["v1", "v2", "v3", "v4"]),
      destinationRule(NS, "ratings", ["v1", "v2"]),
      virtualService(NS, "ratings", { hosts: ["ratings"], http: [split("ratings", { v1: 70, v2: 30 })] }),
      object(ISTIO_SECURITY, "AuthorizationPolicy", NS, "ratings-viewer", {
        selector: { matchLabels: { app: "ratings" } },
        action: "ALLOW",
        rules: [{ from: [{ source: { principals: ["cluster.local/ns/bookinfo/sa/bookinfo-reviews"] } }] }],
      }),
      // The label was renamed with the app; the policy protects nothing.
      object(ISTIO_SECURITY, "AuthorizationPolicy", NS, "deny-old-reviews", {
        selector: { matchLabels: { app: "reviews-legacy" } },
        action: "DENY",
        rules: [{}],
      }),
    ],
    programs: {
      [`${NS}/productpage-v1`]: {
        milliseconds: 9,
        failures: { "404": 0.012 },
        calls: [
          call("http", "details", NS, 9080, { path: "/details/0", responseBytes: 690 }),
          call("http", "reviews", NS, 9080, { path: "/reviews/0", optional: true, responseBytes: 1400 }),
        ],
      },
      [`${NS}/details-v1`]: { milliseconds: 4, calls: [] },
      [`${NS}/reviews-v1`]: { milliseconds: 8, calls: [] },
      [`${NS}/reviews-v2`]: { milliseconds: 9, calls: [ratings] },
      [`${NS}/reviews-v3`]: { milliseconds: 11, calls: [ratings], brokenShare: 0.004 },
      [`${NS}/ratings-v1`]: { milliseconds: 3, calls: [] },
      [`${NS}/ratings-v2`]: {
        milliseconds: 4,
        calls: [call("tcp", "mongodb", NS, 27017, { requestBytes: 180, responseBytes: 950 })],
      },
      [`${NS}/mongodb-v1`]: { milliseconds: 1, calls: [] },
    },
    roots: [
      {
        name: "bookinfo readers",
        load: userLoad(38, seed, "bookinfo"),
        from: INGRESS,
        calls: [visit("bookinfo.demo.example", "/productpage", { responseBytes: 5200 })],
      },
      {
        name: "bookinfo reader jason",
        load: userLoad(1.5, seed, "jason"),
        from: INGRESS,
        calls: [visit("bookinfo.demo.example", "/productpage", { responseBytes: 5300 })],
        headers: { "end-user": "jason" },
      },
      // Something outside the mesh looks whether the page is up: its calls arrive without a proxy.
      {
        name: "uptime probe",
        load: steadyLoad(0.4, seed, "probe"),
        calls: [call("http", "productpage", NS, 9080, { path: "/productpage" })],
      },
    ],
    pastChanges: [],
  };
}
