/**
 * Frames per second of the map while it is panned and zoomed, in headless Chromium with software drawing.
 *
 *   node bench/mapFps.ts [--traffic off]
 *
 * Frames are the browser's own animation frames during a scripted gesture; nothing is hidden while the map moves.
 */
import { existsSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { parseArgs } from "node:util";
import { chromium, type Page } from "@playwright/test";
import { serveMapPage } from "./mapPage/serve.ts";

const SIZES = [
  { nodes: 200, edges: 600 },
  { nodes: 1000, edges: 3000 },
] as const;
const SECONDS = 4;
const CHROMIUM = "/usr/bin/chromium";
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

type Gesture = "pan at fit" | "zoom in and out" | "pan at 40 %" | "pan at 100 %" | "stand still";

/** Moves the map for some seconds by the events a hand would cause, and returns the frame times in milliseconds. */
async function measure(page: Page, gesture: Gesture): Promise<number[]> {
  return page.evaluate(
    async ({ gesture: kind, seconds }) => {
      const host = document.querySelector<HTMLElement>(".map-host");
      if (host === null) throw new Error("The page shows no map");
      const { width, height } = host.getBoundingClientRect();
      const at = { clientX: width / 2, clientY: height / 2, bubbles: true, cancelable: true, view: window };
      const isPan = kind.startsWith("pan");
      if (isPan) host.dispatchEvent(new MouseEvent("mousedown", { ...at, button: 0, buttons: 1 }));
      const frames: number[] = [];
      const start = performance.now();
      let last = start;
      await new Promise<void>((resolve) => {
        const step = (now: number) => {
          if (now > last) frames.push(now - last);
          last = now;
          const elapsed = (now - start) / 1000;
          if (elapsed > seconds) {
            resolve();
            return;
          }
          if (isPan) {
            const clientX = width / 2 + Math.sin(elapsed * 2) * width * 0.35;
            const clientY = height / 2 + Math.sin(elapsed * 3) * height * 0.3;
            window.dispatchEvent(new MouseEvent("mousemove", { ...at, clientX, clientY, buttons: 1 }));
          } else if (kind.startsWith("zoom"))
            host.dispatchEvent(new WheelEvent("wheel", { ...at, deltaY: Math.sin(elapsed * 3) < 0 ? 12 : -12 }));
          requestAnimationFrame(step);
        };
        requestAnimationFrame(step);
      });
      if (isPan) window.dispatchEvent(new MouseEvent("mouseup", { ...at, button: 0 }));
      return frames.slice(1);
    },
    { gesture, seconds: SECONDS },
  );
}

/** Zooms to a scale by wheel events and waits until the map has come to rest. */
async function zoomTo(page: Page, scale: number): Promise<void> {
  await page.evaluate((wanted) => {
    const host = document.querySelector<HTMLElement>(".map-host");
    const layer = document.querySelector<HTMLElement>(".map-layer");
    if (host === null || layer === null) throw new Error("The page shows no map");
    const { width, height } = host.getBoundingClientRect();
    const now = new DOMMatrix(getComputedStyle(layer).transform).a;
    const deltaY = -Math.log2(wanted / now) / 0.002;
    host.dispatchEvent(new WheelEvent("wheel", { clientX: width / 2, clientY: height / 2, deltaY, bubbles: true }));
  }, scale);
  // Longer than the map takes to settle and draw itself sharply again, so that no figure holds that.
  await page.waitForTimeout(1500);
}

/** The longest frame within a second after new figures arrived. */
async function refresh(page: Page): Promise<number> {
  return page.evaluate(async () => {
    let longest = 0;
    const start = performance.now();
    let last = start;
    window.map.refresh();
    await new Promise<void>((resolve) => {
      const step = (now: number) => {
        longest = Math.max(longest, now - last);
        last = now;
        if (now - start > 1000) resolve();
        else requestAnimationFrame(step);
      };
      requestAnimationFrame(step);
    });
    return longest;
  });
}

function report(name: string, frames: readonly number[]): void {
  const sorted = frames.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  const figures = [
    `${(1000 / at(0.5)).toFixed(0)} fps median`,
    `${at(0.95).toFixed(0)} ms at 95 %`,
    `${at(1).toFixed(0)} ms worst`,
  ];
  console.log(`  ${name.padEnd(18)}${figures.join(", ")}`);
}

const { values } = parseArgs({ options: { traffic: { type: "string", default: "on" } } });
const server = await serveMapPage();
const browser = await chromium.launch({
  ...(existsSync(CHROMIUM) ? { executablePath: CHROMIUM } : {}),
  args: FLAGS,
});
try {
  const processor = `${cpus().length} × ${cpus()[0]?.model ?? "unknown processor"}`;
  console.log(`${processor}, ${Math.round(totalmem() / 2 ** 30)} GiB, Chromium ${browser.version()}, no GPU`);
  for (const { nodes, edges } of SIZES) {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.goto(`${server.url}?nodes=${nodes}&edges=${edges}&seed=7&traffic=${values.traffic}`);
    await page.locator(".map-node").first().waitFor({ state: "attached" });
    // First drawing and compilation are not what is measured.
    await page.waitForTimeout(2500);
    console.log(`${nodes} nodes, ${edges} edges, traffic ${values.traffic}`);
    report("stand still", await measure(page, "stand still"));
    report("pan at fit", await measure(page, "pan at fit"));
    report("zoom in and out", await measure(page, "zoom in and out"));
    await zoomTo(page, 0.4);
    report("pan at 40 %", await measure(page, "pan at 40 %"));
    await zoomTo(page, 1);
    report("pan at 100 %", await measure(page, "pan at 100 %"));
    // At rest again after the pan, so that the refresh is measured alone.
    await page.waitForTimeout(500);
    const longest = [await refresh(page), await refresh(page), await refresh(page)];
    console.log(`  ${"refresh".padEnd(18)}${Math.round(Math.max(...longest))} ms longest frame of three`);
    await page.close();
  }
} finally {
  await browser.close();
  await server.close();
}
