import { expect, test } from "vitest";
import { quantile } from "#lib/domain/telemetry/latency.ts";
import { edgeLabels } from "#test/builders/reports.ts";
import { withEmptyBuckets } from "./emptyBuckets.ts";

const BOUNDS = [1, 50, 100, 250, 500];
const edge = { ...edgeLabels({ from: "web", to: "cart-v1", service: "cart" }), reporter: "destination" as const };

function histogram(counts: readonly (readonly [le: number, perSecond: number])[], protocol = "http") {
  return counts.map(([le, perSecond]) => ({ ...edge, protocol, le, perSecond }));
}

const inOrder = (rows: ReturnType<typeof withEmptyBuckets>) =>
  [...rows]
    .sort((left, right) => left.protocol.localeCompare(right.protocol) || left.le - right.le)
    .map(({ protocol, le, perSecond }) => [protocol, le, perSecond]);

test("the first bucket with requests begins where the last empty one ends", () => {
  // All ten took 100 to 250 ms, evenly: the median is the middle of them.
  const sent = histogram([
    [250, 10],
    [500, 10],
    [Number.POSITIVE_INFINITY, 10],
  ]);
  const rows = [...withEmptyBuckets(sent, BOUNDS)].sort((left, right) => left.le - right.le);
  const [le, cumulative] = [rows.map((row) => row.le), rows.map((row) => row.perSecond)];
  expect(quantile(0.5, le, cumulative)).toBe(175);
});

test("each histogram has its own, and one whose first bucket is the first of all has none", () => {
  const slow = histogram([[500, 3]]);
  const fast = histogram([[1, 2]], "grpc");
  expect(inOrder(withEmptyBuckets([...slow, ...fast], BOUNDS))).toEqual([
    ["grpc", 1, 2],
    ["http", 250, 0],
    ["http", 500, 3],
  ]);
});

test("what is slower than every bound read is known to be at least that slow", () => {
  const sent = histogram([[Number.POSITIVE_INFINITY, 3]]);
  expect(inOrder(withEmptyBuckets(sent, BOUNDS))).toEqual([
    ["http", 500, 0],
    ["http", Number.POSITIVE_INFINITY, 3],
  ]);
});

test("without known bounds the rows stay as they are", () => {
  const sent = histogram([[250, 10]]);
  expect(withEmptyBuckets(sent, [])).toEqual(sent);
});
