/**
 * One whole-mesh reading and graph from a real Prometheus, beside the bare queries' own time, and the server's memory:
 *
 *   node bench/reading.ts [services …]      default: 100 1000; 5000 takes some minutes and 8 GB
 *
 * History goes into Prometheus by remote write; objects come from a fake API server over HTTP. Every round asks for
 * another moment, so that nothing is answered from a cache of ours. Bare and served rounds take turns.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import http from "node:http";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { createDemoMesh } from "#lib/adapters/demo/demoMesh.ts";
import { createPrometheusTelemetry } from "#lib/adapters/prometheus/prometheusTelemetry.ts";
import { clientRequests, serverRequests, tcpTraffic } from "#lib/adapters/prometheus/queries.ts";
import { DETAILS } from "#lib/domain/telemetry/reports.ts";
import { demoSamples } from "#test/history/demoHistory.ts";
import { type History, type HistorySample, scrapeTimes } from "#test/history/history.ts";
import { remoteWriteHistory } from "#test/history/remoteWriteHistory.ts";
import { clusterObjects, kubeconfigFor } from "#test/kubernetes/demoCluster.ts";
import { startFakeApiServer } from "#test/kubernetes/fakeApiServer.ts";
import { startPrometheus } from "#test/prometheus/startPrometheus.ts";
import { countingTransport, kilobytes, median, timed } from "./measure.ts";

const ROUNDS = 15;
const STEP = 15;
const WINDOW = 300;
const PORT = 3990;
/** What the rate lane and the details read, and the means; buckets would only fill the disk. */
const WANTED =
  /^istio_(requests_total|(request|response)_messages_total|(request|response)_bytes_sum|tcp_(sent|received)_bytes_total|tcp_connections_opened_total|request_duration_milliseconds_(sum|count))$/;

console.log(`${cpus()[0]?.model ?? "unknown CPU"}, ${cpus().length} cores, Node ${process.version}`);
const sizes = process.argv.slice(2).map(Number);
for (const services of sizes.length > 0 ? sizes : [100, 1000]) await measure(services);

async function measure(services: number): Promise<void> {
  const now = Math.floor(Date.now() / 1000 / STEP) * STEP;
  const scale = { services, edges: services * 3, namespaces: Math.max(1, Math.round(services / 20)) };
  const mesh = createDemoMesh({ seed: 7, clock: { nowSeconds: () => now }, scale });
  const dataDir = await mkdtemp(join(tmpdir(), "meshscope-bench-"));
  const prometheus = await startPrometheus({ dataDir, flags: ["--web.enable-remote-write-receiver"] });
  const samples = demoSamples(mesh);
  const history: History = {
    times: scrapeTimes(now, WINDOW + (ROUNDS + 2) * STEP + 60, STEP),
    samplesAt: (at) => wanted(samples(at)),
  };
  await remoteWriteHistory(prometheus.url, history);
  const api = await startFakeApiServer({ objects: clusterObjects(mesh.cluster) });
  const kubeconfig = join(dataDir, "kubeconfig");
  await writeFile(kubeconfig, kubeconfigFor(api.url));
  const server = await startServer(prometheus.url, kubeconfig);
  try {
    console.log(`\n${services} services, ${scale.edges} edges, ${scale.namespaces} namespaces`);
    await compare(prometheus.url, now);
    await countQueries(prometheus.url, now);
    console.log(`  server RSS ${await rssMegabytes(server)} MB`);
  } finally {
    server.kill("SIGTERM");
    await once(server, "exit");
    await api.close();
    await prometheus.stop();
    await mesh.close();
    await rm(dataDir, { recursive: true, force: true });
  }
}

function* wanted(samples: ReturnType<History["samplesAt"]>): Generator<HistorySample> {
  for (const sample of samples as Iterable<HistorySample>) if (WANTED.test(sample.metric)) yield sample;
}

