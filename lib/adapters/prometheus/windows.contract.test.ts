/** What a window says when series end in it or scrapes come late, and how well samples stand for days: a real Prometheus. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type History, type HistorySample, scrapeTimes } from "#test/history/history.ts";
import { remoteWriteHistory } from "#test/history/remoteWriteHistory.ts";
import type { ServerProcess } from "#test/prometheus/serverProcess.ts";
import { startPrometheus } from "#test/prometheus/startPrometheus.ts";
import { createPrometheusTelemetry } from "./prometheusTelemetry.ts";
import { createUrlTransport } from "./urlTransport.ts";

const END = 1_790_000_000;
const DAY = 86_400;
const SPAN = 3 * DAY;
const SCRAPE = 60;
/** Seconds before the end: when the late scrape was due, and when it came. */
const DUE = 600;
const CAME = 570;
const never = new AbortController().signal;

/**
 *   daily     100 ± 80 requests a second, once a day, for three days
 *   marked    10/s until 20 minutes ago, when its target went away and Prometheus marked it stale
 *   unmarked  the same, but nothing marked it
 *   late      10/s; the scrape of ten minutes ago comes half a minute late
 *   lost      10/s; two scrapes are lost
 *   headStart 10/s for the last half hour; the first scrape finds 6,000 already
 */
function* samplesAt(at: number): Generator<HistorySample> {
  const age = at - (END - SPAN);
  const turn = (2 * Math.PI) / DAY;
  if (at !== END - CAME) yield requests("daily", 100 * age + (80 / turn) * (1 - Math.cos(turn * age)));
  const toEnd = END - at;
  if (toEnd > 7_200) return;
  const steady = 10 * (7_200 - toEnd);
  if (toEnd !== DUE) yield requests("late", steady);
  if (toEnd === CAME) return;
  if (toEnd >= 1_200) {
    yield requests("marked", steady);
    yield requests("unmarked", steady);
  } else if (toEnd >= 1_200 - SCRAPE) yield requests("marked", Number.NaN);
  if (toEnd !== DUE && toEnd !== DUE - SCRAPE) yield requests("lost", steady);
  if (toEnd <= 1_800) yield requests("headStart", 6_000 + 10 * (1_800 - toEnd));
}

function requests(destination_workload: string, value: number): HistorySample {
  return { metric: "istio_requests_total", labels: { reporter: "destination", destination_workload }, value };
}

const history: History = {
  times: [...scrapeTimes(END, SPAN, SCRAPE), END - CAME].sort((left, right) => left - right),
  samplesAt,
};
let directory: string;
let server: ServerProcess;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "meshscope-windows-"));
  server = await startPrometheus({
    dataDir: join(directory, "data"),
    scrapeIntervalSeconds: SCRAPE,
    flags: ["--web.enable-remote-write-receiver"],
  });
  await remoteWriteHistory(server.url, history);
});

afterAll(async () => {
  await server?.stop();
  await rm(directory, { recursive: true, force: true });
});

async function ratesOf(windowSeconds: number, atSeconds = END) {
  const source = createPrometheusTelemetry({
    transport: createUrlTransport({ source: "prometheus", url: server.url }),
    foundBy: "the test",
    timeoutMs: 20_000,
    clock: { nowSeconds: () => END },
  });
  const { requests, warnings } = await source.readRates({ windowSeconds, atSeconds }, never);
  return { rates: new Map(requests.map((row) => [row.destinationWorkload, row.perSecond])), warnings };
}

test.each([1, 2, 3])("samples of %d days tell a daily rhythm within 3 %%", async (days) => {
  const { rates, warnings } = await ratesOf(days * DAY);
  expect(Math.abs((rates.get("daily") ?? 0) - 100)).toBeLessThan(3);
  expect(warnings.map(({ code }) => code)).toEqual(["sampled-window"]);
});

test("half a day of it is its half, not the day's mean", async () => {
  // From its middle up: the mean of 100 + 80 sin over the second half turn is 100 - 160 / π = 49.
  const { rates } = await ratesOf(DAY / 2);
  expect(Math.abs((rates.get("daily") ?? 0) - 49)).toBeLessThan(5);
});

test("a series that its target no longer exposes is gone at once, one that nothing marks five minutes later", async () => {
  const query = new URLSearchParams({ query: "istio_requests_total", time: String(END - 1_000) });
  const response = await fetch(`${server.url}/api/v1/query?${query}`);
  const said = await response.text();
  expect(said).toContain('"unmarked"');
  expect(said).not.toContain('"marked"');
});

/**
 * rate() looks at the samples inside the window and nowhere else; stale markers are none. So a series that ended stays
 * on the map with what it did within the window, and leaves with it: 30 minutes, of which it lived 10.
 *
 *   |////////··················|   10/s × 600 s / 1800 s = 3.3/s
 */
test("a series that ended counts for the part of the window it lived in, marked as stale or not", async () => {
  const { rates } = await ratesOf(1_800);
  expect(rates.get("marked")).toBeCloseTo(10 / 3, 0);
  expect(rates.get("unmarked")).toBe(rates.get("marked"));
  const { rates: later } = await ratesOf(900);
  expect(later.has("marked")).toBe(false);
  expect(later.has("unmarked")).toBe(false);
});

/** rate() divides by time, not by the number of samples: a late one changes nothing but itself. */
test("late and lost scrapes do not bend a rate", async () => {
  const { rates } = await ratesOf(1_800);
  expect(rates.get("late")).toBeCloseTo(10, 5);
  expect(rates.get("lost")).toBeCloseTo(10, 5);
});

test("what a series had counted before its first scrape is not taken for traffic of the window", async () => {
  // 10/s × 1800 s of 3600 s; the 6,000 before are no rise that Prometheus saw.
  const { rates } = await ratesOf(3_600);
  expect(rates.get("headStart")).toBeCloseTo(5, 0);
});
