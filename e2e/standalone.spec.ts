/** The standalone build as a container runs it: somewhere else, read only, as nobody in particular. */
import {
  chmodSync,
  chownSync,
  copyFileSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { MapPage } from "./mapPage.ts";
import { addressOf, exitCode, type MeshscopeProcess, run } from "./meshscopeProcess.ts";

/** The user of deploy/Dockerfile. Only root can become another; else the test runs as whoever runs it. */
const SOMEBODY = process.getuid?.() === 0 ? { uid: 65_532, gid: 65_532 } : {};

let installed: string;
let temporary: string;
let untouched: readonly string[];

test.beforeAll(() => {
  const [dist, pages] = ["dist/.next/BUILD_ID", ".next/BUILD_ID"].map((path) =>
    existsSync(path) ? readFileSync(path, "utf8") : undefined,
  );
  if (dist === undefined || dist !== pages) throw new Error("dist/ is missing or old: npm run build:standalone");
  const folder = mkdtempSync(join(tmpdir(), "meshscope-standalone-"));
  chmodSync(folder, 0o755);
  installed = join(folder, "app");
  temporary = join(folder, "tmp");
  cpSync("dist", installed, { recursive: true, verbatimSymlinks: true });
  // Its own Node, since ours may lie where only we may look.
  copyFileSync(process.execPath, join(folder, "node"));
  mkdirSync(temporary);
  if (SOMEBODY.uid !== undefined) chownSync(temporary, SOMEBODY.uid, SOMEBODY.gid);
  untouched = filesOf(installed);
  for (const path of untouched)
    if (!lstatSync(join(installed, path)).isSymbolicLink()) chmodSync(join(installed, path), 0o555);
  chmodSync(installed, 0o555);
});

test.afterAll(() => {
  for (const path of ["", ...untouched]) {
    const full = join(installed, path);
    if (lstatSync(full).isDirectory()) chmodSync(full, 0o755);
  }
  rmSync(join(installed, ".."), { recursive: true, force: true });
});

function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true }).map(String).sort();
}

function start(settings: Readonly<Record<string, string>>): MeshscopeProcess {
  return run([join(installed, "meshscope.mjs"), "serve"], {
    ...SOMEBODY,
    program: join(installed, "..", "node"),
    cwd: installed,
    env: { NODE_ENV: "production", TMPDIR: temporary, HOST: "0.0.0.0", PORT: "0", ...settings },
  });
}

async function stop(running: MeshscopeProcess): Promise<void> {
  running.process.kill("SIGTERM");
  expect(await exitCode(running.process)).toBe(0);
  // Nothing is left behind, and nothing was written anywhere else.
  expect(readdirSync(temporary)).toEqual([]);
  expect(filesOf(installed)).toEqual(untouched);
}

async function openAddress(running: MeshscopeProcess): Promise<string> {
  const { hostname, port, pathname } = new URL(await addressOf(running.printed));
  expect(hostname).toBe("0.0.0.0");
  return `http://127.0.0.1:${port}${pathname}`;
}

test("shows the demo mesh below a base path from a read-only folder as another user, and ends with 0", async ({
  page,
}) => {
  const running = start({ MESHSCOPE_DEMO: "true", MESHSCOPE_BASE_PATH: "/meshscope" });
  const address = await openAddress(running);
  expect(await (await fetch(`${address}/readyz`)).json()).toMatchObject({ ready: true });
  await page.goto(`${address}?namespaces=bookinfo&graph=workload`);
  await expect(new MapPage(page).node("workload reviews-v3")).toBeVisible();
  await page.goto("about:blank");
  await stop(running);
});

test("serves without a cluster, and says what is missing", async ({ page }) => {
  const running = start({ MESHSCOPE_PROMETHEUS_URL: "http://127.0.0.1:9", KUBECONFIG: "/no/such/kubeconfig" });
  const address = await openAddress(running);
  expect((await fetch(`${address}healthz`)).status).toBe(200);
  await page.goto(address);
  await expect(page.getByRole("heading", { name: /ECONNREFUSED/ })).toBeVisible();
  await page.goto("about:blank");
  await stop(running);
});
