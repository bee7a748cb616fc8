import { describe, expect, it } from "vitest";
import { loginProblem } from "./loginWords.ts";

describe("what went wrong with a login", () => {
  it("is told in words of our own, whatever the address says", () => {
    expect(loginProblem("denied")?.what).toContain("refused at the provider");
    expect(loginProblem("<img src=x>")?.what).toBe("The login failed.");
    expect(loginProblem("constructor")?.what).toBe("The login failed.");
    expect(loginProblem(null)).toBeUndefined();
  });
});
