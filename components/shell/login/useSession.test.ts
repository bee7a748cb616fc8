import { describe, expect, it } from "vitest";
import { secondsLeft } from "./useSession.ts";

describe("the time a session has left", () => {
  it("is told by the server's clock, less what has passed since it was told", () => {
    expect(secondsLeft({ expiresAt: 1060, now: 1000 }, 15_000)).toBe(45);
  });

  it("is not known where sessions do not end", () => {
    expect(secondsLeft({ mode: "header" }, 0)).toBeUndefined();
  });
});
