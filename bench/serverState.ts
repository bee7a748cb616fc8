/**
 * The whole server, as built, against a fake API server with 10,000 pods, 5,000 services and 10,000 Istio objects in a
 * process of its own: time until everything is watched, the longest the event loop stood still, memory after readings,
 * and what 100 changes a second cost for half a minute. Blocks are CPU time (loopBlocks.ts). Build first: npm run build && node bench/serverState.ts
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
  console.log(`listening: ${await block(server)} (loading the server's own code)`);
  const [milliseconds] = await watched;
  console.log(
    `all watched ${(Number(milliseconds) / 1000).toFixed(1)} s after the first request: ${await block(server)}, ` +
      `RSS ${await rssMegabytes(server)} MB`,
  );
  await read();
  console.log(`the first reading: ${await block(server)} (loading the route's code)`);
  for (let reading = 0; reading < 5; reading += 1) await read();
  console.log(`five more: ${await block(server)}, RSS ${await rssMegabytes(server)} MB`);

  const before = await cpuSeconds();
  cluster.send("churn");
  for (let second = 0; second < CHURN_SECONDS; second += 1) {
    await setTimeout(1000);
    // One page that looks on: each reading is of another configuration.
    await read();
  }
  const used = ((await cpuSeconds()) - before) / CHURN_SECONDS;
  console.log(
    `${CHANGES_PER_SECOND} changes/s for ${CHURN_SECONDS} s, a reading each second: ${(used * 100).toFixed(0)} % of a core, ` +
      `${await block(server)}, RSS ${await rssMegabytes(server)} MB`,
  );
}

async function startServer(kubeconfig: string, prometheusUrl: string): Promise<ChildProcess> {
  const server = spawn(
    process.execPath,
    ["--max-semi-space-size=8", "--import", "./bench/loopBlocks.ts", "cli/meshscope.ts", "serve"],
    {
      env: {
        ...process.env,
        PORT: String(PORT),
        KUBECONFIG: kubeconfig,
        MESHSCOPE_PROMETHEUS_URL: prometheusUrl,
        MESHSCOPE_CLUSTER_NAME: "primary",
      },
      stdio: ["ignore", "pipe", "inherit", "ipc"],
    },
  );
  for await (const line of server.stdout ?? []) if (String(line).includes("ready at")) break;
  server.stdout?.resume();
  return server;
}

async function read(): Promise<string> {
  const response = await fetch(`${SERVER}/api/v1/reading?window=300`);
  return response.text();
}

/** The longest turn of the server's event loop since it was asked last (loopBlocks.ts). */
async function block(server: ChildProcess): Promise<string> {
  const answer = once(server, "message");
  server.send("block");
  const [milliseconds] = (await answer) as [number];
  return `block ${milliseconds.toFixed(0)} ms`;
}

/** Of the server so far, by its own /metrics. */
async function cpuSeconds(): Promise<number> {
  const text = await (await fetch(`${SERVER}/metrics`)).text();
  return Number(/^meshscope_process_cpu_seconds_total (\S+)/m.exec(text)?.[1]);
}

async function rssMegabytes({ pid }: ChildProcess): Promise<string> {
  const status = await readFile(`/proc/${pid ?? 0}/status`, "utf8");
  const [, kilobytes = "0"] = /VmRSS:\s+(\d+)/.exec(status) ?? [];
  return (Number(kilobytes) / 1000).toFixed(0);
}

await (process.argv[2] === "cluster" ? serveCluster() : measure());
