/** The map over a real Prometheus and a Kubernetes API server, and what it says when Prometheus goes away. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { createDemoMesh } from "#lib/adapters/demo/demoMesh.ts";
import { demoSamples } from "#test/history/demoHistory.ts";
import { scrapeTimes } from "#test/history/history.ts";
import { backfillHistory } from "#test/history/openMetricsHistory.ts";
import { clusterObjects, kubeconfigFor } from "#test/kubernetes/demoCluster.ts";
import { type FakeApiServer, startFakeApiServer } from "#test/kubernetes/fakeApiServer.ts";
import type { ServerProcess } from "#test/prometheus/serverProcess.ts";
import { startPrometheus } from "#test/prometheus/startPrometheus.ts";
import { MapPage } from "./mapPage.ts";
import { type RunningServer, runServer } from "./runServer.ts";

const SCRAPE_SECONDS = 15;

let folder: string;
let api: FakeApiServer;
let prometheus: ServerProcess;
let server: RunningServer;

test.beforeAll(async () => {
  test.setTimeout(120_000);
  folder = await mkdtemp(join(tmpdir(), "meshscope-live-"));
  const now = Math.floor(Date.now() / 1000);
  const mesh = createDemoMesh({ seed: 1, clock: { nowSeconds: () => now } });
  await backfillHistory(folder, { times: scrapeTimes(now, 420, SCRAPE_SECONDS), samplesAt: demoSamples(mesh) });
  api = await startFakeApiServer({ objects: clusterObjects(mesh.cluster) });
  prometheus = await startPrometheus({ dataDir: folder });
  await writeFile(join(folder, "kubeconfig"), kubeconfigFor(api.url));
  server = await runServer(["serve"], {
    KUBECONFIG: join(folder, "kubeconfig"),
    MESHSCOPE_PROMETHEUS_URL: prometheus.url,
    MESHSCOPE_CLUSTER_NAME: "primary",
    MESHSCOPE_REFRESH_SECONDS: "1",
  });
});

test.afterAll(async () => {
  await server.stop();
  await prometheus.stop();
  await api.close();
  await rm(folder, { recursive: true, force: true });
});

test("a Prometheus that goes away leaves the map, says since when, and is taken up again", async ({ page }) => {
  // The page notices each change with its next refresh, ten seconds later at most.
  test.setTimeout(90_000);
  const map = new MapPage(page);
  await page.goto(`${server.address}/?namespaces=bookinfo&graph=workload`);
  await expect(map.node("workload reviews-v3")).toBeVisible();
  await expect(page.getByRole("button", { name: "Data sources: Sources" })).toBeVisible();

  await map.choose("Refresh:", "10s");

  const port = Number(new URL(prometheus.url).port);
  await prometheus.stop();
  await expect(page.getByRole("button", { name: "Data sources: 1 of 2 sources failing" })).toBeVisible({
    timeout: 20_000,
  });
  await expect(page.getByText(/^stale, .* ago$/)).toBeVisible();
  await expect(map.node("workload reviews-v3")).toBeVisible();

  prometheus = await startPrometheus({ dataDir: folder, port });
  await expect(page.getByRole("button", { name: "Data sources: Sources" })).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText(/^stale, /)).toBeHidden();
  await expect(map.node("workload reviews-v3")).toBeVisible();
});
