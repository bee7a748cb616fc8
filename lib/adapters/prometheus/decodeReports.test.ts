import { expect, test } from "vitest";
import { decodeBuckets, decodeDurations, decodeRequests, decodeTcp } from "./decodeReports.ts";

function vector(...rows: readonly [metric: Record<string, unknown>, value: unknown][]) {
  return { resultType: "vector", result: rows.map(([metric, value]) => ({ metric, value: [1, value] })) };
}

test("a row becomes a report, label by label", () => {
  const dropped = { count: 0 };
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
  expect(decodeRequests(data, dropped)).toMatchObject([
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
  expect(dropped.count).toBe(0);
});

test("absent labels are empty, and so are labels that are no text", () => {
  const [row] = decodeRequests(vector([{ reporter: "source", source_workload: 5 }, "1"]), { count: 0 });
  expect(row).toMatchObject({ sourceWorkload: "", grpcStatus: "", sourceCluster: "" });
});

test.each(["NaN", "+Inf", "-Inf", "-1", "1e300", "", "twelve", 5, null])(
  "a value of %s is dropped and counted",
  (value) => {
    const dropped = { count: 0 };
    expect(
      decodeRequests(vector([{ reporter: "source" }, value], [{ reporter: "source" }, "2"]), dropped),
    ).toHaveLength(1);
    expect(dropped.count).toBe(1);
  },
);

test("rows of unknown reporters are dropped and counted", () => {
  const dropped = { count: 0 };
  expect(decodeRequests(vector([{ reporter: "linkerd" }, "1"], [{}, "1"]), dropped)).toEqual([]);
  expect(dropped.count).toBe(2);
});

test("damaged rows are dropped and counted", () => {
  const dropped = { count: 0 };
  const result = [
    {},
    { metric: {} },
    { metric: null, value: [1, "1"] },
    { metric: {}, value: "1" },
    { metric: {}, histogram: [1, {}] },
  ];
  expect(decodeRequests({ resultType: "vector", result }, dropped)).toEqual([]);
  expect(dropped.count).toBe(result.length);
});

test.each([undefined, null, "text", { resultType: "matrix", result: [] }, { resultType: "vector", result: {} }])(
  "an answer that is no vector (%j) is malformed",
  (data) => {
    expect(() => decodeRequests(data, { count: 0 })).toThrow(
      expect.objectContaining({ name: "SourceError", kind: "malformed" }),
    );
  },
);

test("TCP rows say what they measure and which app reported them", () => {
  const dropped = { count: 0 };
  const data = vector(
    [{ reporter: "source", app: "ztunnel", measure: "sentBytes" }, "10"],
    [{ reporter: "source", measure: "other" }, "10"],
  );
  expect(decodeTcp(data, dropped)).toMatchObject([{ metric: "sentBytes", reporterApp: "ztunnel", perSecond: 10 }]);
  expect(dropped.count).toBe(1);
});

test("time and count of an edge come together; an edge that took no time has zero", () => {
  const slow = { reporter: "destination", destination_workload: "slow", request_protocol: "http" };
  const instant = { reporter: "destination", destination_workload: "instant", request_protocol: "http" };
  const data = vector(
    [{ ...slow, measure: "milliseconds" }, "500"],
    [{ ...slow, measure: "count" }, "5"],
    [{ ...instant, measure: "count" }, "2"],
  );
  expect(decodeDurations(data, { count: 0 })).toMatchObject([
    { destinationWorkload: "slow", millisecondsPerSecond: 500, countPerSecond: 5 },
    { destinationWorkload: "instant", millisecondsPerSecond: 0, countPerSecond: 2 },
  ]);
});

test("a bucket's bound is a number, however the server writes it", () => {
  const dropped = { count: 0 };
  const data = vector(
    [{ reporter: "source", le: "5" }, "1"],
    [{ reporter: "source", le: "10.0" }, "2"],
    [{ reporter: "source", le: "+Inf" }, "3"],
    [{ reporter: "source", le: "many" }, "3"],
    [{ reporter: "source" }, "3"],
  );
  expect(decodeBuckets(data, dropped).map(({ le }) => le)).toEqual([5, 10, Number.POSITIVE_INFINITY]);
  expect(dropped.count).toBe(2);
});
