/** Several clusters at once: from a kubeconfig, and from remote secrets that come and go. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ClusterSource } from "#lib/ports.ts";
import { never } from "#test/builders/demo.ts";
import { type FakeApiServer, startFakeApiServer } from "#test/kubernetes/fakeApiServer.ts";
import { TEST_CERTIFICATE } from "#test/kubernetes/testCertificate.ts";
import { smallMesh } from "#test/kubernetes/wireObjects.ts";
import type { ClusterSet } from "./clusterSet.ts";
import { liveClusters } from "./liveClusters.ts";
import { createLog } from "./log.ts";
import { loadSettings } from "./settings.ts";

const clock = { nowSeconds: () => Date.now() / 1000 };

let folder: string;
let home: FakeApiServer;
let west: FakeApiServer;
const sets: ClusterSet[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "meshscope-clusters-"));
  home = await startFakeApiServer({ objects: smallMesh("shop") });
  west = await startFakeApiServer({ tls: true, objects: smallMesh("pay") });
  const contexts = { home: home.url, dead: "http://127.0.0.1:9" };
  vi.stubEnv("KUBECONFIG", join(folder, "kubeconfig"));
  await writeFile(join(folder, "kubeconfig"), JSON.stringify(kubeconfig(contexts)));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await Promise.all(sets.splice(0).map((set) => set.close()));
  await Promise.all([home.close(), west.close()]);
  await rm(folder, { recursive: true });
});

function kubeconfig(servers: Readonly<Record<string, string>>, user: object = {}, cluster: object = {}) {
  const names = Object.keys(servers);
  return {
    apiVersion: "v1",
    kind: "Config",
    "current-context": names[0],
    contexts: names.map((name) => ({ name, context: { cluster: name, user: "me" } })),
    clusters: names.map((name) => ({ name, cluster: { server: servers[name], ...cluster } })),
    users: [{ name: "me", user }],
  };
}

const base64 = (text: string): string => Buffer.from(text).toString("base64");

/** A kubeconfig as `istioctl create-remote-secret` makes it. */
function remote(user: object = { token: "t0k" }, cluster: object = {}): string {
  const authority = { "certificate-authority-data": base64(TEST_CERTIFICATE), "tls-server-name": "localhost" };
  return JSON.stringify(kubeconfig({ west: west.url }, user, { ...authority, ...cluster }));
}

/** Makes the home cluster hold these remote secrets: kubeconfig by cluster. */
function hold(configs: Readonly<Record<string, string>>): void {
  const items = Object.entries(configs).map(([cluster, config]) => ({
    metadata: { name: `istio-remote-secret-${cluster}`, labels: { "istio/multiCluster": "true" } },
    data: { [cluster]: base64(config) },
  }));
  home.interfere = ({ path, query }) =>
    path === "/api/v1/namespaces/istio-system/secrets" && query["labelSelector"] === "istio/multiCluster=true"
      ? { body: JSON.stringify({ kind: "SecretList", items }) }
      : undefined;
}

function start(environment: Readonly<Record<string, string>>) {
  const { set } = liveClusters(loadSettings(environment), clock, createLog("fatal"), 20);
  sets.push(set);
  set.start();
  return set;
}

const SECRETS = { MESHSCOPE_CLUSTER_NAME: "home", MESHSCOPE_REMOTE_SECRETS: "istio-system" };
const namesOf = (sources: readonly ClusterSource[]) => sources.map(({ cluster }) => cluster);
const stateOf = (source: ClusterSource | undefined) => source?.snapshot().status.state;

describe("contexts", () => {
  it("are read side by side: one that cannot be reached leaves the others", async () => {
    const set = start({ MESHSCOPE_KUBE_CONTEXTS: "east=home,gone=dead" });
    expect(namesOf(set.sources)).toEqual(["east", "gone"]);
    await expect.poll(() => set.sources.map(stateOf), { timeout: 10_000 }).toEqual(["ok", "failing"]);
    const [east, gone] = set.sources;
    await expect.poll(() => east?.snapshot().index.count("/Service")).toBe(1);
    expect(gone?.snapshot().index.count("/Service")).toBe(0);
  });

  it("have their own name where no other is given, and a name only once", () => {
    expect(loadSettings({ MESHSCOPE_KUBE_CONTEXTS: "a, b=c" }).KUBE_CONTEXTS).toEqual([
      { cluster: "a", context: "a" },
      { cluster: "b", context: "c" },
    ]);
    expect(() => loadSettings({ MESHSCOPE_KUBE_CONTEXTS: "a=b,a=c" })).toThrow('"a" names two clusters');
    expect(() => loadSettings({ MESHSCOPE_KUBE_CONTEXTS: "=b" })).toThrow("must list contexts");
  });
});

