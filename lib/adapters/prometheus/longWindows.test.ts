/** Windows above six hours, read in samples: order, budget, limits and failures, on a fake server. */
import { expect, test } from "vitest";
import { type FakeAnswer, failure, type SeenRequest, vector } from "#test/prometheus/fakePrometheus.ts";
import { answeringQueries, NOW, queriesOf, telemetryOn } from "#test/prometheus/fakeTelemetry.ts";
import { sampleMoments } from "./sampleMoments.ts";

const DAY = 86_400;
const week = { windowSeconds: 7 * DAY, atSeconds: NOW };
const never = new AbortController().signal;
const planned = sampleMoments(week, { count: 12, leastSeconds: 60 }).map(({ atSeconds }) => atSeconds);

/** Times of the queries a server has seen, each once, in order. */
function sampleTimes(server: { readonly requests: readonly SeenRequest[] }): number[] {
  const times = server.requests
    .filter(({ path }) => path === "/api/v1/query")
    .map(({ parameters }) => Number(parameters.get("time")));
  return [...new Set(times)];
}

function oneCall(value: string): FakeAnswer {
  return vector({ metric: { reporter: "source", source_workload: "web", measure: "sentBytes" }, value });
}

test("a week is twelve samples of ten minutes, read in the order they are spread, and the report says so", async () => {
  const server = await answeringQueries(() => vector());
  const report = await telemetryOn(server).readRates(week, never);
  expect(sampleTimes(server)).toEqual(planned);
  expect(queriesOf(server)).toHaveLength(12 * 3);
  expect(queriesOf(server).every((query) => query.includes("[600s]"))).toBe(true);
  expect(report).toMatchObject({
    ...week,
    warnings: [
      {
        code: "sampled-window",
        message: "Rates over 7 days are the mean of 12 samples of 10 minutes (1.2 % of the time).",
      },
    ],
  });
});

test("rates are means over the samples, and a call that only some of them saw is rarer by that", async () => {
  // web calls 6/s in the first sample and none later: 6 / 12
  const server = await answeringQueries(({ parameters }) =>
    Number(parameters.get("time")) === planned[0] && parameters.get("query")?.includes('reporter="source"')
      ? oneCall("6")
      : vector(),
  );
  const { requests } = await telemetryOn(server).readRates(week, never);
  expect(requests).toMatchObject([{ sourceWorkload: "web", perSecond: 0.5 }]);
});

test("six hours are read whole", async () => {
  const server = await answeringQueries(() => vector());
  const report = await telemetryOn(server).readRates({ windowSeconds: 21_600, atSeconds: NOW }, never);
  expect(queriesOf(server)).toHaveLength(3);
  expect(report.warnings).toEqual([]);
});

test("no more than three queries are in flight, and those of live windows go first", async () => {
  const { promise: opened, resolve: open } = Promise.withResolvers<void>();
  const server = await answeringQueries(async () => {
    await opened;
    return vector();
  });
  const source = telemetryOn(server);
  await source.describe(never);
  const long = source.readRates(week, never);
  await server.until(() => server.inFlight() === 3);
  const live = source.readRates({ windowSeconds: 300, atSeconds: NOW }, never);
  open();
  await Promise.all([long, live]);
  expect(server.mostInFlight()).toBe(3);
  const lastLive = queriesOf(server).findLastIndex((query) => query.includes("[300s]"));
  expect(lastLive).toBeLessThan(3 + 6);
});

test("when time is up no further sample is begun, and at least four are read", async () => {
  const clock = { now: NOW, nowSeconds: () => clock.now };
  // Each query takes a second of the clock: three a sample, ten seconds in all.
  const server = await answeringQueries(() => {
    clock.now += 1;
    return vector();
  });
  const slow = await telemetryOn(server, { clock }).readRates(week, never);
  expect(sampleTimes(server)).toEqual(planned.slice(0, 4));
  expect(slow.warnings).toMatchObject([
    {
      message:
        "Rates over 7 days are the mean of 4 samples of 10 minutes (0.4 % of the time). More would have taken longer than 10 s.",
    },
  ]);
});

test("an aborted reading hangs up, and begins no further sample", async () => {
  const server = await answeringQueries(() => ({ kind: "stall" }));
  const source = telemetryOn(server);
  const abort = new AbortController();
  const reading = source.readRates(week, abort.signal);
  await server.until(() => server.inFlight() === 3);
  abort.abort(new Error("nobody looks"));
  await expect(reading).rejects.toThrow("nobody looks");
  await server.until(() => server.inFlight() === 0);
  expect(queriesOf(server)).toHaveLength(3);
});

/** A server that cannot answer at some of the planned moments. */
function failingAt(places: readonly number[]) {
  const times = places.map((place) => planned[place]);
  return answeringQueries(({ parameters }) =>
    times.includes(Number(parameters.get("time"))) ? failure(422, "execution", "too many samples") : oneCall("6"),
  );
}

test("one sample that fails is left out, and told", async () => {
  const server = await failingAt([0]);
  const { requests, warnings } = await telemetryOn(server).readRates(week, never);
  expect(requests).toMatchObject([{ perSecond: 6 * 2 }]); // both sides' queries are answered alike here
  expect(warnings).toMatchObject([
    { code: "sampled-window", message: expect.stringMatching(/11 samples.*could not be read.*too many samples/) },
  ]);
});

test("the second that fails ends the reading, with what was read if that is enough", async () => {
  const enough = await failingAt([1, 5]);
  const { warnings } = await telemetryOn(enough).readRates(week, never);
  expect(warnings).toMatchObject([{ message: expect.stringContaining("4 samples") }]);
  expect(sampleTimes(enough)).toEqual(planned.slice(0, 6));

  const tooFew = await failingAt([0, 2]);
  await expect(telemetryOn(tooFew).readRates(week, never)).rejects.toMatchObject({ kind: "rejected" });
  expect(sampleTimes(tooFew)).toEqual(planned.slice(0, 3));
});

test("latencies of long windows come from six samples, details from twelve", async () => {
  const server = await answeringQueries(() => vector());
  const source = telemetryOn(server);
  await source.readLatency({ ...week, namespaces: ["shop"] }, never);
  expect(queriesOf(server)).toHaveLength(6 * 3);
  await source.readDetails({ ...week, details: ["messages"] }, never);
  expect(queriesOf(server)).toHaveLength(6 * 3 + 12);
});

test("samples stay within what the server keeps", async () => {
  const server = await answeringQueries(() => vector());
  const kept = 15 * DAY; // as the fake server says
  const month = { windowSeconds: 30 * DAY, atSeconds: NOW };
  const report = await telemetryOn(server).readRates(month, never);
  expect(report.windowSeconds).toBe(kept);
  expect(report.warnings.map(({ code }) => code)).toEqual(["window-shortened", "sampled-window"]);
  for (const time of sampleTimes(server)) expect(time).toBeGreaterThan(NOW - kept);
});
