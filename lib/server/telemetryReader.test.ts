import { describe, expect, it } from "vitest";
import type { DetailReport, LatencyReport, RateReport } from "#lib/domain/telemetry/reports.ts";
import type { SeriesRequest } from "#lib/domain/telemetry/timeSeries.ts";
import { SourceError, type TelemetrySource } from "#lib/ports.ts";
import { rateReport, requestRow } from "#test/builders/reports.ts";
import { TelemetryReader } from "./telemetryReader.ts";

const never = new AbortController().signal;

/** From namespace "pay" to a workload of namespace "shop", and from there to a place outside every namespace. */
const calls = [
  requestRow({ from: "web@pay", to: "cart-v1", service: "cart", perSecond: 1 }),
  requestRow({ from: "web", to: "", service: "pay.example@unknown", reporter: "source", perSecond: 1 }),
];

/** A source whose answers a test decides, and the reader on it. The clock stands at 1000 s until moved. */
function setup() {
  const clock = { now: 1000, nowSeconds: () => clock.now };
  const asked: string[] = [];
  const state: { failure: SourceError | undefined; unmanageable?: string } = { failure: undefined };
  const answer = <Result>(what: string, result: Result): Promise<Result> => {
    asked.push(what);
    return state.failure === undefined ? Promise.resolve(result) : Promise.reject(state.failure);
  };
  const source: TelemetrySource = {
    describe: () => Promise.resolve({ name: "test", foundBy: "test", scrapeIntervalSeconds: 15, warnings: [] }),
    readRates: ({ atSeconds, windowSeconds }) =>
      answer(`rates ${windowSeconds}@${atSeconds}`, {
        ...rateReport({ requests: calls }),
        atSeconds,
        windowSeconds,
      } satisfies RateReport),
    readLatency: ({ namespaces, atSeconds, windowSeconds }) =>
      answer(`latency [${namespaces.join()}]@${atSeconds}`, {
        atSeconds,
        windowSeconds,
        durations: calls.map((call) => ({ ...call, millisecondsPerSecond: 20, countPerSecond: 1 })),
        buckets: calls.flatMap((call) => [
          { ...call, le: 50, perSecond: 1 },
          { ...call, le: Number.POSITIVE_INFINITY, perSecond: 1 },
        ]),
        warnings: namespaces
          .filter((name) => name === state.unmanageable)
          .map((name) => ({ code: "percentiles-missing", message: `No percentiles for ${name}` })),
      } satisfies LatencyReport),
    readDetails: ({ atSeconds, windowSeconds, details }) =>
      answer(`details ${details.join()}@${atSeconds}`, {
        atSeconds,
        windowSeconds,
        throughput: calls.map((call) => ({ ...call, metric: "requestBytes", perSecond: 500 })),
        warnings: [],
        quality: [],
      } satisfies DetailReport),
    readSeries: () =>
      answer("series", {
        times: [],
        requestsPerSecond: [],
        errorsPerSecond: [],
        p95Milliseconds: [],
        tcpBytesPerSecond: [],
        warnings: [],
      }),
    close: () => Promise.resolve(),
  };
  const reader = new TelemetryReader({ source, clock, stepSeconds: 15, random: () => 0 });
  return { reader, clock, asked, state };
}

const down = new SourceError({ source: "test", kind: "unreachable", message: "connection refused", hint: "start it" });
const live = { windowSeconds: 300 };
const series: SeriesRequest = {
  scope: { kind: "mesh" },
  direction: "inbound",
  startSeconds: 0,
  endSeconds: 60,
  stepSeconds: 15,
};

