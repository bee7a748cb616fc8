/** Login with a bearer token that a Kubernetes API server checks, over real HTTP; and what answers without one. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UnsecuredJWT } from "jose";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { SessionView } from "#lib/api/session.ts";
import { runningRuntime } from "#lib/server/running.ts";
import { startRuntime } from "#lib/server/runtime.ts";
import { kubeconfigFor } from "#test/kubernetes/demoCluster.ts";
import { type FakeApiServer, startFakeApiServer } from "#test/kubernetes/fakeApiServer.ts";
import { HttpBrowser } from "#test/server/httpBrowser.ts";
import { type RouteServer, startRouteServer } from "#test/server/routeServer.ts";

let folder: string;
let api: FakeApiServer;
let server: RouteServer;
let browser: HttpBrowser;

/** As Kubernetes' tokens they say when they end; whether they are signed is for Kubernetes to check. */
const jwtFor = (name: string) => new UnsecuredJWT({ name }).setExpirationTime("600s").encode();
const jwtOfAda = jwtFor("ada");
const jwtOfNobody = jwtFor("nobody");

async function start(settings: Record<string, string> = {}): Promise<void> {
  await startRuntime({
    NODE_ENV: "test",
    MESHSCOPE_LOG_LEVEL: "fatal",
    MESHSCOPE_PROMETHEUS_URL: "http://127.0.0.1:9",
    MESHSCOPE_AUTH: "token",
    ...settings,
  });
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "meshscope-token-"));
  api = await startFakeApiServer();
  api.users.set("the process", { user: "system:serviceaccount:mesh:meshscope", groups: [] });
  api.users.set(jwtOfAda, { user: "ada", groups: ["ops"] });
  await writeFile(join(folder, "kubeconfig"), kubeconfigFor(api.url, "the process"));
  vi.stubEnv("KUBECONFIG", join(folder, "kubeconfig"));
  server = await startRouteServer();
  browser = new HttpBrowser();
});

