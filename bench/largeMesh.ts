/** A large mesh for benchmarks: 10,000 pods, 5,000 services and 10,000 Istio objects, as large as real ones are. */
import type { WireObject } from "#test/kubernetes/objectStore.ts";

export const LARGE_MESH_SERVICES = 5_000;

/** Objects of the size real ones have: managedFields, probes, volumes and environment included. */
export function* largeMesh(): Generator<WireObject> {
  const managedFields = [
    {
      manager: "kubectl",
      time: "2026-01-01T00:00:00Z",
      fieldsV1: { "f:spec": Object.fromEntries(range(40, (n) => [`f:k${n}`, {}])) },
    },
  ];
  const container = {
    name: "app",
    image: "shop/app:1",
    env: range(10, (n) => ({ name: `SETTING_${n}`, value: `value ${n}` })),
    livenessProbe: { httpGet: { path: "/healthz", port: 8080 }, periodSeconds: 10 },
    ports: [{ containerPort: 8080 }],
  };
  const containers = [container, { ...container, name: "istio-proxy", image: "docker.io/istio/proxyv2:1.29.2" }];
  for (let number = 0; number < LARGE_MESH_SERVICES; number += 1) {
    const namespace = `ns-${number % 250}`;
    const name = `service-${number}`;
    const labels = { app: name, version: "v1" };
    const metadata = (objectName: string) => ({
      name: objectName,
      namespace,
      labels,
      managedFields,
      uid: `${namespace}-${objectName}`,
    });
    yield {
      apiVersion: "v1",
      kind: "Service",
      metadata: metadata(name),
      spec: { selector: { app: name }, ports: [{ port: 80 }] },
    };
    for (const replica of [0, 1]) {
      yield {
        apiVersion: "v1",
        kind: "Pod",
        metadata: metadata(`${name}-${replica}`),
        spec: { containers, volumes: range(4, (n) => ({ name: `v${n}`, emptyDir: {} })), nodeName: "node-1" },
        status: { phase: "Running", conditions: [{ type: "Ready", status: "True" }], podIP: "10.0.0.1" },
      };
    }
    const route = [{ destination: { host: name, subset: "v1" }, weight: 100 }];
    const istio = { apiVersion: "networking.istio.io/v1", metadata: metadata(name) };
    yield { ...istio, kind: "VirtualService", spec: { hosts: [name], http: [{ route, timeout: "2s" }] } };
    yield {
      ...istio,
      kind: "DestinationRule",
      spec: { host: name, subsets: [{ name: "v1", labels: { version: "v1" } }] },
    };
  }
}

function range<T>(length: number, make: (number: number) => T): T[] {
  return Array.from({ length }, (_, number) => make(number));
}
