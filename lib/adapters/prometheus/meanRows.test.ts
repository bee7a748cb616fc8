import { expect, test } from "vitest";
import { meanRows, worstNotes } from "./meanRows.ts";

test("each label set has its mean over all parts, zero where a part has no row of it", () => {
  // stock: (6 + 0 + 3) / 3 = 3     pay: (0 + 9 + 0) / 3 = 3
  const parts = [[{ to: "stock", perSecond: 6 }], [{ to: "pay", perSecond: 9 }], [{ to: "stock", perSecond: 3 }]];
  expect(meanRows(parts, ["perSecond"])).toEqual([
    { to: "stock", perSecond: 3 },
    { to: "pay", perSecond: 3 },
  ]);
});

test("figures that are no rates tell rows apart, infinite ones too", () => {
  const part = [
    { le: 5, perSecond: 1 },
    { le: Number.POSITIVE_INFINITY, perSecond: 2 },
  ];
  expect(meanRows([part, part], ["perSecond"])).toEqual(part);
});

test("sums and counts are averaged apart, so that their quotient is the mean over all requests", () => {
  // 100 ms/s over 10/s and 900 ms/s over 30/s: 500 / 20 = 25 ms a request
  const parts = [[{ milliseconds: 100, count: 10 }], [{ milliseconds: 900, count: 30 }]];
  expect(meanRows(parts, ["milliseconds", "count"])).toEqual([{ milliseconds: 500, count: 20 }]);
});

test("rows whose labels hold separators and quotes stay apart", () => {
  const part = [
    { from: 'a","to":"b', to: "c", perSecond: 1 },
    { from: "a", to: 'b","to":"c', perSecond: 1 },
  ];
  expect(meanRows([part, part], ["perSecond"])).toEqual(part);
});

test("one part is itself", () => {
  const rows = [{ to: "stock", perSecond: 6 }];
  expect(meanRows([rows], ["perSecond"])).toBe(rows);
});

test("a problem that every sample finds is counted once", () => {
  const note = (rows: number) => ({ problem: "bad-value", rows, examples: [] }) as const;
  expect(worstNotes([[note(2)], [note(5)], []])).toEqual([note(5)]);
});
