/** Recorded series as rules write them, read over one and over several windows, on both kinds of server. */
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

/** Rules run every 30 s, 10 s before each half minute; this is no multiple of five minutes. */
const LAST_RUN = 1_790_000_130;
const NOW = LAST_RUN + 10;
const never = new AbortController().signal;

/**
 * Rates over five minutes, in the windows that end with the last run:
 *
 *     steady   3/s |  3/s |  3/s
 *     begun      – |    – |  6/s      its mean over the three is 2/s
 */
function* samplesAt(atSeconds: number): Generator<HistorySample> {
  const requests = (destination_workload: string, value: number) => ({
    metric: "meshscope_edge:istio_requests:rate5m",
    labels: { reporter: "destination", destination_workload },
    value,
  });
  yield requests("steady", 3);
  if (atSeconds > LAST_RUN - 300) yield requests("begun", 6);
  const marker = { version: "1", group: "rates", window: "300", shard: "1", shards: "1" };
  yield { metric: "meshscope_rules:group:info", labels: marker, value: 1 };
}

const history: History = { times: scrapeTimes(LAST_RUN, 1_500, 30), samplesAt };

type Started = ServerProcess & { readonly flush?: () => Promise<void> };

const SERVERS: Readonly<Record<"Prometheus" | "VictoriaMetrics", (dataDir: string) => Promise<Started>>> = {
  Prometheus: (dataDir) => startPrometheus({ dataDir, flags: ["--web.enable-remote-write-receiver"] }),
  VictoriaMetrics: (dataDir) => startVictoriaMetrics({ dataDir }),
};

describe.each(["Prometheus", "VictoriaMetrics"] as const)("%s", (product) => {
  let directory: string;
  let server: Started;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "meshscope-recorded-"));
    server = await SERVERS[product](join(directory, "data"));
    await remoteWriteHistory(server.url, history);
    await server.flush?.();
  });
  afterAll(async () => {
    await server?.stop();
    await rm(directory, { recursive: true, force: true });
  });

  async function read(windowSeconds: number, atSeconds = NOW) {
    const source = createPrometheusTelemetry({
      transport: createUrlTransport({ source: "prometheus", url: server.url }),
      foundBy: "the test",
      timeoutMs: 20_000,
      clock: { nowSeconds: () => NOW },
    });
    const report = await source.readRates({ windowSeconds, atSeconds }, never);
    const rates = report.requests.map((row) => [row.destinationWorkload, row.perSecond] as const);
    return { rates: Object.fromEntries(rates), atSeconds: report.atSeconds, warnings: report.warnings };
  }

  test("one window is read as it was recorded, as of the rules' last run", async () => {
    expect(await read(300)).toEqual({ rates: { steady: 3, begun: 6 }, atSeconds: LAST_RUN, warnings: [] });
  });

  test("several windows are their mean, whatever the moment", async () => {
    const [at, warnings] = [LAST_RUN, [] as unknown[]];
    expect(await read(900)).toEqual({ rates: { steady: 3, begun: 2 }, atSeconds: at, warnings });
    expect(await read(900, NOW - 70)).toMatchObject({ rates: { steady: 3, begun: 2 }, warnings });
  });

  test("a window that is recorded in part only is not made of what there is", async () => {
    // 1500 s are recorded, and the raw series that are asked then are not there.
    expect((await read(2_400)).rates).toEqual({});
  });
});
