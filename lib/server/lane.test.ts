import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, test } from "vitest";
import { Lane } from "./lane.ts";

/** A lane of answers by name: what has begun, and how to end it. */
function laneOf(most: number, { mostWaiting = 100, mostWaitingOfOne = 100 } = {}) {
  const lane = new Lane({ most, mostWaiting, mostWaitingOfOne });
  const begun: string[] = [];
  const leaves = new Map<string, () => void>();
  return {
    begun,
    end: (name: string) => leaves.get(name)?.(),
    enter: (name: string, who = "ann") =>
      lane.enter(who, (leave) => {
        begun.push(name);
        leaves.set(name, leave);
      }),
  };
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await nextTurn();
}

test("no more than so many run, and the next begins when one has ended", async () => {
  const { begun, end, enter } = laneOf(2);
  for (const name of ["a", "b", "c", "d"]) enter(name);
  await turns(6);
  expect(begun).toEqual(["a", "b"]);
  end("a");
  end("a");
  await turns(6);
  expect(begun).toEqual(["a", "b", "c"]);
});

test("the event loop turns between two that begin", async () => {
  const { begun, enter } = laneOf(100);
  for (let n = 0; n < 5; n += 1) enter(String(n));
  const seen: number[] = [];
  for (let turn = 0; turn < 8; turn += 1) {
    await nextTurn();
    seen.push(begun.length);
  }
  // Never two more than in the turn before.
  expect(seen.every((count, at) => count - (seen[at - 1] ?? 0) <= 1)).toBe(true);
  expect(begun).toHaveLength(5);
});

test("who leaves the line is not called, and who comes to a full one is told", async () => {
  const { begun, end, enter } = laneOf(1, { mostWaiting: 2 });
  enter("a");
  await turns(2);
  const leave = enter("b");
  enter("c");
  expect(enter("d")).toBeUndefined();
  leave?.();
  end("a");
  await turns(4);
  expect(begun).toEqual(["a", "c"]);
});

test("those who wait take turns, and one of them fills only a part of the line", async () => {
  const { begun, enter } = laneOf(10, { mostWaiting: 4, mostWaitingOfOne: 3 });
  for (const name of ["a1", "a2", "a3"]) enter(name, "ann");
  expect(enter("a4", "ann")).toBeUndefined();
  enter("b1", "bob");
  expect(enter("c1", "cid")).toBeUndefined();
  await turns(8);
  expect(begun).toEqual(["a1", "b1", "a2", "a3"]);
});
