import { expect, test } from "vitest";
import type { SeriesRequest } from "#lib/domain/telemetry/timeSeries.ts";
import { decodeSeries } from "./decodeSeries.ts";

const request: SeriesRequest = {
  scope: { kind: "mesh" },
  direction: "inbound",
  startSeconds: 100,
  endSeconds: 130,
  stepSeconds: 10,
};

function matrix(...rows: readonly [metric: Record<string, string>, values: readonly [number, string][]][]) {
  return { resultType: "matrix", result: rows.map(([metric, values]) => ({ metric, values })) };
}

test("results add up at each time, and errors are those the domain calls errors", () => {
  // at 110: 200 → 8, 503 → 1, no response → 1, gRPC status 14 → 2
  const requests = matrix(
    [
      { request_protocol: "http", response_code: "200" },
      [
        [100, "9"],
        [110, "8"],
      ],
    ],
    [{ request_protocol: "http", response_code: "503" }, [[110, "1"]]],
    [{ request_protocol: "http", response_code: "0" }, [[110, "1"]]],
    [{ request_protocol: "grpc", response_code: "200", grpc_response_status: "14" }, [[110, "2"]]],
    [{ request_protocol: "grpc", response_code: "200", grpc_response_status: "0" }, [[110, "5"]]],
  );
  const series = decodeSeries(request, { requests, tcpBytes: matrix() });
  expect(series.times).toEqual([100, 110, 120, 130]);
  expect(series.requestsPerSecond).toEqual([9, 17, undefined, undefined]);
  expect(series.errorsPerSecond).toEqual([0, 4, undefined, undefined]);
});

test("a percentile of nothing (NaN) is a gap, a measured zero is not", () => {
  const series = decodeSeries(request, {
    requests: matrix([{}, [[100, "0"]]]),
    tcpBytes: matrix([{}, [[120, "64"]]]),
    p95: matrix([
      {},
      [
        [100, "NaN"],
        [110, "42"],
      ],
    ]),
  });
  expect(series.requestsPerSecond[0]).toBe(0);
  expect(series.p95Milliseconds).toEqual([undefined, 42, undefined, undefined]);
  expect(series.tcpBytesPerSecond).toEqual([undefined, undefined, 64, undefined]);
});

test("points outside the range asked for are ignored", () => {
  const series = decodeSeries(request, {
    requests: matrix([
      {},
      [
        [90, "1"],
        [140, "1"],
      ],
    ]),
    tcpBytes: matrix(),
    p95: undefined,
  });
  expect(series.requestsPerSecond).toEqual([undefined, undefined, undefined, undefined]);
});
