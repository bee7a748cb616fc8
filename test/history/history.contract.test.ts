import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findPrometheus } from "#test/prometheus/findPrometheus.ts";
import type { ServerProcess } from "#test/prometheus/serverProcess.ts";
import { startPrometheus } from "#test/prometheus/startPrometheus.ts";
import { type History, scrapeTimes } from "./history.ts";
import { backfillHistory } from "./openMetricsHistory.ts";
import { remoteWriteHistory } from "./remoteWriteHistory.ts";

const END = 1_790_000_000;
const AWKWARD = 'quote " backslash \\ line\nend';

/** Two counters for an hour and a half: one rises by 2 a second, the other by 0.5 from half-time on. */
const history: History = {
  times: scrapeTimes(END, 5_400, 15),
  *samplesAt(atSeconds) {
    const age = atSeconds - (END - 5_400);
    yield { metric: "calls_total", labels: { name: AWKWARD }, value: age * 2 };
    if (age >= 2_700) yield { metric: "calls_total", labels: { name: "late" }, value: (age - 2_700) * 0.5 };
  },
};

// A first run may have to install it, which takes longer than a test may.
beforeAll(() => void findPrometheus());

const undo: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const step of undo.reverse()) await step();
});

async function dataDir(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "meshscope-history-"));
  undo.push(() => rm(directory, { recursive: true, force: true }));
  return join(directory, "data");
}

async function rateAt({ url }: ServerProcess, atSeconds: number): Promise<Record<string, number>> {
  const query = new URLSearchParams({ query: "rate(calls_total[5m])", time: String(atSeconds) });
  const response = await fetch(`${url}/api/v1/query?${query}`);
  const { data } = (await response.json()) as {
    data: { result: { metric: { name: string }; value: [number, string] }[] };
  };
  return Object.fromEntries(data.result.map(({ metric, value }) => [metric.name, Number(value[1])]));
}

async function expectHistory(server: ServerProcess): Promise<void> {
  expect(await rateAt(server, END)).toEqual({ [AWKWARD]: 2, late: 0.5 });
  expect(await rateAt(server, END - 3_000)).toEqual({ [AWKWARD]: 2 });
}

test("a server started on backfilled blocks answers with the history", async () => {
  const directory = await dataDir();
  await backfillHistory(directory, history);
  const server = await startPrometheus({ dataDir: directory });
  undo.push(server.stop);
  await expectHistory(server);
});

test("a running server takes history by remote write, an hour and a half at once", async () => {
  const server = await startPrometheus({ dataDir: await dataDir(), flags: ["--web.enable-remote-write-receiver"] });
  undo.push(server.stop);
  await remoteWriteHistory(server.url, history);
  await expectHistory(server);
});

test("what the server refuses is told in its words", async () => {
  const server = await startPrometheus({ dataDir: await dataDir() });
  undo.push(server.stop);
  await expect(remoteWriteHistory(server.url, history)).rejects.toThrow(/404.*remote write receiver/s);
});