afterEach(async () => {
  await runningRuntime()?.close();
  await server.close();
  await api.close();
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

const at = (path: string) => `${server.url}${path}`;
const post = (token: string, who = browser, headers = {}) =>
  who.send("POST", at("/api/v1/session"), { token }, headers);

async function session(who = browser): Promise<SessionView> {
  return (await (await who.fetch(at("/api/v1/session"))).json()) as SessionView;
}

/** Status and reason of something that needs a login. */
async function asked(who = browser): Promise<readonly unknown[]> {
  const response = await who.fetch(at("/api/v1/openapi.json"));
  const { reason } = (await response.json()) as { reason?: string };
  return [response.status, reason];
}

describe("somebody who is not logged in", () => {
  it("is counted by network, whatever they send, and keeps nobody from asking who is logged in", async () => {
    await start({ MESHSCOPE_REQUESTS_PER_MINUTE: "10" });
    await post(jwtOfAda);
    const stranger = new HttpBrowser();
    stranger.jar(server.url).set("meshscope-session.0", "1.forged");
    const statuses: number[] = [];
    for (let time = 0; time < 12; time += 1) statuses.push(Number((await asked(stranger))[0]));
    expect(statuses).toEqual([...Array.from({ length: 9 }, () => 401), 429, 429, 429]);
    expect((await new HttpBrowser().fetch(at("/api/v1/session"))).status).toBe(429);
    expect(await asked()).toEqual([200, undefined]);
  });

  it("asks Kubernetes no more than a few times whose tokens they made up", async () => {
    await start();
    const before = api.requests.length;
    await Promise.all(Array.from({ length: 40 }, () => post(jwtOfNobody, new HttpBrowser())));
    const reviews = api.requests.slice(before).filter(({ path }) => path.endsWith("reviews"));
    expect(reviews.length).toBeGreaterThan(0);
    expect(reviews.length).toBeLessThanOrEqual(10);
  });
});

describe("a login by token", () => {
  it("shows who the token is, and lets in", async () => {
    await start();
    expect(await session()).toEqual({ mode: "token" });
    expect(await asked()).toEqual([401, "login-required"]);
    const answer = await post(`  ${jwtOfAda}\n`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(await answer.json()).toMatchObject({ viewer: { name: "ada", groups: ["ops", "system:authenticated"] } });
    expect(await asked()).toEqual([200, undefined]);
  });

  it("ends with the token, and says when", async () => {
    await start();
    await post(jwtOfAda);
    const { endsAt = 0 } = await session();
    expect(endsAt - Date.now() / 1000).toBeGreaterThan(500);
    expect(endsAt - Date.now() / 1000).toBeLessThanOrEqual(600);
  });

  it("sends the token to Kubernetes alone: it is in no answer, and unreadable in the cookie", async () => {
    await start();
    const answers = [await post(jwtOfAda), await browser.fetch(at("/api/v1/session"))];
    const texts = await Promise.all(answers.map((answer) => answer.text()));
    expect([...texts, ...answers.map(({ headers }) => JSON.stringify([...headers]))].join()).not.toContain(jwtOfAda);
    const reviews = api.requests.filter(({ resource }) => resource === "selfsubjectreviews");
    expect(reviews.map(({ headers }) => headers.authorization)).toEqual([`Bearer ${jwtOfAda}`]);
  });

  it.each([
    ["one nobody has", jwtOfNobody, 401, "refused"],
    ["two words", "two words", 400, "malformed"],
    ["a header", "x\r\nImpersonate-User: system:admin", 400, "malformed"],
    ["emptiness", "   ", 400, "malformed"],
    ["17 KB", "x".repeat(17_000), 400, "malformed"],
  ])("by %s is refused", async (_, token, status, reason) => {
    await start();
    const answer = await post(token);
    expect([answer.status, ((await answer.json()) as { reason: string }).reason]).toEqual([status, reason]);
    expect(await asked()).toEqual([401, "login-required"]);
  });

  it("does not take those for somebody whom Kubernetes does not know", async () => {
    api.users.set("odd", { user: "system:anonymous", groups: ["system:unauthenticated"] });
    await start();
    expect((await post("odd")).status).toBe(401);
  });

  it("is refused after five failures, with the time to wait, also with a right token", async () => {
    await start();
    const answers = await Promise.all(Array.from({ length: 8 }, () => post(jwtOfNobody)));
    const statuses = answers.map(({ status }) => status).sort((one, other) => one - other);
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429, 429]);
    const next = await post(jwtOfAda);
    expect([next.status, next.headers.get("retry-after")]).toEqual([429, "60"]);
  });

  it("says when Kubernetes cannot be asked, and counts that against nobody", async () => {
    await start();
    await api.close();
    const statuses = [];
    for (let time = 0; time < 7; time += 1) statuses.push((await post(jwtOfAda)).status);
    expect(new Set(statuses)).toEqual(new Set([503]));
  });

  it("from another site's page is refused, as a form, as text and without an origin", async () => {
    await start();
    expect((await post(jwtOfAda, browser, { origin: "http://evil.example" })).status).toBe(403);
    expect((await post(jwtOfAda, browser, { "sec-fetch-site": "cross-site" })).status).toBe(403);
    expect((await post(jwtOfAda, browser, { "content-type": "text/plain" })).status).toBe(415);
    const bare = await fetch(at("/api/v1/session"), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ token: jwtOfAda }),
    });
    expect(bare.status).toBe(403);
  });

  it("is over after the logout, also for a copy of the cookie; a logout without its proof does nothing", async () => {
    await start();
    await post(jwtOfAda);
    const copy = browser.copy();
    expect((await browser.send("DELETE", at("/api/v1/session"))).status).toBe(403);
    expect(await asked()).toEqual([200, undefined]);
    const { csrf = "" } = await session();
    const ended = await browser.send("DELETE", at("/api/v1/session"), undefined, { "x-meshscope-csrf": csrf });
    expect([ended.status, await ended.json()]).toEqual([200, {}]);
    expect(await asked()).toEqual([401, "login-required"]);
    expect(await asked(copy)).toEqual([401, "expired"]);
    expect(await session(copy)).toEqual({ mode: "token" });
    // Once more is no error: the browser must end up without a session, however often it asks.
    expect((await browser.send("DELETE", at("/api/v1/session"))).status).toBe(200);
  });

  it("is over once Kubernetes does not know the token any more: the next page asks for a login", async () => {
    await start();
    await post(jwtOfAda);
    api.users.delete(jwtOfAda);
    const answer = await browser.fetch(at("/api/v1/namespaces"));
    expect([answer.status, await answer.json()]).toMatchObject([401, { reason: "expired" }]);
    expect(await session()).toEqual({ mode: "token" });
  });

  it("ends streams of changes with it", async () => {
    await start({ MESHSCOPE_REFRESH_SECONDS: "1" });
    await post(jwtOfAda);
    const events = await browser.fetch(at("/api/v1/events"));
    const reader = events.body?.getReader();
    await reader?.read();
    const { csrf = "" } = await session();
    await browser.send("DELETE", at("/api/v1/session"), undefined, { "x-meshscope-csrf": csrf });
    const readAll = async (): Promise<string> => ((await reader?.read())?.done === true ? "ended" : readAll());
    expect(await readAll()).toBe("ended");
  });

  it("is kept with its proof alone", async () => {
    await start();
    await post(jwtOfAda);
    expect((await browser.send("PUT", at("/api/v1/session"))).status).toBe(403);
    const { csrf = "" } = await session();
    const kept = await browser.send("PUT", at("/api/v1/session"), undefined, { "x-meshscope-csrf": csrf });
    expect([kept.status, await kept.json()]).toMatchObject([200, { viewer: { name: "ada" } }]);
  });

  it("answers a forged cookie like none, and removes it", async () => {
    await start();
    const port = new URL(server.url).port;
    for (const value of ["1.eyJhbGciOiJub25lIn0.e30.", "1.", "9.x", "garbage", "1.a.b.c.d.e"]) {
      browser.jar(server.url).set(`meshscope-session-${port}.0`, value);
      expect((await asked())[0], value).toBe(401);
      expect(browser.jar(server.url).size, value).toBe(0);
    }
  });
});

