import fc from "fast-check";
import { expect, test } from "vitest";
import { subquery } from "./rateForm.ts";
import { coveringSets, decodeRuleSets, holdsOrigins, recordedWindows } from "./recordedRates.ts";
import { equals, type Matcher } from "./selector.ts";

type Labels = Readonly<Record<string, string>>;

/** A marker as the rules write it: one shard of one, of 5 m, for cluster "east". */
function marker(labels: Labels = {}, value = "1") {
  const metric = { version: "1", group: "rates", window: "300", shard: "1", shards: "1", reporting_cluster: "east" };
  return { metric: { ...metric, ...labels }, value: [0, value] };
}

function setsOf(markers: readonly ReturnType<typeof marker>[], scope: readonly Matcher[] = []) {
  return decodeRuleSets({ resultType: "vector", result: markers }, "rates", scope);
}

const windowsOf = (...given: Parameters<typeof setsOf>) => [...setsOf(...given).keys()];

test("a set is usable when all its shards are there", () => {
  expect(windowsOf([marker()])).toEqual([300]);
  expect(windowsOf([marker({ shards: "2" })])).toEqual([]);
  expect(windowsOf([marker({ shards: "2" }), marker({ shards: "2", shard: "2" })])).toEqual([300]);
  expect(windowsOf([marker(), marker({ window: "60" })])).toEqual([300, 60]);
});

test("a set that lacks a shard in one cluster serves none: the others' edges would look like all there are", () => {
  const east = [marker({ shards: "2" }), marker({ shards: "2", shard: "2" })];
  expect(windowsOf([...east, marker({ shards: "2", reporting_cluster: "west" })])).toEqual([]);
});

test("markers of other groups and damaged ones do not count", () => {
  expect(windowsOf([marker({ group: "latency" })])).toEqual([]);
  expect(windowsOf([marker({ window: "soon" })])).toEqual([]);
  expect(windowsOf([marker({}, "NaN")])).toEqual([]);
});

test("rules that did not keep a label of the query scope are of no use under it", () => {
  const east = [equals("mesh", "east")];
  expect(windowsOf([marker()], east)).toEqual([]);
  expect(windowsOf([marker({ mesh: "east" })], east)).toEqual([300]);
  // Labels of the edge are on every recorded series.
  expect(windowsOf([marker()], [equals("destination_workload_namespace", "shop")])).toEqual([300]);
});

test("a cluster with traffic that the rules did not see rules them out", () => {
  const sets = setsOf([marker()]);
  expect([...coveringSets(sets, ["east"]).keys()]).toEqual([300]);
  expect([...coveringSets(sets, ["east", "west"]).keys()]).toEqual([]);
});

test("an answer holds what was found when every origin is in it", () => {
  const both = setsOf([marker(), marker({ reporting_cluster: "west" })]);
  expect(holdsOrigins(both, both, 300)).toBe(true);
  expect(holdsOrigins(setsOf([marker()]), both, 300)).toBe(false);
  expect(holdsOrigins(setsOf([]), both, 300)).toBe(false);
});

test.each([
  { seconds: 300, windows: { recordedSeconds: 300, stepSeconds: 300, count: 1 } },
  { seconds: 3_600, windows: { recordedSeconds: 300, stepSeconds: 300, count: 12 } },
  { seconds: 120, windows: { recordedSeconds: 60, stepSeconds: 60, count: 2 } },
  // The shortest is longer than what is asked for.
  { seconds: 30, windows: { recordedSeconds: 60, stepSeconds: 60, count: 1 } },
  // A week of five minutes would be 2016 of them.
  { seconds: 604_800, windows: { recordedSeconds: 300, stepSeconds: 2_100, count: 288 } },
])("$seconds s are read as $windows", ({ seconds, windows }) => {
  expect(recordedWindows(seconds, setsOf([marker(), marker({ window: "60" })]))).toEqual(windows);
});

test("nothing recorded, no windows", () => {
  expect(recordedWindows(300, new Map())).toBeUndefined();
});

test("a subquery steps exactly on the ends of the windows, whatever the moment", () => {
  const seconds = fc.integer({ min: 0, max: 2_000_000_000 });
  fc.assert(
    fc.property(seconds, fc.integer({ min: 15, max: 7_200 }), fc.integer({ min: 2, max: 288 }), (at, step, count) => {
      const windows = { recordedSeconds: step, stepSeconds: step, count };
      const text = subquery("m", { kind: "recorded", windows, atSeconds: at });
      const [, offset = "0", range = "", by = ""] = /^\(m(?: offset -(\d+)s)?\)\[(\d+)s:(\d+)s\]$/.exec(text) ?? [];
      // Steps are multiples of the step within the range up to `at`; each reads `offset` later.
      const steps: number[] = [];
      for (let t = Math.floor(at / Number(by)) * Number(by); t > at - Number(range); t -= Number(by)) steps.push(t);
      expect(steps.map((t) => t + Number(offset))).toEqual(Array.from({ length: count }, (_, n) => at - n * step));
    }),
  );
});
