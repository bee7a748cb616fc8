/** Login at a real OpenID provider, over real HTTP. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeJwt } from "jose";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { SessionView } from "#lib/api/session.ts";
import { runningRuntime } from "#lib/server/running.ts";
import { startRuntime } from "#lib/server/runtime.ts";
import { kubeconfigFor } from "#test/kubernetes/demoCluster.ts";
import { type FakeApiServer, startFakeApiServer } from "#test/kubernetes/fakeApiServer.ts";
import { logInAtProvider } from "#test/oidc/logInAtProvider.ts";
import { startOidcProvider, type TestOidcProvider } from "#test/oidc/startOidcProvider.ts";
import { HttpBrowser } from "#test/server/httpBrowser.ts";
import { type RouteServer, startRouteServer } from "#test/server/routeServer.ts";

let provider: TestOidcProvider;
let server: RouteServer;
let browser: HttpBrowser;

const ADA = { name: "Ada", email: "ada@example.org", email_verified: true, groups: ["ops", "dev"] };

/** The demo behind a login: it has no Kubernetes, so everybody who gets in sees everything. */
async function start(settings: Record<string, string> = {}, idTokenSeconds = 3600): Promise<void> {
  server = await startRouteServer();
  provider = await startOidcProvider({ redirectUris: [`${server.url}/api/v1/session/oidc/callback`], idTokenSeconds });
  provider.people.set("ada", ADA);
  await startRuntime({
    NODE_ENV: "test",
    MESHSCOPE_LOG_LEVEL: "fatal",
    MESHSCOPE_DEMO: "true",
    MESHSCOPE_AUTH: "oidc",
    MESHSCOPE_PUBLIC_URL: server.url,
    MESHSCOPE_OIDC_ISSUER: provider.issuer,
    MESHSCOPE_OIDC_CLIENT_ID: "meshscope",
    MESHSCOPE_OIDC_CLIENT_SECRET: "client secret",
    MESHSCOPE_OIDC_SCOPES: "openid profile email groups",
    MESHSCOPE_OIDC_KUBERNETES: "process",
    ...settings,
  });
}

beforeEach(() => {
  browser = new HttpBrowser();
});

afterEach(async () => {
  await runningRuntime()?.close();
  await server.close();
  await provider.close();
});

const at = (path: string) => `${server.url}${path}`;
const begin = (back = "/?namespaces=bookinfo") => at(`/api/v1/session/oidc?${new URLSearchParams({ return: back })}`);
const logIn = (person = "ada", who = browser) => logInAtProvider(who, begin(), person);

async function session(who = browser): Promise<SessionView> {
  return (await (await who.fetch(at("/api/v1/session"))).json()) as SessionView;
}

async function status(who = browser): Promise<number> {
  const response = await who.fetch(at("/api/v1/namespaces"));
  await response.text();
  return response.status;
}