describe("readings", () => {
  it("are shared within a step of the clock, by callers at once and after one another", async () => {
    const { reader, clock, asked } = setup();
    await Promise.all([reader.rates(live, never), reader.rates(live, never)]);
    clock.now = 1004;
    await reader.rates(live, never);
    expect(asked).toEqual(["rates 300@990"]);
    clock.now = 1005;
    await reader.rates(live, never);
    expect(asked).toEqual(["rates 300@990", "rates 300@1005"]);
  });

  it("of a past moment end there", async () => {
    const { reader, asked } = setup();
    await reader.rates({ ...live, atSeconds: 500 }, never);
    expect(asked).toEqual(["rates 300@495"]);
  });

  it("of long windows move on in thousandths of them: a week by ten minutes", async () => {
    const { reader, clock, asked } = setup();
    const week = { windowSeconds: 604_800 };
    for (clock.now = 6000; clock.now < 7200; clock.now += 15) await reader.rates(week, never);
    expect(asked).toEqual(["rates 604800@6000", "rates 604800@6600"]);
    await reader.rates({ ...week, atSeconds: 5015 }, never);
    expect(asked.at(-1)).toBe("rates 604800@5010");
  });

  it("of viewers with windows and details of their own do not drive one another out", async () => {
    const { reader, asked } = setup();
    const viewers = [
      { windowSeconds: 60 },
      { windowSeconds: 300, details: ["throughput"] },
      { windowSeconds: 300, details: ["messages", "operations"] },
      { windowSeconds: 300, atSeconds: 500 },
      { windowSeconds: 3600 },
    ] as const;
    for (const viewer of viewers) await reader.rates(viewer, never);
    const first = [...asked];
    for (let round = 0; round < 3; round += 1) {
      for (const viewer of viewers.toReversed()) await reader.rates(viewer, never);
    }
    expect(asked).toEqual(first);
    expect(asked).toHaveLength(4 + 2);
  });

  it("of the future are those of now", async () => {
    const { reader, asked } = setup();
    expect((await reader.rates({ ...live, atSeconds: 99_999 }, never)).atSeconds).toBe(990);
    expect(asked).toEqual(["rates 300@990"]);
  });
});

describe("a failing source", () => {
  it("leaves the last good reading standing, with its own time, and the status says since when", async () => {
    const { reader, clock, state } = setup();
    await reader.rates(live, never);
    state.failure = down;
    clock.now = 1020;
    const stale = await reader.rates(live, never);
    expect(stale.atSeconds).toBe(990);
    expect(reader.status).toMatchObject({ state: "failing", sinceSeconds: 1020, message: "connection refused" });
  });

  it("is not asked again before the pause is over, which doubles up to 30 s", async () => {
    const { reader, clock, state, asked } = setup();
    state.failure = down;
    const attempts: number[] = [];
    for (let second = 0; second < 100; second += 1) {
      const before = asked.length;
      await expect(reader.rates(live, never)).rejects.toThrow("connection refused");
      if (asked.length > before) attempts.push(second);
      clock.now += 1;
    }
    expect(attempts).toEqual([0, 1, 3, 7, 15, 31, 61, 91]);
  });

  it("refuses a reading of the past rather than answered with another moment", async () => {
    const { reader, clock, state } = setup();
    await reader.rates(live, never);
    state.failure = down;
    clock.now = 1020;
    await expect(reader.rates({ ...live, atSeconds: 500 }, never)).rejects.toThrow(down);
  });

  it("is one whose rates fail: a series or percentiles that cost too much stop nobody else", async () => {
    const { reader, state, clock } = setup();
    const rates = await reader.rates(live, never);
    state.failure = new SourceError({ source: "test", kind: "timeout", message: "too much", hint: "" });
    await expect(reader.series(series, never)).rejects.toThrow("too much");
    await reader.latency({ ...live, namespaces: ["shop"] }, rates, never);
    state.failure = undefined;
    expect(reader.status.state).toBe("ok");
    clock.now = 1005;
    expect((await reader.rates(live, never)).atSeconds).toBe(1005);
  });

  it.each([{ windowSeconds: 30 * 86_400 }, { windowSeconds: 3601 }, { windowSeconds: 300, atSeconds: 500 }])(
    "is not one that cannot manage %j: everyone's live map goes on",
    async (costly) => {
      const { reader, state, clock } = setup();
      await reader.rates(live, never);
      state.failure = new SourceError({ source: "test", kind: "timeout", message: "too much", hint: "" });
      await expect(reader.rates(costly, never)).rejects.toThrow("too much");
      state.failure = undefined;
      expect(reader.status.state).toBe("ok");
      clock.now = 1005;
      expect((await reader.rates(live, never)).atSeconds).toBe(1005);
    },
  );

  it("is not asked for series either while it is too early to try again", async () => {
    const { reader, state, asked } = setup();
    state.failure = down;
    await expect(reader.rates(live, never)).rejects.toThrow(down);
    await expect(reader.series(series, never)).rejects.toThrow(down);
    expect(asked).not.toContain("series");
  });

  it("recovers with the first answer", async () => {
    const { reader, clock, state } = setup();
    state.failure = down;
    await expect(reader.rates(live, never)).rejects.toThrow(down);
    state.failure = undefined;
    clock.now = 1010;
    await reader.rates(live, never);
    expect(reader.status).toEqual({ state: "ok", sinceSeconds: 1010 });
  });
});

