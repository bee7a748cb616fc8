import { expect, test } from "vitest";
import { emptyServer, json } from "#test/prometheus/fakePrometheus.ts";
import { fakeServer, NOW, telemetryOn } from "#test/prometheus/fakeTelemetry.ts";
import { readRetention, readScrapeInterval } from "./describeServer.ts";
import { parseDuration } from "./duration.ts";

const CONFIG = `global:
  scrape_interval: 1m
  scrape_timeout: 10s
scrape_configs:
- job_name: kubernetes-pods
  honor_timestamps: true
  scrape_interval: 20s
  relabel_configs:
  - source_labels: [__address__]
- job_name: podMonitor/istio-system/envoy-stats/0
  scrape_interval: 30s
- job_name: "blackbox"
  scrape_interval: 5m
`;

test("the interval is that of the jobs that scrape Istio's metrics", () => {
  expect(readScrapeInterval(CONFIG, ["kubernetes-pods"])).toBe(20);
});

test("an operator's job is found by the monitor's name in it", () => {
  expect(readScrapeInterval(CONFIG, ["istio-system/envoy-stats"])).toBe(30);
});

test("of several jobs the slowest decides", () => {
  expect(readScrapeInterval(CONFIG, ["kubernetes-pods", "istio-system/envoy-stats"])).toBe(30);
});

test("the global interval serves when no job can be told by name", () => {
  expect(readScrapeInterval(CONFIG, [])).toBe(60);
  expect(readScrapeInterval(CONFIG, ["relabeled"])).toBe(60);
});

test("no configuration, no interval", () => {
  expect(readScrapeInterval(undefined, ["kubernetes-pods"])).toBeUndefined();
  expect(readScrapeInterval("not a configuration", [])).toBeUndefined();
});

test.each([
  { shown: "15d", seconds: 1_296_000 },
  { shown: "30d or 10GiB", timeFlag: "0s", seconds: 2_592_000 },
  { shown: "10GiB", timeFlag: "0s", sizeFlag: "10GiB", seconds: undefined },
  { timeFlag: "1w", sizeFlag: "0B", seconds: 604_800 },
  { timeFlag: "0s", sizeFlag: "0B", seconds: 1_296_000 },
  { timeFlag: "0s", sizeFlag: "10GiB", seconds: undefined },
  { seconds: undefined },
])(
  "retention shown as $shown, flags $timeFlag and $sizeFlag, is $seconds s",
  ({ shown, timeFlag, sizeFlag, seconds }) => {
    expect(readRetention({ shown, timeFlag, sizeFlag })).toBe(seconds);
  },
);

test("durations add up their parts, and anything else is none", () => {
  expect(parseDuration("1h30m")).toBe(5_400);
  expect(parseDuration("500ms")).toBe(0.5);
  expect(parseDuration("")).toBeUndefined();
  expect(parseDuration("15 days")).toBeUndefined();
});

test.each([
  { ahead: 3_600, said: ["The telemetry server's clock is 60 minutes ahead of ours: what is shown as now is as old."] },
  { ahead: -7_200, said: ["The telemetry server's clock is 2 hours behind ours: the newest rates may be missing."] },
  { ahead: 30, said: [] },
])("a server whose clock is $ahead s ahead of ours is told from one that took its time", async ({ ahead, said }) => {
  const date = new Date((NOW + ahead) * 1_000).toUTCString();
  const server = await fakeServer((request) =>
    request.path.endsWith("/buildinfo")
      ? json(200, { status: "success", data: { version: "2.42.0" } }, { date })
      : emptyServer(request),
  );
  const { warnings } = await telemetryOn(server).describe(new AbortController().signal);
  expect(warnings.map(({ message }) => message)).toEqual(said);
});
