import { expect, test } from "vitest";
import { QualityCounter } from "#lib/domain/telemetry/quality.ts";
import { decodeBuckets, decodeDurations, decodeRequests, decodeTcp } from "./decodeReports.ts";

function vector(...rows: readonly [metric: Record<string, unknown>, value: unknown][]) {
  return { resultType: "vector", result: rows.map(([metric, value]) => ({ metric, value: [1, value] })) };
}

test("a row becomes a report, label by label", () => {
  const quality = new QualityCounter();
  const data = vector([
    {
      reporter: "destination",
      source_workload: "productpage-v1",
      destination_workload: "reviews-v2",
      destination_service: "reviews.bookinfo.svc.cluster.local",
      request_protocol: "http",
      response_code: "200",
      response_flags: "-",
      connection_security_policy: "mutual_tls",
    },
    "12.5",
  ]);
  expect(decodeRequests(data, quality)).toMatchObject([
    {
      reporter: "destination",
      sourceWorkload: "productpage-v1",
      destinationWorkload: "reviews-v2",
      destinationService: "reviews.bookinfo.svc.cluster.local",
      responseCode: "200",
      securityPolicy: "mutual_tls",
      perSecond: 12.5,
    },
  ]);
  expect(quality.notes()).toEqual([]);
});

test("absent labels are empty, and so are labels that are no text", () => {
  const [row] = decodeRequests(vector([{ reporter: "source", source_workload: 5 }, "1"]), new QualityCounter());
  expect(row).toMatchObject({ sourceWorkload: "", grpcStatus: "", sourceCluster: "" });
});

test.each(["NaN", "+Inf", "-Inf", "-1", "1e300", "", "twelve", 5, null])(
  "a value of %s is dropped and counted",
  (value) => {
    const quality = new QualityCounter();
    expect(
      decodeRequests(vector([{ reporter: "source" }, value], [{ reporter: "source" }, "2"]), quality),
    ).toHaveLength(1);
    expect(quality.notes()).toMatchObject([{ problem: "bad-value", rows: 1 }]);
  },
);

test("rows of unknown reporters are dropped and counted", () => {
  const quality = new QualityCounter();
  expect(decodeRequests(vector([{ reporter: "linkerd" }, "1"], [{}, "1"]), quality)).toEqual([]);
  expect(quality.notes()).toEqual([
    {
      problem: "no-reporter",
      rows: 2,
      examples: ['value "1", reporter "linkerd": ?/? → ? → ?/?', 'value "1", reporter "": ?/? → ? → ?/?'],
    },
  ]);
});

test("damaged rows are dropped and counted", () => {
  const quality = new QualityCounter();
  const result = [
    {},
    { metric: {} },
    { metric: null, value: [1, "1"] },
    { metric: {}, value: "1" },
    { metric: {}, histogram: [1, {}] },
  ];
  expect(decodeRequests({ resultType: "vector", result }, quality)).toEqual([]);
  expect(quality.notes()).toMatchObject([
    {
      problem: "bad-value",
      rows: result.length,
      examples: ['no value, reporter "": ?/? → ? → ?/?', expect.any(String)],
    },
  ]);
});

test.each([undefined, null, "text", { resultType: "matrix", result: [] }, { resultType: "vector", result: {} }])(
  "an answer that is no vector (%j) is malformed",
  (data) => {
    expect(() => decodeRequests(data, new QualityCounter())).toThrow(
      expect.objectContaining({ name: "SourceError", kind: "malformed" }),
    );
  },
);

test("TCP rows say what they measure and which app reported them", () => {
  const quality = new QualityCounter();
  const data = vector(
    [{ reporter: "source", app: "ztunnel", measure: "sentBytes" }, "10"],
    [{ reporter: "source", measure: "other" }, "10"],
  );
  expect(decodeTcp(data, quality)).toMatchObject([{ metric: "sentBytes", reporterApp: "ztunnel", perSecond: 10 }]);
  expect(quality.notes()).toMatchObject([{ problem: "bad-value", rows: 1 }]);
});

test("time and count of an edge come together; an edge that took no time has zero", () => {
  const slow = { reporter: "destination", destination_workload: "slow", request_protocol: "http" };
  const instant = { reporter: "destination", destination_workload: "instant", request_protocol: "http" };
  const data = vector(
    [{ ...slow, measure: "milliseconds" }, "500"],
    [{ ...slow, measure: "count" }, "5"],
    [{ ...instant, measure: "count" }, "2"],
  );
  expect(decodeDurations(data, new QualityCounter())).toMatchObject([
    { destinationWorkload: "slow", millisecondsPerSecond: 500, countPerSecond: 5 },
    { destinationWorkload: "instant", millisecondsPerSecond: 0, countPerSecond: 2 },
  ]);
});

test("a bucket's bound is a number, however the server writes it", () => {
  const quality = new QualityCounter();
  const data = vector(
    [{ reporter: "source", le: "5" }, "1"],
    [{ reporter: "source", le: "10.0" }, "2"],
    [{ reporter: "source", le: "+Inf" }, "3"],
    [{ reporter: "source", le: "many" }, "3"],
    [{ reporter: "source" }, "3"],
  );
  expect(decodeBuckets(data, quality).map(({ le }) => le)).toEqual([5, 10, Number.POSITIVE_INFINITY]);
  expect(quality.notes()).toMatchObject([{ problem: "bad-value", rows: 2 }]);
});