describe("latencies", () => {
  it("that are missing in a namespace are said for as long as they are, whatever others read meanwhile", async () => {
    const { reader, state } = setup();
    state.unmanageable = "shop";
    const rates = await reader.rates(live, never);
    const read = (namespace: string) => reader.latency({ ...live, namespaces: [namespace] }, rates, never);
    await read("shop");
    await read("pay");
    expect((await read("shop")).warnings).toEqual([
      { code: "percentiles-missing", message: "No percentiles for shop" },
    ]);
  });

  it("are read once a minute, and for each namespace only once", async () => {
    const { reader, clock, asked } = setup();
    const rates = await reader.rates(live, never);
    const read = (...namespaces: string[]) => reader.latency({ ...live, namespaces }, rates, never);
    await read("shop");
    clock.now = 1030;
    await read("shop");
    await read("shop", "pay");
    clock.now = 1065;
    await read("shop");
    expect(asked.slice(1)).toEqual(["latency [shop]@990", "latency [pay]@990", "latency [shop]@1065"]);
  });

  it("say which moment they are of, which may be before that of the rates they stand beside", async () => {
    const { reader, clock } = setup();
    const read = async () => {
      const rates = await reader.rates(live, never);
      return [rates.atSeconds, (await reader.latency({ ...live, namespaces: [] }, rates, never)).asOf];
    };
    expect(await read()).toEqual([990, 990]);
    clock.now = 1030;
    expect(await read()).toEqual([1020, 990]);
  });

  it("have percentiles for calls into a namespace, and from there to places outside all of them", async () => {
    const { reader } = setup();
    const rates = await reader.rates(live, never);
    const { table } = await reader.latency({ ...live, namespaces: ["shop"] }, rates, never);
    expect(table?.buckets).toEqual([
      [1, 1],
      [1, 1],
    ]);
  });

  it("of two namespaces asked for at once are both kept", async () => {
    const { reader, asked } = setup();
    const rates = await reader.rates(live, never);
    const read = (...namespaces: string[]) => reader.latency({ ...live, namespaces }, rates, never);
    await Promise.all([read("shop"), read("pay")]);
    await read("shop", "pay");
    expect(asked.slice(1)).toEqual(["latency [shop]@990", "latency [pay]@990"]);
  });

  it("cost no query for names that the reading does not hold, however many are asked for", async () => {
    const { reader, asked } = setup();
    const rates = await reader.rates(live, never);
    const made = Array.from({ length: 10_000 }, (_, index) => `made-up-${index}`);
    await reader.latency({ ...live, namespaces: [...made, "shop", "shop", "__proto__"] }, rates, never);
    expect(asked.slice(1)).toEqual(["latency [shop]@990"]);
  });

  it("that cannot be read are a warning beside the map, not a failure of it", async () => {
    const { reader, state } = setup();
    const rates = await reader.rates(live, never);
    state.failure = down;
    const { table, warnings } = await reader.latency({ ...live, namespaces: [] }, rates, never);
    expect(table).toBeUndefined();
    expect(warnings).toMatchObject([{ code: "latency-unavailable", hint: "start it" }]);
  });
});
