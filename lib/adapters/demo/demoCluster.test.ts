import { describe, expect, test } from "vitest";
import { isWriteError } from "#lib/ports.ts";
import { demoAtRest, demoObject, NOON, withSpec } from "#test/builders/demo.ts";

const RATINGS = { group: "apps", kind: "Deployment", namespace: "bookinfo", name: "ratings-v1" };

function configMap(name: string, namespace: string) {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace, labels: {}, annotations: {} } };
}

describe("the demo cluster", () => {
  test("tells listeners and raises its version when an object changes", async () => {
    const { cluster } = demoAtRest().mesh;
    const { version } = cluster.snapshot();
    let calls = 0;
    const stop = cluster.onChange(() => (calls += 1));
    await cluster.apply(configMap("a", "bookinfo"));
    stop();
    await cluster.apply(configMap("b", "bookinfo"));
    expect(calls).toBe(1);
    expect(cluster.snapshot().version).toBe(version + 2);
  });

  test("remembers who changed an object and when", async () => {
    const { mesh, clock } = demoAtRest();
    const stored = await mesh.cluster.apply(configMap("a", "bookinfo"));
    expect(clock.nowSeconds()).toBe(NOON);
    expect(stored.metadata.changes).toEqual([{ manager: "meshscope", time: "2026-11-21T12:00:00Z" }]);
  });

  test.each([
    ["a name no API server takes", configMap("../Etc", "bookinfo"), /is invalid/],
    ["a namespace that does not exist", configMap("a", "nowhere"), /"nowhere" not found/],
  ])("refuses %s", async (_, object, message) => {
    const applied = demoAtRest().mesh.cluster.apply(object);
    await expect(applied).rejects.toThrow(message);
    expect(await applied.catch(isWriteError)).toBe(true);
  });

  test("leaves the status of an object to its controllers", async () => {
    const { mesh } = demoAtRest();
    const { spec, status } = demoObject(mesh, RATINGS);
    const { status: _, ...applied } = withSpec(mesh, RATINGS, spec);
    expect((await mesh.cluster.apply(applied)).status).toEqual(status);
  });

  test("refuses to remove what is not there", async () => {
    const { cluster } = demoAtRest().mesh;
    await expect(cluster.remove({ ...RATINGS, name: "nothing" })).rejects.toThrow(/not found/);
  });

  test("makes Pods and endpoints follow the replicas of a Deployment", async () => {
    const { mesh } = demoAtRest();
    const { index } = mesh.cluster.snapshot();
    const pods = () => index.list("/Pod", "bookinfo").filter((pod) => pod.metadata.name.startsWith("ratings-v1-"));
    const endpoints = () =>
      index
        .list("discovery.k8s.io/EndpointSlice", "bookinfo")
        .filter((slice) => slice.metadata.labels["kubernetes.io/service-name"] === "ratings")
        .flatMap((slice) => slice["endpoints"] as unknown[]);
    expect([pods().length, endpoints().length]).toEqual([1, 2]);
    const { spec } = demoObject(mesh, RATINGS);
    await mesh.cluster.apply(withSpec(mesh, RATINGS, { ...(spec as object), replicas: 3 }));
    expect([pods().length, endpoints().length]).toEqual([3, 4]);
    await mesh.cluster.remove(RATINGS);
    expect([pods().length, endpoints().length]).toEqual([0, 1]);
  });

  test("gives pods of an injected namespace a proxy, ambient ones the mark of ztunnel, and others neither", () => {
    const { index } = demoAtRest().mesh.cluster.snapshot();
    const pod = (namespace: string) => JSON.stringify(index.list("/Pod", namespace).at(-1));
    expect(pod("cello")).toContain('"istio-proxy"');
    expect(pod("loyalty")).toContain('"ambient.istio.io/redirection":"enabled"');
    expect(pod("legacy")).not.toMatch(/istio-proxy|ambient/);
  });
});
