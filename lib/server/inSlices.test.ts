import { describe, expect, it } from "vitest";
import { finish, mapInPieces, type Work } from "#lib/domain/mesh/work.ts";
import { inSlices } from "./inSlices.ts";

/** Pieces that take longer than a slice each. */
function* slowly(pieces: number): Work<number> {
  for (let piece = 0; piece < pieces; piece += 1) {
    const begun = performance.now();
    while (performance.now() - begun < 12);
    yield;
  }
  return pieces;
}

describe("work in slices", () => {
  it("gives what it gives at once", async () => {
    const numbers = Array.from({ length: 1203 }, (_, number) => number);
    const twice = () => mapInPieces(numbers, (number) => number * 2);
    expect(await inSlices(twice())).toEqual(numbers.map((number) => number * 2));
    expect(finish(twice())).toEqual(await inSlices(twice()));
    // 1,203 items: after 500 and after 1,000.
    expect([...twice()]).toHaveLength(2);
  });

  it("lets other things happen in between", async () => {
    const heard: string[] = [];
    const done = inSlices(slowly(3)).then(() => heard.push("done"));
    setImmediate(() => heard.push("other"));
    await done;
    expect(heard).toEqual(["other", "done"]);
  });

  it("rejects with what the work throws", async () => {
    const broken = (function* (): Work<never> {
      yield;
      throw new Error("broken");
    })();
    await expect(inSlices(broken)).rejects.toThrow("broken");
  });
});
