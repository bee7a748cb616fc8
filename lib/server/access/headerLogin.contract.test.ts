/** Users named by a proxy, over real HTTP: what reaches Kubernetes, and what a client sends past the proxy. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { runningRuntime } from "#lib/server/running.ts";
import { startRuntime } from "#lib/server/runtime.ts";
import { kubeconfigFor } from "#test/kubernetes/demoCluster.ts";
import { type FakeApiServer, startFakeApiServer } from "#test/kubernetes/fakeApiServer.ts";
import { type RouteServer, startRouteServer } from "#test/server/routeServer.ts";

let folder: string;
let api: FakeApiServer;
let server: RouteServer;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "meshscope-header-"));
  api = await startFakeApiServer();
  api.users.set("the process", { user: "meshscope", groups: [] });
  await writeFile(join(folder, "kubeconfig"), kubeconfigFor(api.url, "the process"));
  vi.stubEnv("KUBECONFIG", join(folder, "kubeconfig"));
});

afterEach(async () => {
  await runningRuntime()?.close();
  await server.close();
  await api.close();
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

async function start(trustedProxies: string): Promise<void> {
  server = await startRouteServer(0, [trustedProxies]);
  await startRuntime({
    NODE_ENV: "test",
    MESHSCOPE_LOG_LEVEL: "fatal",
    MESHSCOPE_PROMETHEUS_URL: "http://127.0.0.1:9",
    MESHSCOPE_AUTH: "header",
    MESHSCOPE_TRUSTED_PROXIES: trustedProxies,
  });
}

/** Status of an answer; headers as they go over the wire, name and value by turns. */
function ask(...headers: string[]): Promise<number | undefined> {
  const { host } = new URL(server.url);
  return new Promise((resolve, reject) => {
    const asked = request(`${server.url}/api/v1/changes`, { headers: ["host", host, ...headers] }, (answer) => {
      void text(answer).then(() => resolve(answer.statusCode), reject);
    });
    asked.once("error", reject).end();
  });
}

describe("a user named by a proxy", () => {
  it("is whom Kubernetes is asked about, with the groups, in the name of the process", async () => {
    await start("127.0.0.1");
    expect(await ask("X-Forwarded-User", "ada", "X-Forwarded-Groups", "ops,dev")).toBe(200);
    const asked = api.requests.filter(({ headers }) => headers["impersonate-user"] !== undefined);
    expect(asked.length).toBeGreaterThan(0);
    expect(new Set(asked.map(({ headers }) => headers["impersonate-user"]))).toEqual(new Set(["ada"]));
    expect(new Set(asked.map(({ headers }) => headers.authorization))).toEqual(new Set(["Bearer the process"]));
  });

  it.each([
    ["twice", ["X-Forwarded-User", "ada", "X-Forwarded-User", "admin"]],
    ["twice in other letters", ["X-Forwarded-User", "ada", "x-forwarded-user", "admin"]],
    ["with groups twice", ["X-Forwarded-User", "ada", "X-Forwarded-Groups", "ops", "X-FORWARDED-GROUPS", "admins"]],
    ["as Kubernetes' own", ["X-Forwarded-User", "system:admin"]],
    ["not at all, but to Kubernetes", ["Impersonate-User", "ada"]],
  ])("is refused when named %s", async (_, headers) => {
    await start("127.0.0.1");
    expect(await ask(...headers)).toBe(401);
  });

  it("is refused from any other address, whatever that says it is", async () => {
    await start("10.0.0.0/8");
    expect(await ask("X-Forwarded-User", "ada", "X-Forwarded-For", "10.0.0.1", "X-Real-IP", "10.0.0.1")).toBe(401);
    expect(await ask("X-Forwarded-User", "ada", "Forwarded", "for=10.0.0.1")).toBe(401);
  });
});