describe("remote secrets", () => {
  it("bring a cluster while we run, and take it away again", async () => {
    const set = start(SECRETS);
    await expect.poll(() => stateOf(set.sources[0]), { timeout: 10_000 }).toBe("ok");
    const heard = new Set<string>();
    set.onChange((cluster) => heard.add(cluster));
    hold({ west: remote() });
    await expect.poll(() => set.sources[1]?.snapshot().index.count("/Service"), { timeout: 10_000 }).toBe(1);
    expect(namesOf(set.sources)).toEqual(["home", "west"]);
    expect(west.requests.at(-1)?.headers.authorization).toBe("Bearer t0k");
    hold({});
    await expect.poll(() => namesOf(set.sources)).toEqual(["home"]);
    expect(heard).toContain("west");
    await expect.poll(() => west.watchCount()).toBe(0);
  });

  it("that change give another connection; those that do not keep theirs", async () => {
    hold({ west: remote() });
    const set = start(SECRETS);
    await expect.poll(() => stateOf(set.sources[1]), { timeout: 10_000 }).toBe("ok");
    const [, before] = set.sources;
    const asked = home.requests.length;
    await expect.poll(() => home.requests.length).toBeGreaterThan(asked + 2);
    expect(set.sources[1]).toBe(before);
    hold({ west: remote({ token: "other" }) });
    await expect.poll(() => set.sources[1] !== before).toBe(true);
    await expect.poll(() => west.requests.at(-1)?.headers.authorization, { timeout: 10_000 }).toBe("Bearer other");
  });

  it("that cannot be listed leave the clusters there are, and say what to grant", async () => {
    hold({ west: remote() });
    const set = start(SECRETS);
    await expect.poll(() => stateOf(set.sources[1]), { timeout: 10_000 }).toBe("ok");
    home.interfere = ({ path }) => (path.endsWith("/secrets") ? { status: 403, reason: "Forbidden" } : undefined);
    await expect.poll(() => set.findStatus?.state).toBe("failing");
    expect(set.findStatus).toMatchObject({ kind: "denied", message: expect.stringContaining("/secrets") });
    expect(namesOf(set.sources)).toEqual(["home", "west"]);
  });

  it("get no viewer's token, which their writer could collect, unless a setting says so", async () => {
    hold({ west: remote() });
    const as = { kind: "bearer", token: "viewers-own" } as const;
    const tokens = () => west.requests.map(({ headers }) => headers.authorization);
    const set = start(SECRETS);
    await expect.poll(() => stateOf(set.sources[1]), { timeout: 10_000 }).toBe("ok");
    const { access, writer } = set.sources[1] ?? {};
    const ref = { group: "", kind: "Service", namespace: "pay", name: "reviews" };
    await expect(access?.identify(as, never)).rejects.toMatchObject({ kind: "denied" });
    await expect(writer?.read(ref, as, never)).rejects.toMatchObject({ kind: "denied" });
    expect(tokens()).not.toContain("Bearer viewers-own");

    const trusting = start({ ...SECRETS, MESHSCOPE_REMOTE_TOKENS: "enabled" });
    await expect.poll(() => stateOf(trusting.sources[1]), { timeout: 10_000 }).toBe("ok");
    await trusting.sources[1]?.access?.identify(as, never);
    expect(tokens()).toContain("Bearer viewers-own");
  });

  it("never take the name of a cluster that settings name", async () => {
    hold({ home: remote() });
    const set = start(SECRETS);
    await expect.poll(() => set.findStatus?.state).toBe("ok");
    expect(namesOf(set.sources)).toEqual(["home"]);
    expect(west.requests).toEqual([]);
  });

  it.each([
    [
      "exec",
      () => remote({ exec: { command: "touch", args: ["/tmp/ran"], apiVersion: "client.authentication.k8s.io/v1" } }),
    ],
    ["auth-provider", () => remote({ "auth-provider": { name: "gcp" } })],
    ["tokenFile", () => remote({ token: "t", tokenFile: "/etc/passwd" })],
    ["certificate-authority", () => remote({ token: "t" }, { "certificate-authority": "/etc/passwd" })],
    ["client-key", () => remote({ "client-key": "/etc/shadow", "client-certificate-data": "eA==" })],
    ["insecure-skip-tls-verify", () => remote({ token: "t" }, { "insecure-skip-tls-verify": true })],
    ["proxy-url", () => remote({ token: "t" }, { "proxy-url": "http://evil.example" })],
    ["no https server", () => remote({ token: "t" }, { server: "http://169.254.169.254" })],
    ["neither a token nor a client certificate", () => remote({})],
    ["not YAML", () => "token: 'secret-t0k\n\t- ["],
    ["not YAML", () => "a: &a [*a, *a]"],
  ])("with %s stand in the list as unusable and are never connected to", async (words, config) => {
    hold({ west: config() });
    const set = start(SECRETS);
    await expect.poll(() => namesOf(set.sources), { timeout: 10_000 }).toEqual(["home", "west"]);
    const { status } = set.sources[1]?.snapshot() ?? {};
    expect(status).toMatchObject({ state: "failing", message: expect.stringContaining(words) });
    expect(JSON.stringify(status)).not.toContain("t0k");
    expect(west.requests).toEqual([]);
  });
});
