import { describe, expect, it } from "vitest";
import type { ConfigurationChange } from "#lib/api/changes.ts";
import { groupChanges } from "./changeMarks.ts";
import { changesSince, countChanges } from "./changeWords.ts";

const RANGE = { startSeconds: 1000, endSeconds: 2000 };

function change(at: number, namespace = "shop"): ConfigurationChange {
  return {
    cluster: "primary",
    group: "networking.istio.io",
    kind: "VirtualService",
    namespace,
    name: "web",
    action: "changed",
    at,
    known: "seen",
  };
}

describe("marks of changes on the time strip", () => {
  it("are shared by changes that are closer than a mark is wide", () => {
    // A mark is 3 % of the strip: 30 s.  1100 ─ 1120 │ 1130 ─ 1150 │ 1900
    const marks = groupChanges(
      [1900, 1100, 1150, 1120, 1130].map((at) => change(at)),
      RANGE,
      0.03,
    );
    expect(marks.map(({ share, changes }) => [share, changes.map(({ at }) => at)])).toEqual([
      [0.1, [1100, 1120]],
      [0.13, [1130, 1150]],
      [0.9, [1900]],
    ]);
  });

  it("stand for changes of the stretch alone, its ends included", () => {
    const marks = groupChanges(
      [999, 1000, 2000, 2001].map((at) => change(at)),
      RANGE,
      0.03,
    );
    expect(marks.map(({ share }) => share)).toEqual([0, 1]);
  });
});

describe("changes since a moment, in words", () => {
  const document = (...changes: ConfigurationChange[]) => ({ start: 0, end: 1, truncated: false, changes });

  it.each([
    ["Nothing changed since 13:40.", document()],
    ["1 change since 13:40, in shop.", document(change(1))],
    ["2 changes since 13:40, all in shop.", document(change(1), change(2))],
    ["3 changes since 13:40, 2 in bank.", document(change(1), change(2, "bank"), change(3, "bank"))],
    ["1 change since 13:40.", document(change(1, ""))],
    ["more than 1 change since 13:40.", { ...document(change(1)), truncated: true }],
  ])("%s", (words, changes) => {
    expect(changesSince(changes, "13:40")).toBe(words);
  });

  it("are not counted before they are known", () => {
    expect(countChanges(undefined)).toBe("—");
  });
});