describe("a login at an OpenID provider", () => {
  it("leads there, back to the page, and into the data", async () => {
    await start();
    expect(await status()).toBe(401);
    const { visited } = await logIn();
    const authorization = new URL(visited[1] ?? "");
    expect(authorization.origin).toBe(provider.issuer);
    expect(authorization.searchParams.get("code_challenge_method")).toBe("S256");
    expect(authorization.searchParams.get("state")).toMatch(/^.{43}$/);
    expect(authorization.searchParams.get("nonce")).toMatch(/^.{43}$/);
    expect(visited.at(-1)).toBe(at("/?namespaces=bookinfo"));
    expect(await session()).toMatchObject({
      mode: "oidc",
      viewer: { name: "ada@example.org", groups: ["ops", "dev"] },
    });
    expect(await status()).toBe(200);
  });

  it("puts no token into an address or a cookie that can be read", async () => {
    await start();
    const { visited } = await logIn();
    const everything = [...visited, ...[...browser.jar(server.url)].flat()].join("\n");
    // All tokens of the provider begin as JSON does.
    expect(visited.join("\n")).not.toMatch(/eyJ/);
    const parts = everything.split(/[.\n]/).map((part) => Buffer.from(part, "base64url").toString("latin1"));
    expect(parts.join("\n")).not.toContain("ada@example.org");
  });

  it("is asked of another session at each logout, and cookies from before it are worth nothing", async () => {
    await start();
    await logIn();
    const copy = browser.copy();
    const { csrf = "" } = await session();
    const ended = await browser.send("DELETE", at("/api/v1/session"), undefined, { "x-meshscope-csrf": csrf });
    const { redirect } = (await ended.json()) as { redirect: string };
    const logout = new URL(redirect);
    expect([logout.origin, logout.searchParams.get("post_logout_redirect_uri")]).toEqual([provider.issuer, at("/")]);
    expect(redirect).not.toContain("id_token_hint");
    expect([...browser.jar(server.url).keys()].filter((name) => name.startsWith("meshscope"))).toEqual([]);
    expect(await status()).toBe(401);
    expect(await status(copy)).toBe(401);
  });

  it("needs the browser that began it: a callback elsewhere or with another state is refused", async () => {
    await start();
    provider.people.set("mallory", { ...ADA, email: "mallory@example.org" });
    // Mallory begins, but keeps the last step for a victim, who has begun too.
    const mallory = new HttpBrowser();
    const began = await mallory.fetch(begin());
    const { visited } = await logInAtProvider(new HttpBrowser(), began.headers.get("location") ?? "", "mallory");
    expect(visited.at(-1)).toContain("/login?error=expired");
    const callback = visited.find((url) => url.includes("/callback?")) ?? "";
    await browser.fetch(begin());
    expect((await browser.follow(callback)).visited.at(-1)).toContain("/login?error=expired");
    expect(await status()).toBe(401);
    expect((await mallory.follow(callback)).visited.at(-1)).toBe(at("/?namespaces=bookinfo"));
    expect(await session(mallory)).toMatchObject({ viewer: { name: "mallory@example.org" } });
    // The code is worth nothing a second time.
    expect((await mallory.copy().follow(callback)).visited.at(-1)).toBe(at("/"));
    expect(await session(new HttpBrowser())).toEqual({ mode: "oidc" });
  });

  it.each(["//evil.example", "/\\evil.example", "https://evil.example", "/%5C%5Cevil", "javascript:alert(1)"])(
    "leads nowhere else: %s",
    async (back) => {
      await start();
      const { visited } = await logInAtProvider(browser, begin(back), "ada");
      expect(new URL(visited.at(-1) ?? "").origin).toBe(server.url);
    },
  );

  it("says in words what the provider refused, and repeats none of its text", async () => {
    await start();
    await browser.fetch(begin());
    const flow = [...browser.jar(server.url).keys()];
    expect(flow.some((name) => name.startsWith("meshscope-login"))).toBe(true);
    const state = new URL((await browser.fetch(begin())).headers.get("location") ?? "").searchParams.get("state");
    const query = new URLSearchParams({
      error: "access_denied",
      error_description: "<img src=x>",
      state: state ?? "",
      iss: provider.issuer,
    });
    const answer = await browser.fetch(at(`/api/v1/session/oidc/callback?${query}`));
    expect([answer.status, answer.headers.get("location")]).toEqual([
      302,
      `/login?error=denied&return=${encodeURIComponent("/?namespaces=bookinfo").replace("%20", "+")}`,
    ]);
  });

  it("of somebody in none of the allowed groups is refused", async () => {
    await start({ MESHSCOPE_OIDC_ALLOWED_GROUPS: "admins,ops" });
    provider.people.set("bob", { ...ADA, email: "bob@example.org", groups: ["sales"] });
    expect((await logIn("bob")).visited.at(-1)).toContain("/login?error=not-allowed");
    expect(await status()).toBe(401);
    expect((await logIn("ada", new HttpBrowser())).visited.at(-1)).toBe(at("/?namespaces=bookinfo"));
  });

  it.each([
    ["of another domain", { email: "ada@evil.example" }],
    ["of a domain that ends like it", { email: "ada@notexample.org" }],
    ["of two domains", { email: "ada@example.org@evil.example" }],
    ["that is not verified", { email_verified: false }],
    ["of which nobody says that it is verified", { email_verified: undefined }],
    ["verified by a text", { email_verified: "true" }],
  ])("with an address %s is refused", async (_, claims) => {
    await start({ MESHSCOPE_OIDC_ALLOWED_DOMAINS: "Example.org", MESHSCOPE_OIDC_USER_CLAIM: "name" });
    provider.people.set("ada", { ...ADA, ...claims });
    expect((await logIn()).visited.at(-1)).toContain("/login?error=not-allowed");
  });

  it("by a name or into a group of Kubernetes' own is refused", async () => {
    await start({ MESHSCOPE_OIDC_KUBERNETES: "impersonate", MESHSCOPE_OIDC_USER_CLAIM: "name" });
    provider.people.set("ada", { ...ADA, name: "system:admin" });
    expect((await logIn()).visited.at(-1)).toContain("/login?error=not-allowed");
    provider.people.set("bob", { ...ADA, groups: ["system:masters"] });
    expect((await logIn("bob", new HttpBrowser())).visited.at(-1)).toContain("/login?error=not-allowed");
  });
});

