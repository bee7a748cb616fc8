/**
 * From nothing to a watched cluster of 10,000 pods, 5,000 services and 10,000 Istio objects: time, the longest the event
 * loop stood still, and memory. The fake API server runs in a process of its own: node bench/kubernetesSync.ts
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { cpus } from "node:os";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { createKubeClient } from "#lib/adapters/kubernetes/kubeClient.ts";
import { directConnection } from "#lib/adapters/kubernetes/kubeConnection.ts";
import { createKubernetesCluster } from "#lib/adapters/kubernetes/kubernetesCluster.ts";
import { buildMeshNodes } from "#lib/domain/mesh/buildMeshNodes.ts";
import { startFakeApiServer } from "#test/kubernetes/fakeApiServer.ts";
import type { WireObject } from "#test/kubernetes/objectStore.ts";

const SERVICES = 5_000;

/** Objects of the size real ones have: managedFields, probes, volumes and environment included. */
function* mesh(): Generator<WireObject> {
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
  for (let number = 0; number < SERVICES; number += 1) {
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

async function serve(): Promise<void> {
  const server = await startFakeApiServer({ objects: mesh() });
  process.send?.(server.url);
}

async function measure(): Promise<void> {
  const child = fork(import.meta.filename, ["serve"], { execArgv: [] });
  const [url] = (await once(child, "message")) as [string];
  const client = createKubeClient(async () => directConnection(url));
  const source = createKubernetesCluster({
    client,
    cluster: "bench",
    clock: { nowSeconds: () => Date.now() / 1000 },
    random: Math.random,
  });
  const delay = monitorEventLoopDelay({ resolution: 5 });
  const rssBefore = process.memoryUsage.rss();
  const started = performance.now();
  delay.enable();
  await new Promise<void>((resolve) => {
    source.onChange(() => {
      if (source.snapshot().kinds.every(({ state }) => state === "watching")) resolve();
    });
    source.start();
  });
  const milliseconds = performance.now() - started;
  delay.disable();
  const { index } = source.snapshot();
  const counts = `${index.count("/Pod")} pods, ${index.count("/Service")} services, ${2 * SERVICES} Istio objects`;
  const rss = process.memoryUsage.rss();
  const nodesStarted = performance.now();
  buildMeshNodes("bench", index);
  console.log(
    `${counts}: watched after ${milliseconds.toFixed(0)} ms, event loop blocked for ${(delay.max / 1e6).toFixed(0)} ms at most, ` +
      `RSS ${(rss / 1e6).toFixed(0)} MB (${(rssBefore / 1e6).toFixed(0)} MB before), ` +
      `node table ${(performance.now() - nodesStarted).toFixed(0)} ms (${cpus()[0]?.model ?? "?"}, Node ${process.version})`,
  );
  await source.close();
  await client.close();
  child.kill();
}

await (process.argv[2] === "serve" ? serve() : measure());
