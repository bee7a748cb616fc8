import { describe, expect, it } from "vitest";
import { loadSettings } from "../settings.ts";

function problemsOf(environment: Record<string, string>): string {
  try {
    loadSettings(environment);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return "";
}

const SECRET = "0123456789abcdef0123456789abcdef";
const OIDC = {
  MESHSCOPE_AUTH: "oidc",
  MESHSCOPE_OIDC_ISSUER: "https://sso.example.org",
  MESHSCOPE_OIDC_CLIENT_ID: "meshscope",
  MESHSCOPE_PUBLIC_URL: "https://mesh.example.org/",
};

describe("settings of the login", () => {
  it("take several session secrets, header names in any case and a public address with a slash at its end", () => {
    const settings = loadSettings({
      ...OIDC,
      MESHSCOPE_SESSION_SECRET: `${SECRET}a, ${SECRET}b`,
      MESHSCOPE_AUTH_USER_HEADER: "X-Remote-User",
      MESHSCOPE_TRUSTED_PROXIES: "10.0.0.0/8, fd00::/8, ::1",
    });
    expect(settings).toMatchObject({
      SESSION_SECRET: [`${SECRET}a`, `${SECRET}b`],
      AUTH_USER_HEADER: "x-remote-user",
      PUBLIC_URL: "https://mesh.example.org",
      TRUSTED_PROXIES: ["10.0.0.0/8", "fd00::/8", "::1"],
    });
  });

  it.each([
    [{ MESHSCOPE_AUTH: "none" }, "MESHSCOPE_AUTH: must be anonymous, token, header or oidc"],
    [{ MESHSCOPE_AUTH: "header" }, "MESHSCOPE_TRUSTED_PROXIES: mode header believes only proxies it knows"],
    [{ MESHSCOPE_AUTH: "token", MESHSCOPE_DEMO: "true" }, "the demo has no Kubernetes that could check tokens"],
    [{ MESHSCOPE_AUTH: "oidc" }, "MESHSCOPE_OIDC_ISSUER: mode oidc needs"],
    [{ MESHSCOPE_AUTH: "oidc" }, "MESHSCOPE_PUBLIC_URL: mode oidc needs"],
    [{ ...OIDC, MESHSCOPE_OIDC_SCOPES: "email" }, 'MESHSCOPE_OIDC_SCOPES: must contain "openid"'],
    [{ ...OIDC, MESHSCOPE_OIDC_ISSUER: "http://sso.example.org" }, "must begin with https://"],
    [{ MESHSCOPE_PUBLIC_URL: "https://mesh.example.org/?a=b" }, "MESHSCOPE_PUBLIC_URL: must end with its path"],
    [{ MESHSCOPE_PUBLIC_URL: "https://mesh.example.org/mesh" }, "its path must be MESHSCOPE_BASE_PATH"],
    [{ MESHSCOPE_TRUSTED_PROXIES: "10.0.0.0/33" }, '"10.0.0.0/33" is no address'],
    [{ MESHSCOPE_TRUSTED_PROXIES: "proxy.example" }, '"proxy.example" is no address'],
    [{ MESHSCOPE_AUTH_USER_HEADER: "X User" }, "must be the name of a header"],
  ])("%j is refused", (environment: Record<string, string>, expected) => {
    expect(problemsOf(environment)).toContain(expected);
  });

  it("do not repeat a secret that is too short", () => {
    const problems = problemsOf({ MESHSCOPE_SESSION_SECRET: `${SECRET},hunter2` });
    expect(problems).toContain("at least 32 characters");
    expect(problems).not.toContain("hunter2");
    expect(problems).not.toContain(SECRET);
  });
});
