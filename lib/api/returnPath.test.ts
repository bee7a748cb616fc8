import { describe, expect, it } from "vitest";
import { returnPath } from "./returnPath.ts";

describe("the way back after a login", () => {
  it.each([
    ["/?namespaces=bookinfo&select=a%2Fb#x", "", "/?namespaces=bookinfo&select=a%2Fb#x"],
    ["/mesh/?a=1", "/mesh", "/mesh/?a=1"],
    ["/mesh", "/mesh", "/mesh"],
    ["/?next=https://evil.example", "", "/?next=https://evil.example"],
  ])("is %s below %j", (wanted, basePath, expected) => {
    expect(returnPath(wanted, basePath)).toBe(expected);
  });

  it.each([
    null,
    undefined,
    "",
    "evil.example",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "https://evil.example",
    "https:evil.example",
    "javascript:alert(1)",
    " //evil.example",
    "/./\\evil.example",
    "/.//evil.example",
    "/a/..//evil.example",
    "/api/v1/session/oidc",
    "/login",
    `/${"a".repeat(2001)}`,
  ])("is home for %j", (wanted) => {
    expect(returnPath(wanted, "")).toBe("/");
  });

  it.each(["/", "/meshes", "/mesh/../other", "/mesh/%2e%2e/other", "/mesh/api/v1/reading"])(
    "does not leave the base path: %s",
    (wanted) => {
      expect(returnPath(wanted, "/mesh")).toBe("/mesh/");
    },
  );
});
