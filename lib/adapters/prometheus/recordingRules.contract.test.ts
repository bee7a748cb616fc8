/** What the marker of the recording rules says, on a real Prometheus that has the series of several servers. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { HistorySample } from "#test/history/history.ts";
import { remoteWriteHistory } from "#test/history/remoteWriteHistory.ts";
import type { ServerProcess } from "#test/prometheus/serverProcess.ts";
import { startPrometheus } from "#test/prometheus/startPrometheus.ts";
import { createPrometheusTelemetry } from "./prometheusTelemetry.ts";
import { parseQueryScope } from "./queryScope.ts";
import { recordingRules } from "./recordingRules.ts";
import { createUrlTransport } from "./urlTransport.ts";

const NOW = 1_790_000_000;
const never = new AbortController().signal;
/** Only east's server has the rules. */
const [rates, latency] = recordingRules({
  windowSeconds: 300,
  intervalSeconds: 30,
  shards: [],
  keepLabels: ["server"],
});

/**
 *   east   web ──▶ cart     both ends report to "a"
 *                   ▲
 *   west   front ───┘       front reports to "b"; cart, to "a", that west calls it
 */
function* samplesAt(): Generator<HistorySample> {
  const calls = (server: string, reporter: string, source_cluster: string) => ({
    metric: "istio_requests_total",
    labels: { server, reporter, source_cluster, destination_cluster: "east" },
    value: 1,
  });
  yield calls("a", "source", "east");
  yield calls("a", "destination", "east");
  yield calls("a", "destination", "west");
  yield calls("b", "source", "west");
  for (const group of [rates, latency]) {
    const marker = group?.rules.at(-1);
    const labels = { ...marker?.labels, server: "a", reporting_cluster: "east" };
    yield { metric: marker?.record ?? "", labels, value: 1 };
  }
}

let directory: string;
let server: ServerProcess;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "meshscope-markers-"));
  server = await startPrometheus({ dataDir: join(directory, "data"), flags: ["--web.enable-remote-write-receiver"] });
  await remoteWriteHistory(server.url, { times: [NOW], samplesAt });
});

afterAll(async () => {
  await server?.stop();
  await rm(directory, { recursive: true, force: true });
});

async function markedBy(expression = "vector(0)"): Promise<unknown[]> {
  const query = new URLSearchParams({ query: expression, time: String(NOW) });
  const { data } = (await (await fetch(`${server.url}/api/v1/query?${query}`)).json()) as {
    data: { result: { metric: object }[] };
  };
  return data.result.map(({ metric }) => metric);
}

test("a server's marker names the clusters its proxies run in, not those they are called from", async () => {
  expect(await markedBy(rates?.rules.at(-1)?.expr)).toEqual([
    { server: "a", reporting_cluster: "east" },
    { server: "b", reporting_cluster: "west" },
  ]);
  expect(await markedBy(latency?.rules.at(-1)?.expr)).toEqual([{ server: "a", reporting_cluster: "east" }]);
});

async function readsOf(queryScope: string): Promise<string | undefined> {
  const source = createPrometheusTelemetry({
    transport: createUrlTransport({ source: "prometheus", url: server.url }),
    foundBy: "the test",
    timeoutMs: 20_000,
    queryScope: parseQueryScope(queryScope),
    clock: { nowSeconds: () => NOW },
  });
  return (await source.describe(never)).reads;
}

test("rules of one server are used where all that is asked for is its own, and not for the whole mesh", async () => {
  expect(await readsOf('server="a"')).toBe("rates recorded over 5m by rules");
  expect(await readsOf("")).toBeUndefined();
});
