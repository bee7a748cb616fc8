import { describe, expect, it } from "vitest";
import { SessionLedger } from "./sessionLedger.ts";

describe("the ledger of sessions", () => {
  it("forgets what is over anyway before it runs out of room", () => {
    const ledger = new SessionLedger(2);
    ledger.end("a", 0, 10, 0);
    ledger.end("b", 5, 100, 5);
    ledger.end("c", 20, 100, 20);
    expect([ledger.hasEnded("b", 5), ledger.hasEnded("c", 20), ledger.hasEnded("d", 3)]).toEqual([true, true, false]);
  });

  it("without room refuses all sessions as old as those it forgets", () => {
    const ledger = new SessionLedger(2);
    for (const [at, id] of ["a", "b", "c"].entries()) ledger.end(id, at, 100, at);
    expect(["a", "b", "c"].map((id, at) => ledger.hasEnded(id, at))).toEqual([true, true, true]);
    expect([ledger.hasEnded("innocent", 0), ledger.hasEnded("later", 1)]).toEqual([true, false]);
  });
});
