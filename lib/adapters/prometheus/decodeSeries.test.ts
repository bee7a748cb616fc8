import { expect, test } from "vitest";
import type { SeriesRequest } from "#lib/domain/telemetry/timeSeries.ts";
import { decodeSeries, hasPoints } from "./decodeSeries.ts";

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

test("requests and errors are told apart by what they measure; where nothing failed, no failures were measured", () => {
  const requests = matrix(
    [
      { measure: "requests" },
      [
        [100, "9"],
        [110, "17"],
      ],
    ],
    [{ measure: "errors" }, [[110, "4"]]],
    [{ measure: "other" }, [[110, "1"]]],
  );
  const series = decodeSeries(request, { requests, tcpBytes: [matrix()] });
  expect(series.times).toEqual([100, 110, 120, 130]);
  expect(series.requestsPerSecond).toEqual([9, 17, undefined, undefined]);
  expect(series.errorsPerSecond).toEqual([0, 4, undefined, undefined]);
});

test("bytes of several answers add up at each time", () => {
  const [proxies, tunnels] = [
    matrix([
      {},
      [
        [100, "5"],
        [110, "6"],
      ],
    ]),
    matrix([{}, [[110, "1"]]]),
  ];
  const series = decodeSeries(request, { requests: matrix(), tcpBytes: [proxies, tunnels] });
  expect(series.tcpBytesPerSecond).toEqual([5, 7, undefined, undefined]);
});

test("an answer has points when any of its series has a rate", () => {
  expect(hasPoints(matrix())).toBe(false);
  expect(hasPoints(matrix([{}, [[100, "NaN"]]]))).toBe(false);
  expect(hasPoints(matrix([{}, [[100, "0"]]]))).toBe(true);
});

test("a percentile of nothing (NaN) is a gap, a measured zero is not", () => {
  const series = decodeSeries(request, {
    requests: matrix([{ measure: "requests" }, [[100, "0"]]]),
    tcpBytes: [matrix([{}, [[120, "64"]]])],
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
      { measure: "requests" },
      [
        [90, "1"],
        [140, "1"],
      ],
    ]),
    tcpBytes: [matrix()],
    p95: undefined,
  });
  expect(series.requestsPerSecond).toEqual([undefined, undefined, undefined, undefined]);
});
