import { describe, expect, test } from "vitest";
import { forEachAtOnce, Gate } from "./gate.ts";

/** Calls that end when they are told to, and how many have begun. */
function calls() {
  const open: (() => void)[] = [];
  const call = () => new Promise<void>((resolve) => void open.push(resolve));
  return { open, call };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe("a gate", () => {
  test("lets only so many in, and the next one for each that leaves", async () => {
    const { open, call } = calls();
    const gate = new Gate(2);
    const all = [1, 2, 3, 4].map(() => gate.run(call));
    await settled();
    expect(open).toHaveLength(2);
    open[0]?.();
    await settled();
    expect(open).toHaveLength(3);
    for (let at = 1; at < 4; at += 1) {
      open[at]?.();
      await settled();
    }
    await Promise.all(all);
  });

  test("a call that fails gives its place back", async () => {
    const gate = new Gate(1);
    await expect(gate.run(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(await gate.run(async () => "in")).toBe("in");
  });
});

describe("for each, so many at once", () => {
  test("does every item once", async () => {
    const done: number[] = [];
    await forEachAtOnce([1, 2, 3, 4, 5], 2, async (item) => void done.push(item));
    expect(new Set(done)).toEqual(new Set([1, 2, 3, 4, 5]));
    expect(done).toHaveLength(5);
    await forEachAtOnce([], 2, () => Promise.reject(new Error("never")));
  });

  test("begins nothing after a failure, and ends only when everything begun has", async () => {
    const { open, call } = calls();
    const begun: number[] = [];
    let isOver = false;
    const all = forEachAtOnce([1, 2, 3], 2, async (item) => {
      begun.push(item);
      if (item === 1) throw new Error("first");
      await call();
    }).finally(() => (isOver = true));
    all.catch(() => {});
    await settled();
    expect([begun, isOver]).toEqual([[1, 2], false]);
    open[0]?.();
    await expect(all).rejects.toThrow("first");
    expect(begun).toEqual([1, 2]);
  });
});