describe("without a login", () => {
  const OPEN = [
    "/healthz",
    "/metrics",
    "/readyz",
    "/api/v1/session",
    "/api/v1/session/oidc",
    "/api/v1/session/oidc/callback",
    // Says that there is no such route, whatever is asked.
    "/api/[...path]",
  ];

  it("every route but those to log in and for the cluster's probes answers 401, whatever the method", async () => {
    await start();
    const guardedRoutes = server.routes.filter(({ path }) => !OPEN.includes(path) && !path.startsWith("/demo/"));
    expect(guardedRoutes.length).toBeGreaterThanOrEqual(7);
    const answers: string[] = [];
    for (const { path, handlers } of guardedRoutes) {
      for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE"].filter((name) => name in handlers)) {
        const url = at(path.replaceAll(/\[+(\.\.\.)?\w+\]+/g, "some"));
        const response = await browser.send(method, url, method === "GET" ? undefined : {});
        const text = await response.text();
        answers.push(`${method} ${path} ${response.status} ${text.includes("login-required")}`);
      }
    }
    expect(answers.filter((answer) => !answer.endsWith(" 401 true"))).toEqual([]);
  });

  it("demo metrics are those of the demo alone, and our own metrics name no namespace", async () => {
    await start();
    expect((await browser.fetch(at("/demo/metrics"))).status).toBe(404);
    expect(await (await browser.fetch(at("/metrics"))).text()).not.toMatch(/namespace=/);
  });
});
