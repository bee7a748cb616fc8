/** A canary by the book: nine requests of ten go to v1, one to v2, which answers a little slower and less well. */
import { steadyLoad } from "../loadCurve.ts";
import { destinationRule, INJECTED, namespace, service, split, virtualService, workload } from "../objects.ts";
import { call, type World } from "../world.ts";

const NS = "cello";

function canary(v2: number) {
  return virtualService(NS, "cello-app", { hosts: ["cello-app"], http: [split("cello-app", { v1: 100 - v2, v2 })] });
}

export function celloWorld(seed: number): World {
  return {
    objects: [
      namespace(NS, INJECTED),
      workload(NS, "cello-app-v1", { replicas: 3 }),
      workload(NS, "cello-app-v2"),
      workload(NS, "cello-client"),
      workload(NS, "cello-store"),
      service(NS, "cello-app", 8080),
      service(NS, "cello-client", 8080),
      service(NS, "cello-store", 8080),
      destinationRule(NS, "cello-app", ["v1", "v2"]),
      canary(10),
      // Written for an app that was taken away since.
      virtualService(NS, "cello-preview", {
        hosts: ["cello-preview"],
        http: [{ route: [{ destination: { host: "cello-preview", subset: "next" } }] }],
      }),
    ],
    programs: {
      [`${NS}/cello-client`]: { milliseconds: 2, calls: [] },
      [`${NS}/cello-app-v1`]: { milliseconds: 16, calls: [call("http", "cello-store", NS, 8080, { perRequest: 1.5 })] },
      [`${NS}/cello-app-v2`]: {
        milliseconds: 24,
        failures: { "503": 0.012 },
        calls: [call("http", "cello-store", NS, 8080, { perRequest: 2 })],
      },
      [`${NS}/cello-store`]: { milliseconds: 5, calls: [] },
    },
    roots: [
      {
        name: "cello client",
        load: steadyLoad(24, seed, "cello"),
        from: { namespace: NS, workload: "cello-client" },
        calls: [call("http", "cello-app", NS, 8080, { path: "/play" })],
      },
    ],
    pastChanges: [{ secondsAgo: 26 * 3600, manager: "flagger", before: canary(5) }],
  };
}
