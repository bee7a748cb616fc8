/** What never joined the mesh: an adapter that is called and reports nothing, and an uploader whose calls come from "unknown". */
import { steadyLoad } from "../loadCurve.ts";
import { namespace, service, workload } from "../objects.ts";
import { call, type World } from "../world.ts";

const NS = "legacy";

export function legacyWorld(seed: number): World {
  return {
    objects: [
      namespace(NS),
      workload(NS, "mainframe-adapter"),
      service(NS, "mainframe-adapter", 8080),
      workload(NS, "report-feed"),
      service(NS, "report-feed", 8080),
      workload(NS, "batch-uploader"),
    ],
    programs: {
      [`${NS}/mainframe-adapter`]: { milliseconds: 60, failures: { "404": 0.01 }, calls: [] },
      [`${NS}/report-feed`]: { milliseconds: 30, calls: [] },
      [`${NS}/batch-uploader`]: { milliseconds: 1, calls: [] },
    },
    roots: [
      {
        name: "batch uploader",
        load: steadyLoad(1.5, seed, "uploader"),
        from: { namespace: NS, workload: "batch-uploader" },
        calls: [
          call("http", "inventory", "orders", 8080, { path: "/stock/upload", method: "POST", requestBytes: 9000 }),
        ],
      },
    ],
    pastChanges: [],
  };
}
