/**
 * The whole server, as built, against a fake API server with 10,000 pods, 5,000 services and 10,000 Istio objects in a
 * process of its own: time until everything is watched, the longest the event loop stood still, memory after readings,
 * and what 100 changes a second cost for half a minute. Build first: npm run build && node bench/serverState.ts
 */
import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { MESH_KINDS } from "#lib/domain/mesh/meshKinds.ts";
import { kubeconfigFor } from "#test/kubernetes/demoCluster.ts";
import { startFakeApiServer } from "#test/kubernetes/fakeApiServer.ts";
import type { WireObject } from "#test/kubernetes/objectStore.ts";
import { startFakePrometheus, vector } from "#test/prometheus/fakePrometheus.ts";
import { largeMesh } from "./largeMesh.ts";

const PORT = 3991;
const CHANGES_PER_SECOND = 100;
const CHURN_SECONDS = 30;
const SERVER = `http://127.0.0.1:${PORT}`;

/** The API server's process: holds the mesh, and changes it when told to. */
async function serveCluster(): Promise<void> {
  const server = await startFakeApiServer({ objects: largeMesh() });
  const changeable = [...largeMesh()];
  process.on("message", () => void churn((object) => server.store.put(object), changeable));
  process.send?.(server.url);
  await until(() => server.requests.length > 0);
  const asked = performance.now();
  await until(() => server.watchCount() >= MESH_KINDS.length);
  process.send?.(performance.now() - asked);
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await setTimeout(10);
}

/** Mostly pods that turn unready and ready again, as in a cluster; one in ten is a route. */
async function churn(put: (object: WireObject) => void, objects: readonly WireObject[]): Promise<void> {
  const pods = objects.filter(({ kind }) => kind === "Pod");
  const routes = objects.filter(({ kind }) => kind === "VirtualService");
  const started = performance.now();
  for (let change = 0; change < CHANGES_PER_SECOND * CHURN_SECONDS; change += 1) {
    const dueMs = (change / CHANGES_PER_SECOND) * 1000;
    const waitMs = dueMs - (performance.now() - started);
    if (waitMs > 0) await setTimeout(waitMs);
    const isRoute = change % 10 === 0;
    const object = isRoute ? routes[change % routes.length] : pods[(change * 7) % pods.length];
    if (object === undefined) continue;
    const status = { ...(object["status"] as object | undefined), observedGeneration: change };
    const isReady = change % 2 === 0 ? "False" : "True";
    put(
      isRoute
        ? { ...object, status }
        : { ...object, status: { ...status, conditions: [{ type: "Ready", status: isReady }] } },
    );
  }
}

async function measure(): Promise<void> {
  console.log(`${cpus()[0]?.model ?? "unknown CPU"}, ${cpus().length} cores, Node ${process.version}`);
  const folder = await mkdtemp(join(tmpdir(), "meshscope-bench-"));
  const cluster = fork(import.meta.filename, ["cluster"], { execArgv: [] });
  const [url] = (await once(cluster, "message")) as [string];
  const watched = once(cluster, "message");
  const prometheus = await startFakePrometheus(() => vector());
  const kubeconfig = join(folder, "kubeconfig");
  await writeFile(kubeconfig, kubeconfigFor(url));
  const server = await startServer(kubeconfig, prometheus.url);
  try {
    await report(server, cluster, watched);
  } finally {
    server.kill("SIGTERM");
    cluster.kill();
    await once(server, "exit");
    await prometheus.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function report(server: ChildProcess, cluster: ChildProcess, watched: Promise<unknown[]>): Promise<void> {
  const [milliseconds] = await watched;
  console.log(
    `all watched ${(Number(milliseconds) / 1000).toFixed(1)} s after the first request, block ${(await selfMetrics()).blockMs} ms, ` +
      `RSS ${await rssMegabytes(server)} MB`,
  );
  for (let reading = 0; reading < 5; reading += 1) await read();
  const before = await selfMetrics();
  console.log(`after five readings: RSS ${await rssMegabytes(server)} MB, block ${before.blockMs} ms`);

  cluster.send("churn");
  for (let second = 0; second < CHURN_SECONDS; second += 1) {
    await setTimeout(1000);
    // One page that looks on, refreshed by the event stream at most once a second.
    await read();
  }
  const after = await selfMetrics();
  const used = (after.cpuSeconds - before.cpuSeconds) / CHURN_SECONDS;
  console.log(
    `${CHANGES_PER_SECOND} changes/s for ${CHURN_SECONDS} s, a reading each second: ${(used * 100).toFixed(0)} % of a core, ` +
      `block ${after.blockMs} ms, RSS ${await rssMegabytes(server)} MB`,
  );
}

async function startServer(kubeconfig: string, prometheusUrl: string): Promise<ChildProcess> {
  const server = spawn(process.execPath, ["--max-semi-space-size=8", "cli/meshscope.ts", "serve"], {
    env: {
      ...process.env,
      PORT: String(PORT),
      KUBECONFIG: kubeconfig,
      MESHSCOPE_PROMETHEUS_URL: prometheusUrl,
      MESHSCOPE_CLUSTER_NAME: "primary",
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  for await (const line of server.stdout) if (String(line).includes("ready at")) break;
  server.stdout.resume();
  return server;
}

async function read(): Promise<string> {
  const response = await fetch(`${SERVER}/api/v1/reading?window=300`);
  return response.text();
}

/** From the server's own /metrics: the longest block since it was asked last, and the seconds of CPU time so far. */
async function selfMetrics(): Promise<{ readonly blockMs: string; readonly cpuSeconds: number }> {
  const text = await (await fetch(`${SERVER}/metrics`)).text();
  const metric = (name: string) => Number(new RegExp(`^meshscope_${name} (\\S+)`, "m").exec(text)?.[1]);
  return {
    blockMs: (metric("nodejs_eventloop_lag_max_seconds") * 1000).toFixed(0),
    cpuSeconds: metric("process_cpu_seconds_total"),
  };
}

async function rssMegabytes({ pid }: ChildProcess): Promise<string> {
  const status = await readFile(`/proc/${pid ?? 0}/status`, "utf8");
  const [, kilobytes = "0"] = /VmRSS:\s+(\d+)/.exec(status) ?? [];
  return (Number(kilobytes) / 1000).toFixed(0);
}

await (process.argv[2] === "cluster" ? serveCluster() : measure());
