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
import { LARGE_MESH_SERVICES, largeMesh } from "./largeMesh.ts";

async function serve(): Promise<void> {
  const server = await startFakeApiServer({ objects: largeMesh() });
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
  const counts = `${index.count("/Pod")} pods, ${index.count("/Service")} services, ${2 * LARGE_MESH_SERVICES} Istio objects`;
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
