/** Journeys in a real browser on the demo mesh: one seed, one frozen clock, so that every run reads the same figures. */
import { defineConfig } from "@playwright/test";
import { findChromium } from "./test/findChromium.ts";

const PORT = Number(process.env["E2E_PORT"] ?? 4173);

export default defineConfig({
  testDir: "e2e",
  fullyParallel: true,
  forbidOnly: Boolean(process.env["CI"]),
  workers: 2,
  // CI adds up the JSON reports (.ci/count.mjs).
  reporter: process.env["CI"] ? [["line"], ["json", { outputFile: ".cache/results/playwright.json" }]] : "list",
  use: {
    baseURL: `http://127.0.0.1:${PORT}`,
    viewport: { width: 1440, height: 900 },
    timezoneId: "Europe/Berlin",
    contextOptions: { reducedMotion: "reduce" },
    trace: "retain-on-failure",
    launchOptions: {
      executablePath: findChromium(),
      args: [
        // The sandbox refuses to run as root, as containers do.
        ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
        "--disable-gpu",
        // Journeys speak to this machine alone.
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
  webServer: {
    command: `node cli/meshscope.ts demo --no-open --port ${PORT}`,
    env: { MESHSCOPE_DEMO_SEED: "1", MESHSCOPE_DEMO_TIME: "2026-11-20T14:00:00Z" },
    url: `http://127.0.0.1:${PORT}/readyz`,
    // A fresh machine builds first.
    timeout: 180_000,
    reuseExistingServer: !process.env["CI"],
    gracefulShutdown: { signal: "SIGTERM", timeout: 5000 },
  },
});
