import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { classifyResponse, isError } from "#lib/domain/telemetry/responseCode.ts";
import { HEALTH_ORDER, worseHealth } from "./health.ts";
import { type CodeRate, judgeResponses } from "./judgeResponses.ts";
import { DEFAULT_OBJECT_TOLERANCES, rateRules } from "./rateRules.ts";

function ratesOf(rates: Readonly<Record<string, number>>): readonly CodeRate[] {
  return Object.entries(rates).map(([code, perSecond]) => ({ code, perSecond }));
}

/** Judges counts of responses in a window of one second, so that rates are counts. */
function judge(protocol: "http" | "grpc", counts: Readonly<Record<string, number>>) {
  const tolerances = DEFAULT_OBJECT_TOLERANCES.inbound[protocol];
  return judgeResponses(ratesOf(counts), tolerances, {
    protocol,
    direction: "inbound",
    windowSeconds: 1,
  });
}

describe("responses", () => {
  it.each([
    ["http", { 200: 1000 }, "healthy"],
    ["http", { 200: 999_999, 503: 1 }, "healthy"],
    ["http", { 200: 9_985, 503: 15 }, "degraded"],
    ["http", { 200: 900, 503: 100 }, "failing"],
    ["http", { 200: 2, 503: 1 }, "degraded"],
    ["http", { 200: 950, 404: 50 }, "healthy"],
    ["http", { 200: 900, 404: 100 }, "degraded"],
    ["http", { 200: 800, 404: 200 }, "failing"],
    ["http", { 200: 900, "-": 100 }, "failing"],
    ["http", {}, "unknown"],
    ["grpc", { 0: 990, 14: 10 }, "degraded"],
    ["grpc", { 0: 900, 503: 100 }, "failing"],
    ["grpc", { 0: 900, 404: 100 }, "failing"],
    ["grpc", { 0: 900, "-": 100 }, "failing"],
  ] as const)("%s %j are %s", (protocol, counts, expected) => {
    expect(judge(protocol, counts).health).toBe(expected);
  });

  it("are explained by what was counted, in which window, against what", () => {
    expect(judge("http", { 200: 2, 503: 1 }).reasons).toEqual([
      {
        kind: "responses",
        health: "degraded",
        protocol: "http",
        direction: "inbound",
        code: "5XX",
        percent: expect.closeTo(33.33, 2),
        count: 1,
        total: 3,
        degradedFromPercent: 0.1,
        failingFromPercent: 10,
        origin: { kind: "default" },
        isTooFew: true,
      },
    ]);
  });

  it("count for more the longer the window is", () => {
    const rates = ratesOf({ 200: 0.2, 503: 0.1 });
    const of = (windowSeconds: number) =>
      judgeResponses(rates, DEFAULT_OBJECT_TOLERANCES.inbound.http, {
        protocol: "http",
        direction: "inbound",
        windowSeconds,
      }).health;
    // 1 of 3 requests, then 30 of 90.
    expect([of(10), of(300)]).toEqual(["degraded", "failing"]);
  });

  it("are never healthier for more errors", () => {
    const code = fc.constantFrom("500", "503", "404", "-");
    const count = fc.integer({ min: 0, max: 5000 });
    fc.assert(
      fc.property(count, count, fc.integer({ min: 1, max: 5000 }), code, (ok, bad, more, failed) => {
        const before = judge("http", { 200: ok + more, [failed]: bad }).health;
        const after = judge("http", { 200: ok, [failed]: bad + more }).health;
        expect(worseHealth(before, after)).toBe(after);
        expect(HEALTH_ORDER).toContain(after);
      }),
    );
  });

  it("that count as errors are those that the default tolerances watch as such, on both protocols", () => {
    const codes = [
      "-",
      ...Array.from({ length: 100 }, (_, at) => `${at}`),
      ...Array.from({ length: 500 }, (_, at) => `${at + 100}`),
    ];
    for (const protocol of ["http", "grpc"] as const) {
      const watched = DEFAULT_OBJECT_TOLERANCES.inbound[protocol].filter(({ failure }) => failure === 10);
      for (const code of protocol === "grpc"
        ? codes
        : codes.filter((each) => each.length !== 2 && !/^\d$/.test(each))) {
        expect([code, watched.some((tolerance) => tolerance.matches(code))]).toEqual([
          code,
          isError(classifyResponse(protocol, code)),
        ]);
      }
    }
  });

  it("are judged by what was set, and by the fallback where that says nothing", () => {
    const rules = rateRules({
      rate: [
        {
          namespace: "shop",
          kind: ".*",
          name: ".*",
          tolerance: [{ code: "404", protocol: "http", direction: "inbound", degraded: 1, failure: 50 }],
        },
      ],
    });
    const shop = rules({ kind: "service", namespace: "shop", name: "cart" });
    const health = (direction: "inbound" | "outbound", code: string) =>
      judgeResponses(ratesOf({ 200: 900, [code]: 100 }), shop[direction].http, {
        protocol: "http",
        direction,
        windowSeconds: 1,
      });
    expect(health("inbound", "404").health).toBe("degraded");
    expect(health("inbound", "503").health).toBe("healthy");
    expect(health("outbound", "503")).toMatchObject({ health: "failing", reasons: [{ origin: { kind: "fallback" } }] });
  });
});
