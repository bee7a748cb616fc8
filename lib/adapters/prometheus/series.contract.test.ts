/** Series where reporters disagree, on a real Prometheus. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { SeriesScope } from "#lib/domain/telemetry/timeSeries.ts";
import { type HistorySample, scrapeTimes } from "#test/history/history.ts";
import { remoteWriteHistory } from "#test/history/remoteWriteHistory.ts";
import type { ServerProcess } from "#test/prometheus/serverProcess.ts";
import { startPrometheus } from "#test/prometheus/startPrometheus.ts";
import { createPrometheusTelemetry } from "./prometheusTelemetry.ts";
import { createUrlTransport } from "./urlTransport.ts";

const END = 1_790_000_000;
const never = new AbortController().signal;

type Row = readonly [reporter: string, to: string, labels: Readonly<Record<string, string>>, perSecond: number];

const ok = { request_protocol: "http", response_code: "200", response_flags: "-" };
const timeout = { ...ok, response_code: "504", response_flags: "UT" };
const hungUp = { ...ok, response_code: "0", response_flags: "DC" };
const failed = { ...ok, response_code: "500" };
const unavailable = { request_protocol: "grpc", response_code: "200", grpc_response_status: "14" };
const unreached = { ...ok, response_code: "503", response_flags: "UF" };

const REQUESTS: readonly Row[] = [
  // The client gives up where the server sees it hang up: the same ten calls.
  ["source", "slow", ok, 90],
  ["source", "slow", timeout, 10],
  ["destination", "slow", ok, 90],
  ["destination", "slow", hungUp, 10],
  // Ten calls never arrive.
  ["source", "flaky", ok, 90],
  ["source", "flaky", unreached, 10],
  ["destination", "flaky", ok, 90],
  // The client has no proxy.
  ["destination", "served", ok, 8],
  ["destination", "served", failed, 2],
  // The waypoint repeats what fails, and its client never knows.
  ["source", "retried", ok, 5],
  ["waypoint", "retried", ok, 5],
  ["waypoint", "retried", failed, 1],
  ["source", "stream", unavailable, 3],
  ["destination", "stream", unavailable, 3],
];

const BYTES: readonly Row[] = [
  ["destination", "db", { app: "db" }, 100],
  ["source", "db", { app: "web" }, 100],
  // Its ztunnels carry the same bytes, and those of the requests to "slow".
  ["destination", "db", { app: "ztunnel" }, 120],
  ["source", "db", { app: "ztunnel" }, 120],
  ["source", "slow", { app: "ztunnel" }, 7_000],
  ["source", "plain", { app: "ztunnel" }, 40],
  ["destination", "plain", { app: "ztunnel" }, 40],
];

function* samplesAt(atSeconds: number): Generator<HistorySample> {
  const age = atSeconds - (END - 900);
  for (const [metric, rows] of [
    ["istio_requests_total", REQUESTS],
    ["istio_tcp_sent_bytes_total", BYTES],
  ] as const) {
    for (const [reporter, to, labels, perSecond] of rows) {
      const ends = { source_workload: "web", source_workload_namespace: "shop", destination_workload: to };
      const service = { destination_workload_namespace: "shop", destination_service: `${to}.shop.svc` };
      yield { metric, labels: { reporter, ...ends, ...service, ...labels }, value: perSecond * age };
    }
  }
}

let directory: string;
let server: ServerProcess;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "meshscope-series-"));
  server = await startPrometheus({
    dataDir: join(directory, "data"),
    flags: ["--web.enable-remote-write-receiver"],
  });
  await remoteWriteHistory(server.url, { times: scrapeTimes(END, 900, 15), samplesAt });
});

afterAll(async () => {
  await server?.stop();
  await rm(directory, { recursive: true, force: true });
});

/** Requests, errors and TCP bytes a second at the end. */
async function seriesOf(scope: SeriesScope): Promise<(number | undefined)[]> {
  const source = createPrometheusTelemetry({
    transport: createUrlTransport({ source: "prometheus", url: server.url }),
    foundBy: "the test",
    timeoutMs: 20_000,
    clock: { nowSeconds: () => END },
  });
  const range = { startSeconds: END, endSeconds: END, stepSeconds: 60 };
  const series = await source.readSeries({ scope, direction: "inbound", ...range }, never);
  return [series.requestsPerSecond, series.errorsPerSecond, series.tcpBytesPerSecond].map(([value]) =>
    value === undefined ? undefined : Math.round(value * 1_000) / 1_000,
  );
}

function edgeTo(workload: string): SeriesScope {
  const end = (name: string) => ({ kind: "workload", namespace: "shop", workload: name }) as const;
  return { kind: "edge", from: end("web"), to: end(workload) };
}

test.each([
  ["slow", 100, 10, "a call both sides tell differently counts once"],
  ["flaky", 100, 10, "a call that never arrived counts"],
  ["served", 10, 2, "the server is believed where no client reports"],
  ["retried", 6, 1, "every attempt that was answered counts, as on the map"],
  ["stream", 3, 3, "gRPC calls fail by their status"],
])("to %s: %d requests and %d errors a second, since %s", async (workload, requests, errors) => {
  expect((await seriesOf(edgeTo(workload))).slice(0, 2)).toEqual([requests, errors]);
});

test("ztunnels add no bytes to what others tell, and tell their own", async () => {
  expect(await seriesOf(edgeTo("db"))).toEqual([undefined, undefined, 100]);
  expect(await seriesOf(edgeTo("plain"))).toEqual([undefined, undefined, 40]);
  expect(await seriesOf(edgeTo("slow"))).toEqual([100, 10, undefined]);
});

test("the whole mesh is the sum of its edges", async () => {
  // 100 + 100 + 10 + 6 + 3 requests, 10 + 10 + 2 + 1 + 3 errors, 100 + 40 bytes
  expect(await seriesOf({ kind: "mesh" })).toEqual([219, 26, 140]);
});