describe("the id token as bearer of Kubernetes", () => {
  let folder: string;
  let api: FakeApiServer;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "meshscope-oidc-"));
    api = await startFakeApiServer();
    api.users.set("the process", { user: "meshscope", groups: [] });
    await writeFile(join(folder, "kubeconfig"), kubeconfigFor(api.url, "the process"));
    vi.stubEnv("KUBECONFIG", join(folder, "kubeconfig"));
    await start({
      MESHSCOPE_DEMO: "false",
      MESHSCOPE_OIDC_KUBERNETES: "token",
      MESHSCOPE_PROMETHEUS_URL: "http://127.0.0.1:9",
    });
  });

  afterEach(async () => {
    await api.close();
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true, force: true });
  });

  it("names people as Kubernetes does", async () => {
    const known = api.users.get.bind(api.users);
    // As an API server with --oidc-username-prefix=sso: reads it.
    api.users.get = (token) => {
      const email = token.startsWith("eyJ") ? decodeJwt(token)["email"] : undefined;
      return typeof email === "string" ? { user: `sso:${email}`, groups: ["sso:ops"] } : known(token);
    };
    expect((await logIn()).visited.at(-1)).toBe(at("/?namespaces=bookinfo"));
    expect(await session()).toMatchObject({
      viewer: { name: "sso:ada@example.org", groups: expect.arrayContaining(["sso:ops"]) },
    });
    expect(await status()).toBe(200);
  });

  it("that Kubernetes does not accept lets nobody in, and the login page says whose fault it is", async () => {
    expect((await logIn()).visited.at(-1)).toContain("/login?error=refused");
    expect(await status()).toBe(401);
  });
});

describe("a login at an OpenID provider that is away", () => {
  it("says so, and works once it is back", async () => {
    await start();
    provider.away(true);
    expect((await browser.fetch(begin())).headers.get("location")).toContain("/login?error=unreachable");
    provider.away(false);
    expect((await logIn()).visited.at(-1)).toBe(at("/?namespaces=bookinfo"));
  });
});

describe("tokens that end", () => {
  // Less than a minute ahead of their end, tokens are renewed: these are due at once.
  const SHORT = 30;

  it("are renewed once, however many requests come together or late", async () => {
    await start({}, SHORT);
    await logIn();
    const late = browser.copy();
    const before = provider.refreshes.length;
    expect(await Promise.all(Array.from({ length: 20 }, () => status(browser.copy())))).toEqual(
      Array.from({ length: 20 }, () => 200),
    );
    expect(await status(late)).toBe(200);
    expect(provider.refreshes.length - before).toBe(1);
  });

  it("end the session when the provider refuses to renew them", async () => {
    await start({}, SHORT);
    await logIn();
    provider.revokeAll();
    const copy = browser.copy();
    const answer = await browser.fetch(at("/api/v1/namespaces"));
    expect([answer.status, await answer.json()]).toMatchObject([401, { reason: "expired", mode: "oidc" }]);
    expect(await status(copy)).toBe(401);
  });

  it("hold while the provider is away, until their end", async () => {
    await start({}, SHORT);
    await logIn();
    provider.away(true);
    expect(await status()).toBe(200);
  });

  it("are renewed for who is still allowed only", async () => {
    await start({ MESHSCOPE_OIDC_ALLOWED_GROUPS: "ops" }, SHORT);
    await logIn();
    provider.people.set("ada", { ...ADA, groups: ["sales"] });
    expect(await status()).toBe(401);
  });
});