async function startServer(prometheusUrl: string, kubeconfig: string): Promise<ChildProcess> {
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

async function compare(prometheusUrl: string, now: number): Promise<void> {
  const bare: number[] = [];
  const reading: number[] = [];
  const graph: number[] = [];
  let bytes = { raw: 0, wire: 0 };
  for (let round = -2; round < ROUNDS; round += 1) {
    // Two rounds to warm up; then bare, reading and graph at three moments of their own.
    const at = now - (round + 2) * STEP;
    const bareTime = await timed(() => bareQueries(prometheusUrl, at));
    const path = `/api/v1/reading?window=${WINDOW}&at=${at}`;
    const readingTime = await timed(() => get(path, "identity"));
    const graphTime = await timed(() => get(`/api/v1/graph?duration=${WINDOW + 1}s&at=${at}`, "identity"));
    // The same answer again, from the server's cache, to weigh what a browser receives.
    bytes = { raw: await get(path, "identity"), wire: await get(path, "gzip") };
    if (round < 0) continue;
    bare.push(bareTime);
    reading.push(readingTime);
    graph.push(graphTime);
  }
  const [bareMedian, readingMedian, graphMedian] = [median(bare), median(reading), median(graph)];
  console.log(`  bare queries   ${bareMedian.toFixed(0)} ms [${Math.min(...bare).toFixed(0)}]`);
  console.log(
    `  /reading       ${readingMedian.toFixed(0)} ms [${Math.min(...reading).toFixed(0)}], ${(readingMedian / bareMedian).toFixed(2)} × bare, ` +
      `${kilobytes(bytes.raw)} JSON, ${kilobytes(bytes.wire)} on the wire`,
  );
  console.log(`  /graph         ${graphMedian.toFixed(0)} ms [${Math.min(...graph).toFixed(0)}], with averages`);
}

/** How often Prometheus is asked for each part of a refresh, and how many bytes it answers with. */
async function countQueries(url: string, now: number): Promise<void> {
  const { transport, take } = countingTransport(url);
  const clock = { nowSeconds: () => now };
  const source = createPrometheusTelemetry({ transport, foundBy: "the benchmark", timeoutMs: 60_000, clock });
  const moment = { windowSeconds: WINDOW, atSeconds: now };
  const { signal } = new AbortController();
  await source.describe(signal);
  const namespaces = ["shop", "pay"];
  const parts: readonly [name: string, read: () => Promise<unknown>][] = [
    ["rates", () => source.readRates(moment, signal)],
    ["details", () => source.readDetails({ ...moment, details: DETAILS }, signal)],
    ["averages", () => source.readLatency({ ...moment, namespaces: [] }, signal)],
    [
      "averages and percentiles of two namespaces (no buckets here)",
      () => source.readLatency({ ...moment, namespaces }, signal),
    ],
    ["rates of a week, in samples", () => source.readRates({ ...moment, windowSeconds: 604_800 }, signal)],
  ];
  for (const [name, read] of parts) {
    take();
    await read();
    const { queries, bytes } = take();
    console.log(`  ${name}: ${queries} queries, ${kilobytes(bytes)} from Prometheus`);
  }
  await source.close();
}

/** The rate lane's three queries at once, bodies read but not parsed. */
async function bareQueries(url: string, time: number): Promise<void> {
  const context = { scope: [], windowSeconds: WINDOW };
  await Promise.all(
    [serverRequests(context), clientRequests(context), tcpTraffic(context)].map(async (query) => {
      const body = new URLSearchParams({ query, time: String(time) });
      const response = await fetch(`${url}/api/v1/query`, {
        method: "POST",
        body,
        headers: { "accept-encoding": "identity" },
      });
      if (!response.ok) throw new Error(await response.text());
      await response.arrayBuffer();
    }),
  );
}

/** Bytes of an answer's body as they came over the wire. */
function get(path: string, encoding: "identity" | "gzip"): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = http.get(`http://127.0.0.1:${PORT}${path}`, { headers: { "accept-encoding": encoding } });
    request.on("error", reject).on("response", (answer) => {
      if (answer.statusCode !== 200) reject(new Error(`${path}: ${answer.statusCode}`));
      let total = 0;
      answer.on("data", (chunk: Buffer) => {
        total += chunk.length;
      });
      answer.on("end", () => resolve(total));
    });
  });
}

async function rssMegabytes({ pid }: ChildProcess): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
}
