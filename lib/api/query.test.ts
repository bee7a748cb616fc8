import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type EndScope, NAMELESS, type SeriesScope } from "#lib/domain/telemetry/timeSeries.ts";
import {
  durationSchema,
  graphQuerySchema,
  parseQuery,
  parseScope,
  readingQuerySchema,
  seriesQuerySchema,
} from "./query.ts";
import { formatScope } from "./series.ts";

const name = fc.string({ unit: "grapheme", minLength: 1 });
const where = { cluster: name, namespace: name };
const optional = { requiredKeys: ["kind", "namespace"] as const };
const end: fc.Arbitrary<EndScope> = fc.oneof(
  fc.record(
    { kind: fc.constant("namespaces" as const), cluster: name, namespaces: fc.array(name, { minLength: 1 }) },
    { requiredKeys: ["kind", "namespaces"] },
  ),
  fc.record(
    { kind: fc.constant("workload" as const), ...where, workload: name },
    { requiredKeys: ["kind", "namespace", "workload"] },
  ),
  fc.record(
    {
      kind: fc.constant("service" as const),
      ...where,
      service: name,
      workloads: fc.array(name, { minLength: 1 }),
    },
    { requiredKeys: ["kind", "namespace", "service"] },
  ),
  fc.record(
    { kind: fc.constant("hosts" as const), cluster: name, hosts: fc.array(name, { minLength: 1 }) },
    { requiredKeys: ["kind", "hosts"] },
  ),
  fc.record(
    { kind: fc.constant("operation" as const), ...where, operation: name, service: name },
    { requiredKeys: ["kind", "namespace", "operation"] },
  ),
  fc.record({ kind: fc.constantFrom(...NAMELESS), cluster: name }, { requiredKeys: ["kind"] }),
  fc.record({ kind: fc.constant("cluster" as const), cluster: name }),
  fc.record(
    { kind: fc.constant("app" as const), ...where, app: name, version: name },
    { requiredKeys: [...optional.requiredKeys, "app"] },
  ),
);
const scope: fc.Arbitrary<SeriesScope> = fc.oneof(
  fc.constant({ kind: "mesh" as const }),
  end,
  fc.record({ kind: fc.constant("edge" as const), from: end, to: end }),
);

it("reads every scope that it writes, whatever the names hold", () => {
  fc.assert(
    fc.property(scope, (original) => {
      expect(parseScope(formatScope(original))).toEqual(original);
    }),
  );
});

it("writes a name that is not well-formed Unicode as far as it goes", () => {
  expect(formatScope({ kind: "workload", namespace: "shop", workload: "cart\ud800" })).toBe(
    "workload:shop/cart%EF%BF%BD",
  );
});

it("reads the scope of a host that belongs to no namespace", () => {
  const host: SeriesScope = { kind: "service", namespace: "", service: "api.example.com" };
  expect(parseScope(formatScope(host))).toEqual(host);
});

it.each([
  "",
  "pods:a/b",
  "workload:a",
  "workload:a/b/c",
  "workload:a/",
  "service:%",
  "edge:mesh>mesh",
  "edge:workload:a/b",
  "edge:workload:a/b>service:a/b>service:a/b",
  "namespaces:",
  "hosts:",
  "hosts:a,,b",
  "operation:shop",
  "operation:shop/Get/cart/more",
  "unknown:shop",
  "passthrough",
])("refuses scope %j", (text) => {
  expect(parseScope(text)).toBeUndefined();
});

describe("instants", () => {
  it.each(["", " ", "-1", "NaN", "Infinity", "0x10", "1e9", "now"])("%j is refused", (at) => {
    expect(graphQuerySchema.safeParse({ at }).success).toBe(false);
  });

  it("may hold a fraction", () => {
    expect(graphQuerySchema.parse({ at: "1795223940.5" }).at).toBe(1_795_223_940.5);
  });
});

describe("parseQuery", () => {
  const read = (query: string) => parseQuery(readingQuerySchema, new URL(`http://host/?${query}`));

  it("reads what is there and takes defaults for the rest", () => {
    expect(read("window=5m")).toEqual({ window: 300, details: [], labels: false });
  });

  it("refuses a parameter given twice rather than choosing one", () => {
    expect(() => read("window=300&window=600")).toThrow("window");
  });

  it("refuses a parameter there is not: a misspelt one must not read the whole mesh", () => {
    expect(() => read("namespace=shop")).toThrow("namespace");
  });
});

describe("durations", () => {
  it.each([
    ["300", 300],
    ["300s", 300],
    ["5m", 300],
    ["1h", 3600],
    ["30d", 2_592_000],
  ])("%s is %i seconds", (text, seconds) => {
    expect(durationSchema.parse(text)).toBe(seconds);
  });

  it.each(["0", "31d", "5 minutes", "-1", "1e3", "5M", ""])("%j is refused", (text) => {
    expect(durationSchema.safeParse(text).success).toBe(false);
  });
});

it("refuses unix milliseconds, which are an honest mistake, by name", () => {
  const { error } = graphQuerySchema.safeParse({ at: "1795223940000" });
  expect(error?.issues[0]).toMatchObject({ path: ["at"], message: "must be unix seconds, not milliseconds" });
});

it("refuses series with more points than a screen has", () => {
  const { error } = seriesQuerySchema.safeParse({ scope: "mesh", start: "0", end: "86400", step: "1" });
  expect(error?.issues[0]?.path).toEqual(["step"]);
});
