import { describe, expect, it } from "vitest";
import { healthRateOf, readRateAnnotation } from "./annotation.ts";
import { DEFAULT_OBJECT_TOLERANCES, rateRules } from "./rateRules.ts";
import type { RateEntry } from "./tolerances.ts";

function entry(parts: Partial<RateEntry>, degraded = 1): RateEntry {
  const tolerance = [{ code: "5XX", protocol: ".*", direction: ".*", degraded, failure: 50 }];
  return { namespace: ".*", kind: ".*", name: ".*", tolerance, ...parts };
}

const cart = { kind: "service", namespace: "shop", name: "cart" } as const;

describe("which tolerances apply", () => {
  const rules = rateRules({
    rate: [
      entry({ namespace: "shop", kind: "workload" }, 1),
      entry({ namespace: "shop|pay", name: "ca.*" }, 2),
      entry({ namespace: "shop" }, 3),
    ],
  });

  it("is told by the first entry whose namespace, kind and name match", () => {
    const first = (object: Parameters<typeof rules>[0]) => rules(object).inbound.http[0];
    expect(first(cart)).toMatchObject({ degraded: 2, origin: { kind: "setting", entry: 2 } });
    expect(first({ ...cart, kind: "workload" })).toMatchObject({ degraded: 1, origin: { kind: "setting", entry: 1 } });
    expect(first({ ...cart, name: "stock" })).toMatchObject({ degraded: 3 });
  });

  it("else the defaults", () => {
    expect(rules({ ...cart, namespace: "travel" })).toBe(DEFAULT_OBJECT_TOLERANCES);
    // "shop" matches the whole name, not a part of it.
    expect(rules({ ...cart, namespace: "shopping" })).toBe(DEFAULT_OBJECT_TOLERANCES);
  });

  it("is told before all by the object's annotation", () => {
    const own = rules({ ...cart, healthRate: "5XX,5,25,http,inbound" });
    expect(own.inbound.http).toMatchObject([{ code: "5XX", degraded: 5, failure: 25, origin: { kind: "annotation" } }]);
    expect(own.outbound.http).toMatchObject([{ origin: { kind: "fallback" } }]);
  });

  it("is what it would be without an annotation that cannot be read, which is said", () => {
    const own = rules({ ...cart, healthRate: "5XX,lots" });
    expect(own.inbound.http[0]).toMatchObject({ degraded: 2 });
    expect(own.annotationProblem).toBe('"5XX,lots" is not code,degraded,failure,protocol,direction');
  });
});

describe("an annotation", () => {
  it("holds several tolerances as Kiali writes them", () => {
    expect(readRateAnnotation("4XX,20,30,http,inbound; 5XX,0,10,.*,.*;")).toEqual({
      tolerances: [
        { code: "4XX", degraded: 20, failure: 30, protocol: "http", direction: "inbound" },
        { code: "5XX", degraded: 0, failure: 10, protocol: ".*", direction: ".*" },
      ],
    });
  });

  it("is taken under either name, ours first", () => {
    expect(healthRateOf({ "health.kiali.io/rate": "a", "meshscope.io/health-rate": "b" })).toBe("b");
    expect(healthRateOf({ "health.kiali.io/rate": "a" })).toBe("a");
    expect(healthRateOf({ "meshscope.io/health-rate": "" })).toBeUndefined();
  });

  it.each([
    ["", "names no tolerance"],
    ["5XX,1,2", "is not code,degraded"],
    ["5XX,one,2,http,inbound", "percentages from 0 to 100"],
    ["5XX,-1,2,http,inbound", "percentages from 0 to 100"],
    ["5XX,3,2,http,inbound", "degraded 3 lies above failure 2"],
    ["(,0,10,http,inbound", "not a regular expression"],
    ["5XX,0,10,(a+)+,inbound", "protocol"],
    ["5XX,0,10,http,inbound;".repeat(100), "longer than 1000"],
    ["<img src=x onerror=alert(1)>", "is not code,degraded"],
  ])("that is malformed is a problem, never an error: %s", (text, problem) => {
    expect(readRateAnnotation(text)).toEqual({ problem: expect.stringContaining(problem) });
  });

  it("is cut when it is longer than what is ever read", () => {
    expect(healthRateOf({ "meshscope.io/health-rate": "x".repeat(100_000) })).toHaveLength(1001);
  });
});
