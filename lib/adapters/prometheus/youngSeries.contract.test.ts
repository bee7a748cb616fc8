/** Series that begin or start anew inside the window, on a real Prometheus and a real VictoriaMetrics. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type History, type HistorySample, scrapeTimes } from "#test/history/history.ts";
import { remoteWriteHistory } from "#test/history/remoteWriteHistory.ts";
import type { ServerProcess } from "#test/prometheus/serverProcess.ts";
import { startPrometheus } from "#test/prometheus/startPrometheus.ts";
import { startVictoriaMetrics } from "#test/prometheus/startVictoriaMetrics.ts";
import { createPrometheusTelemetry } from "./prometheusTelemetry.ts";
import { createUrlTransport } from "./urlTransport.ts";

const END = 1_790_000_000;
const never = new AbortController().signal;

/**
 *   steady    10/s all the time
 *   young     10/s in the last minute:      0 ───────────────────────────────────────/ 600
 *   restarted 10/s, a new pod 100 s ago:      /////////////////////////////0 ///////// 1000
 */
function* samplesAt(atSeconds: number): Generator<HistorySample> {
  const age = atSeconds - (END - 900);
  yield requests("steady", 10 * age);
  if (age >= 840) yield requests("young", 10 * (age - 840));
  yield requests("restarted", 10 * (age < 800 ? age : age - 800));
}

function requests(destination_workload: string, value: number): HistorySample {
  return { metric: "istio_requests_total", labels: { reporter: "destination", destination_workload }, value };
}

const history: History = { times: scrapeTimes(END, 900, 15), samplesAt };

const SERVERS = {
  Prometheus: async (dataDir: string) => {
    const server = await startPrometheus({ dataDir, flags: ["--web.enable-remote-write-receiver"] });
    await remoteWriteHistory(server.url, history);
    return server;
  },
  VictoriaMetrics: async (dataDir: string) => {
    const server = await startVictoriaMetrics({ dataDir });
    await remoteWriteHistory(server.url, history);
    await server.flush();
    return server;
  },
};

describe.each(["Prometheus", "VictoriaMetrics"] as const)("%s", (product) => {
  let directory: string;
  let server: ServerProcess;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "meshscope-young-"));
    server = await SERVERS[product](join(directory, "data"));
  });
  afterAll(async () => {
    await server?.stop();
    await rm(directory, { recursive: true, force: true });
  });

  function telemetry() {
    return createPrometheusTelemetry({
      transport: createUrlTransport({ source: "prometheus", url: server.url }),
      foundBy: "the test",
      timeoutMs: 20_000,
      clock: { nowSeconds: () => END },
    });
  }

  test("is recognised", async () => {
    await expect(telemetry().describe(never)).resolves.toMatchObject({ product });
  });

  test("a rate is what was counted over the whole window, however young the series", async () => {
    const { requests } = await telemetry().readRates({ windowSeconds: 300, atSeconds: END }, never);
    const rates = new Map(requests.map((row) => [row.destinationWorkload, row.perSecond]));
    expect(rates.get("steady")).toBeCloseTo(10, 5);
    // 600 in a window of 300 s. Prometheus extends a series by half a scrape before its first sample: 10 % here.
    expect(rates.get("young")).toBeGreaterThanOrEqual(2);
    expect(rates.get("young")).toBeLessThan(2.3);
    // What fell between the last scrape of the old pod and the first of the new one is lost: at most two scrapes of 20.
    expect(rates.get("restarted")).toBeGreaterThan(9);
    expect(rates.get("restarted")).toBeLessThanOrEqual(10);
  });
});
