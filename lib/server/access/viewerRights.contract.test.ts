/** From a login to what a route shows: a cluster with roles behind the whole server, over real HTTP. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { runningRuntime } from "#lib/server/running.ts";
import { startRuntime } from "#lib/server/runtime.ts";
import { kubeconfigFor } from "#test/kubernetes/demoCluster.ts";
import { type FakeApiServer, startFakeApiServer } from "#test/kubernetes/fakeApiServer.ts";
import { RbacAuthorizer } from "#test/kubernetes/rbac.ts";
import { bind, role } from "#test/kubernetes/rbacObjects.ts";
import { smallMesh } from "#test/kubernetes/wireObjects.ts";
import { HttpBrowser } from "#test/server/httpBrowser.ts";
import { type RouteServer, startRouteServer } from "#test/server/routeServer.ts";

let api: FakeApiServer;
let server: RouteServer;
let folder: string;

const view = role("view", [{ verbs: ["get", "list", "watch"], apiGroups: ["*"], resources: ["*"] }]);
const speaker = role("speaker", [{ verbs: ["impersonate"], apiGroups: [""], resources: ["users", "groups"] }]);

async function start(settings: Readonly<Record<string, string>>, ...grants: object[]): Promise<void> {
  api.rbac = new RbacAuthorizer([view, speaker, bind("view", { user: "meshscope" }), ...grants]);
  server = await startRouteServer(0, ["127.0.0.1"]);
  await startRuntime({
    NODE_ENV: "test",
    MESHSCOPE_LOG_LEVEL: "fatal",
    // Nothing listens there: what is shown comes from configuration alone.
    MESHSCOPE_PROMETHEUS_URL: "http://127.0.0.1:9",
    ...settings,
  });
  await vi.waitFor(() => expect(runningRuntime()?.clusters[0]?.snapshot().index.count("/Pod")).toBe(2), {
    timeout: 20_000,
  });
}

beforeEach(async () => {
  api = await startFakeApiServer({ objects: [...smallMesh("shop"), ...smallMesh("bank")] });
  api.users.set("own", { user: "meshscope", groups: [] });
  api.users.set("ann", { user: "ann", groups: ["developers"] });
  folder = await mkdtemp(join(tmpdir(), "meshscope-rights-"));
  await writeFile(join(folder, "kubeconfig"), kubeconfigFor(api.url, "own"));
  vi.stubEnv("KUBECONFIG", join(folder, "kubeconfig"));
});

afterEach(async () => {
  await runningRuntime()?.close();
  await server.close();
  await api.close();
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

async function namespaces(browser: HttpBrowser, headers: Record<string, string> = {}): Promise<unknown> {
  const response = await browser.fetch(`${server.url}/api/v1/namespaces`, { headers });
  if (response.status !== 200) return { status: response.status, ...((await response.json()) as object) };
  const { namespaces: shown } = (await response.json()) as { namespaces: { name: string }[] };
  return shown.map(({ name }) => name).sort((left, right) => left.localeCompare(right));
}

describe("with a token", () => {
  const logIn = (browser: HttpBrowser, token: string) =>
    browser.send("POST", `${server.url}/api/v1/session`, { token });

  test("its holder sees their namespaces, and nothing once it is revoked", async () => {
    await start({ MESHSCOPE_AUTH: "token" }, bind("view", { group: "developers" }, "shop"));
    const browser = new HttpBrowser();
    expect(await namespaces(browser)).toMatchObject({ status: 401 });
    expect((await logIn(browser, "ann")).ok).toBe(true);
    expect(await namespaces(browser)).toEqual(["shop"]);
    api.users.delete("ann");
    vi.spyOn(Date, "now").mockReturnValue(Date.now() + 61_000);
    expect(await namespaces(browser)).toMatchObject({ status: 401, reason: "expired" });
    vi.restoreAllMocks();
  });

  test("that nobody knows, nobody gets in, and our own account is not used for them", async () => {
    await start({ MESHSCOPE_AUTH: "token" });
    const browser = new HttpBrowser();
    expect((await logIn(browser, "forged")).status).toBe(401);
    expect(await namespaces(browser)).toMatchObject({ status: 401 });
  });
});

describe("behind a proxy that names its users", () => {
  const header = { MESHSCOPE_AUTH: "header", MESHSCOPE_TRUSTED_PROXIES: "127.0.0.1" };
  const bob = { "x-forwarded-user": "bob", "x-forwarded-groups": "ops, readers" };

  test("each sees what their user and groups may", async () => {
    await start(header, bind("speaker", { user: "meshscope" }), bind("view", { group: "ops" }, "bank"));
    expect(await namespaces(new HttpBrowser(), bob)).toEqual(["bank"]);
    expect(await namespaces(new HttpBrowser(), { "x-forwarded-user": "eve" })).toEqual([]);
  });

  test("nobody is a part of Kubernetes", async () => {
    await start(header, bind("speaker", { user: "meshscope" }));
    const mallory = { "x-forwarded-user": "mallory", "x-forwarded-groups": "system:masters" };
    expect(await namespaces(new HttpBrowser(), mallory)).toMatchObject({ status: 401 });
    expect(api.requests.some(({ headers }) => "impersonate-user" in headers)).toBe(false);
  });

  test("without the right to impersonate nothing is shown", async () => {
    await start(header);
    expect(await namespaces(new HttpBrowser(), bob)).toMatchObject({ status: 502 });
  });
});
