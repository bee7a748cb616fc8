/** The demo mesh, and a real Prometheus and a real VictoriaMetrics that hold its history, under one contract. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDemoMesh } from "#lib/adapters/demo/demoMesh.ts";
import { createPrometheusTelemetry } from "#lib/adapters/prometheus/prometheusTelemetry.ts";
import { createUrlTransport } from "#lib/adapters/prometheus/urlTransport.ts";
import { EVERYTHING } from "#lib/domain/access/sight.ts";
import { loadMesh } from "#lib/server/loadMesh.ts";
import { demoSamples } from "#test/history/demoHistory.ts";
import { scrapeTimes } from "#test/history/history.ts";
import { backfillHistory } from "#test/history/openMetricsHistory.ts";
import { remoteWriteHistory } from "#test/history/remoteWriteHistory.ts";
import { startPrometheus } from "#test/prometheus/startPrometheus.ts";
import { startVictoriaMetrics } from "#test/prometheus/startVictoriaMetrics.ts";
import { telemetryContract } from "./telemetryContract.ts";

/** A Saturday evening, on a scrape. */
const NOW = 1_795_284_000;
const PAST = NOW - 600;
const clock = { nowSeconds: () => NOW };

function demo() {
  return createDemoMesh({ seed: 1, clock });
}

telemetryContract("the demo mesh", async () => {
  const mesh = demo();
  return {
    source: mesh.telemetry,
    mesh: (await loadMesh(mesh.clusters, EVERYTHING)).mesh,
    samplesAt: demoSamples(mesh),
    nowSeconds: NOW,
    pastSeconds: PAST,
    close: () => mesh.close(),
  };
});

telemetryContract("a Prometheus with the demo mesh's history", async () => {
  const mesh = demo();
  const samplesAt = demoSamples(mesh);
  const directory = await mkdtemp(join(tmpdir(), "meshscope-contract-"));
  const dataDir = join(directory, "data");
  await backfillHistory(dataDir, { times: scrapeTimes(NOW, 960, 15), samplesAt });
  const server = await startPrometheus({ dataDir });
  const source = createPrometheusTelemetry({
    transport: createUrlTransport({ source: "prometheus", url: server.url }),
    foundBy: "the contract",
    timeoutMs: 30_000,
    clock,
  });
  return {
    source,
    mesh: (await loadMesh(mesh.clusters, EVERYTHING)).mesh,
    samplesAt,
    nowSeconds: NOW,
    pastSeconds: PAST,
    close: async () => {
      await Promise.all([source.close(), mesh.close()]);
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
});

telemetryContract("a VictoriaMetrics with the demo mesh's history", async () => {
  // It takes nothing from more than two days ahead of the clock: the same Saturday evening a year before.
  const now = NOW - 364 * 86_400;
  const mesh = createDemoMesh({ seed: 1, clock: { nowSeconds: () => now } });
  const samplesAt = demoSamples(mesh);
  const directory = await mkdtemp(join(tmpdir(), "meshscope-contract-"));
  const server = await startVictoriaMetrics({ dataDir: join(directory, "data") });
  await remoteWriteHistory(server.url, { times: scrapeTimes(now, 960, 15), samplesAt });
  await server.flush();
  const source = createPrometheusTelemetry({
    transport: createUrlTransport({ source: "prometheus", url: server.url }),
    foundBy: "the contract",
    timeoutMs: 30_000,
    clock: { nowSeconds: () => now },
  });
  return {
    source,
    mesh: (await loadMesh(mesh.clusters, EVERYTHING)).mesh,
    samplesAt,
    nowSeconds: now,
    pastSeconds: now - 600,
    close: async () => {
      await Promise.all([source.close(), mesh.close()]);
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
});
