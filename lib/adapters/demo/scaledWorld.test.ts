import { describe, expect, test } from "vitest";
import { demoAtRest } from "#test/builders/demo.ts";
import { scaledWorld } from "./scaledWorld.ts";

const SCALE = { services: 200, edges: 600, namespaces: 20 };

/** "caller service>called service" of every pair of services in a world's programs. */
function pairs(seed: number): Set<string> {
  const { programs } = scaledWorld(SCALE, seed);
  const found = new Set<string>();
  for (const [workload, { calls }] of Object.entries(programs))
    for (const { host } of calls) found.add(`${workload.replace(/-v\d+$/, "")}>${host}`);
  return found;
}

describe("a synthetic mesh", () => {
  test("has exactly the services, calling pairs and namespaces asked for", () => {
    const { index } = demoAtRest({ scale: SCALE }).mesh.cluster.snapshot();
    expect(index.count("/Service")).toBe(200);
    expect(index.count("/Namespace")).toBe(20);
    expect(pairs(1).size).toBe(600);
  });

  test.each([
    { services: 4, edges: 1, namespaces: 2 },
    { services: 12, edges: 500, namespaces: 3 },
  ])("can be as small as %o", async (scale) => {
    const { mesh, rates } = demoAtRest({ scale });
    expect(mesh.cluster.snapshot().index.count("/Service")).toBe(scale.services);
    expect((await rates()).requests.length).toBeGreaterThan(0);
  });

  test("is the same for the same seed and another for another", () => {
    expect([...pairs(1)]).toEqual([...pairs(1)]);
    expect([...pairs(2)]).not.toEqual([...pairs(1)]);
  });

  test("has namespaces of very uneven size and services that many call", () => {
    const { objects } = scaledWorld(SCALE, 1);
    const services = objects.filter((object) => object.kind === "Service");
    const sizes = [...Map.groupBy(services, (object) => object.metadata.namespace).values()].map(
      (group) => group.length,
    );
    expect(Math.max(...sizes)).toBeGreaterThan(5 * Math.min(...sizes));
    const callers = [...Map.groupBy(pairs(1), (pair) => pair.split(">")[1]).values()].map((group) => group.length);
    expect(Math.max(...callers)).toBeGreaterThan(15);
  });

  test("has cycles, databases, gRPC, failures and workloads without a proxy", async () => {
    const { rates } = demoAtRest({ scale: SCALE });
    const { requests, tcp } = await rates();
    expect(tcp.some((row) => row.reporter === "destination" && row.reporterApp !== "ztunnel")).toBe(true);
    expect(requests.some((row) => row.protocol === "grpc")).toBe(true);
    expect(requests.some((row) => row.responseCode === "503" && row.reporter === "destination")).toBe(true);
    expect(requests.some((row) => row.reporter === "waypoint")).toBe(true);
    const served = new Set(requests.filter((row) => row.reporter !== "source").map((row) => row.destinationWorkload));
    expect(requests.some((row) => row.destinationWorkload !== "unknown" && !served.has(row.destinationWorkload))).toBe(
      true,
    );
    const upwards = [...pairs(1)].filter((pair) => /-svc(-\d+)?>[a-z]+-api/.test(pair));
    expect(upwards.length).toBeGreaterThan(0);
  });
});
