/** A viewer who may see one namespace, over a real Prometheus and a Kubernetes API server that decides by roles. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { createDemoMesh } from "#lib/adapters/demo/demoMesh.ts";
import { demoSamples } from "#test/history/demoHistory.ts";
import { scrapeTimes } from "#test/history/history.ts";
import { backfillHistory } from "#test/history/openMetricsHistory.ts";
import { clusterObjects, kubeconfigFor } from "#test/kubernetes/demoCluster.ts";
import { type FakeApiServer, startFakeApiServer } from "#test/kubernetes/fakeApiServer.ts";
import { RbacAuthorizer } from "#test/kubernetes/rbac.ts";
import { bind, role } from "#test/kubernetes/rbacObjects.ts";
import type { ServerProcess } from "#test/prometheus/serverProcess.ts";
import { startPrometheus } from "#test/prometheus/startPrometheus.ts";
import { MapPage } from "./mapPage.ts";
import { type RunningServer, runServer } from "./runServer.ts";

/** Whoever calls travel-agency, and what others have to do with each other. */
const HIDDEN = /bookinfo|productpage|travel-portal|travel-control|viaggi|istio-ingressgateway/;

let folder: string;
let api: FakeApiServer;
let prometheus: ServerProcess;
let server: RunningServer;

test.beforeAll(async () => {
  test.setTimeout(120_000);
  folder = await mkdtemp(join(tmpdir(), "meshscope-limited-"));
  const now = Math.floor(Date.now() / 1000);
  const mesh = createDemoMesh({ seed: 1, clock: { nowSeconds: () => now } });
  await backfillHistory(folder, { times: scrapeTimes(now, 420, 15), samplesAt: demoSamples(mesh) });
  prometheus = await startPrometheus({ dataDir: folder });
  api = await startFakeApiServer({ objects: clusterObjects(mesh.cluster) });
  api.users.set("the-process", { user: "meshscope", groups: ["system:masters"] });
  api.users.set("the-token-of-tom", { user: "tom", groups: [] });
  grant("travel-agency");
  await writeFile(join(folder, "kubeconfig"), kubeconfigFor(api.url, "the-process"));
  server = await runServer(["serve"], {
    KUBECONFIG: join(folder, "kubeconfig"),
    MESHSCOPE_PROMETHEUS_URL: prometheus.url,
    MESHSCOPE_CLUSTER_NAME: "primary",
    MESHSCOPE_REFRESH_SECONDS: "1",
    MESHSCOPE_AUTH: "token",
  });
});

test.afterAll(async () => {
  await server.stop();
  await prometheus.stop();
  await api.close();
  await rm(folder, { recursive: true, force: true });
});

/** The only namespace that tom may read from now on. */
function grant(namespace: string): void {
  const reader = role("reader", [{ verbs: ["get", "list"], apiGroups: ["*"], resources: ["*"] }]);
  api.rbac = new RbacAuthorizer([reader, bind("reader", { user: "tom" }, namespace)]);
}

/** Everything that the server sends this page from now on, pages and scripts apart. */
function dataOf(page: Page): { readonly texts: string[] } {
  const texts: string[] = [];
  page.on("response", async (response) => {
    const { pathname } = new URL(response.url());
    // An event stream has no end to wait for.
    if (pathname.startsWith("/api/v1/") && !pathname.endsWith("/events"))
      texts.push(await response.text().catch(() => ""));
  });
  return { texts };
}

test("the map shows the viewer's namespace and that others call, until rights change", async ({ page }) => {
  test.setTimeout(90_000);
  const map = new MapPage(page);
  const { texts } = dataOf(page);
  await page.goto(`${server.address}/?graph=workload`);
  await page.getByLabel("Token", { exact: true }).fill("the-token-of-tom");
  await page.keyboard.press("Enter");

  await expect(map.node("workload payments-v1")).toBeVisible();
  await expect(map.node("outside your view inaccessible")).toBeVisible();
  await expect(map.node("service points-api.loyalty.svc.cluster.local")).toBeVisible();
  const others = map.picture.getByRole("button", { name: /^(service|workload) / });
  const names = await others.evaluateAll((nodes) => nodes.map((node) => node.getAttribute("aria-label") ?? ""));
  const isOwn = (name: string) => / travel-agency in (primary|west),/.test(name);
  expect(names.filter((name) => !isOwn(name)).map((name) => name.split(",")[0])).toEqual([
    "service istio-egressgateway.istio-system.svc.cluster.local",
    "service points-api.loyalty.svc.cluster.local",
  ]);
  await expect(page.getByText(/You see 1 namespace/)).toBeVisible();
  await expect(page.locator("body")).not.toContainText(HIDDEN);
  expect(texts.length).toBeGreaterThan(2);
  expect(texts.filter((text) => HIDDEN.test(text))).toEqual([]);

  grant("bookinfo");
  // Answers of Kubernetes are kept for fifteen seconds; whoever asks after that brings new ones.
  await expect(async () => {
    await page.reload();
    await expect(map.node("workload productpage-v1")).toBeVisible({ timeout: 2000 });
  }).toPass({ timeout: 40_000, intervals: [2000] });
  await expect(map.node("workload payments-v1")).toHaveCount(0);
  await expect(page.locator("body")).not.toContainText(/travel-agency|payments/);
});
