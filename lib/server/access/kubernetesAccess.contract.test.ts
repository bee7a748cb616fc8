/** What viewers may see, as fake API servers with users and roles answer over real HTTP. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createKubeClient } from "#lib/adapters/kubernetes/kubeClient.ts";
import { directConnection } from "#lib/adapters/kubernetes/kubeConnection.ts";
import { createKubernetesCluster } from "#lib/adapters/kubernetes/kubernetesCluster.ts";
import { type Sight, seesKind, seesNamespace } from "#lib/domain/access/sight.ts";
import type { ClusterSource, Credentials } from "#lib/ports.ts";
import { meshObject } from "#test/builders/meshObjects.ts";
import { type FakeApiServer, startFakeApiServer } from "#test/kubernetes/fakeApiServer.ts";
import { RbacAuthorizer } from "#test/kubernetes/rbac.ts";
import { bind, role } from "#test/kubernetes/rbacObjects.ts";
import { smallMesh, toWire } from "#test/kubernetes/wireObjects.ts";
import { createKubernetesAccess, type KubernetesAccess } from "./kubernetesAccess.ts";

const POD = "/Pod";
const VIRTUAL_SERVICE = "networking.istio.io/VirtualService";
/** Longer than a test may take. */
const FOREVER_MS = 300_000;
const DEADLINE = { timeout: 20_000, interval: 5 };

let nowSeconds: number;
let closing: (() => Promise<void>)[];
let server: FakeApiServer;
let east: ClusterSource;

const viewer = role("view", [
  { verbs: ["get", "list", "watch"], apiGroups: ["", "apps", "batch", "discovery.k8s.io"], resources: ["*"] },
]);
const istioReader = role("istio-reader", [
  { verbs: ["get", "list"], apiGroups: ["networking.istio.io"], resources: ["virtualservices"] },
]);
const everything = role("read-all", [{ verbs: ["get", "list"], apiGroups: ["*"], resources: ["*"] }]);

beforeEach(async () => {
  nowSeconds = 1_000;
  closing = [];
  server = await startServer([...smallMesh("shop"), ...smallMesh("cart"), ...smallMesh("bank")]);
  east = await startCluster("east", server);
});
afterEach(async () => {
  for (const close of closing.reverse()) await close();
});

async function startServer(objects: Iterable<ReturnType<typeof toWire>>): Promise<FakeApiServer> {
  const made = await startFakeApiServer({ objects });
  closing.push(() => made.close());
  made.users.set("own", { user: "meshscope", groups: ["system:masters"] });
  made.users.set("ann", { user: "ann", groups: ["developers"] });
  made.users.set("root", { user: "root", groups: ["system:masters"] });
  return made;
}

async function startCluster(cluster: string, api: FakeApiServer): Promise<ClusterSource> {
  const client = createKubeClient(async () => directConnection(api.url, { token: "own" }));
  const clock = { nowSeconds: () => nowSeconds };
  const timings = { coalesceMs: 1, backoffBaseMs: 20, backoffCapMs: 50 };
  const source = createKubernetesCluster({ client, cluster, clock, random: () => 0.5, timings });
  closing.push(() => client.close());
  closing.push(() => source.close());
  source.start();
  await vi.waitFor(() => {
    const { kinds } = source.snapshot();
    expect(kinds.filter(({ state }) => state !== "watching" && state !== "absent")).toEqual([]);
  }, DEADLINE);
  return source;
}

/** Roles and bindings that hold from now on. */
function grant(...objects: object[]): void {
  server.rbac = new RbacAuthorizer([viewer, istioReader, everything, ...objects]);
}

function accessTo(
  sources: readonly ClusterSource[],
  patienceMs = 2_000,
  namespaces?: readonly string[],
): KubernetesAccess {
  return createKubernetesAccess({
    clusters: () => sources,
    clock: { nowSeconds: () => nowSeconds },
    patienceMs,
    namespaces,
  });
}

const never = (): AbortSignal => new AbortController().signal;
const bearer = (token: string): { credentials: Credentials } => ({ credentials: { kind: "bearer", token } });
const ann = bearer("ann");

/** The questions that were asked for a viewer since the last call. */
function questions(): string[] {
  const asked = server.requests.filter(({ user, resource }) => user !== "meshscope" && resource?.endsWith("reviews"));
  const fresh = asked.slice(seenRequests);
  seenRequests = asked.length;
  return fresh.map(({ resource = "" }) => resource);
}
let seenRequests = 0;
beforeEach(() => {
  seenRequests = 0;
});

function seen(sight: Sight, cluster = "east"): string[] {
  return ["shop", "cart", "bank", "new"].filter((namespace) => seesNamespace(sight, cluster, namespace));
}

describe("what is seen", () => {
  test("an administrator sees everything after two questions", async () => {
    grant();
    const sight = await accessTo([east]).sightOf(bearer("root"), never());
    expect(seen(sight)).toEqual(["shop", "cart", "bank", "new"]);
    expect(seesKind(sight, "east", "/Node", "")).toBe(true);
    expect(questions()).toHaveLength(2);
  });

  test("a cluster-wide reader of every kind sees what an administrator sees, under the same key", async () => {
    grant(bind("read-all", { user: "ann" }));
    const access = accessTo([east]);
    expect((await access.sightOf(ann, never())).key).toBe((await access.sightOf(bearer("root"), never())).key);
  });

  test("a cluster-wide view role sees every namespace, and only the kinds it has", async () => {
    grant(bind("view", { user: "ann" }));
    const sight = await accessTo([east]).sightOf(ann, never());
    expect(seen(sight)).toEqual(["shop", "cart", "bank", "new"]);
    expect([seesKind(sight, "east", POD, "shop"), seesKind(sight, "east", VIRTUAL_SERVICE, "shop")]).toEqual([
      true,
      false,
    ]);
  });

  test("kinds that are left are asked for only where there are objects of them", async () => {
    grant(bind("view", { user: "ann" }), bind("istio-reader", { user: "ann" }, "shop"));
    server.store.remove({
      apiVersion: "networking.istio.io/v1",
      kind: "VirtualService",
      metadata: { namespace: "bank", name: "reviews" },
    });
    await vi.waitFor(() => expect(east.snapshot().index.count(VIRTUAL_SERVICE)).toBe(2), DEADLINE);
    const sight = await accessTo([east]).sightOf(ann, never());
    expect(seesKind(sight, "east", VIRTUAL_SERVICE, "shop")).toBe(true);
    expect(seesKind(sight, "east", VIRTUAL_SERVICE, "cart")).toBe(false);
    expect(questions().filter((resource) => resource === "selfsubjectrulesreviews")).toHaveLength(2);
  });

  test("a developer with a Role in two namespaces sees these, each with its kinds", async () => {
    grant(
      bind("view", { group: "developers" }, "shop"),
      bind("view", { user: "ann" }, "cart"),
      bind("istio-reader", { user: "ann" }, "cart"),
    );
    const sight = await accessTo([east]).sightOf(ann, never());
    expect(seen(sight)).toEqual(["shop", "cart"]);
    expect(seesKind(sight, "east", POD, "shop")).toBe(true);
    expect(seesKind(sight, "east", POD, "bank")).toBe(false);
    expect([
      seesKind(sight, "east", VIRTUAL_SERVICE, "shop"),
      seesKind(sight, "east", VIRTUAL_SERVICE, "cart"),
    ]).toEqual([false, true]);
    expect(seesKind(sight, "east", "/Node", "")).toBe(false);
  });

  test("kinds that may be listed everywhere show no namespace that may not be read", async () => {
    grant(bind("istio-reader", { user: "ann" }), bind("view", { user: "ann" }, "shop"));
    const sight = await accessTo([east]).sightOf(ann, never());
    expect(seen(sight)).toEqual(["shop"]);
    expect([
      seesKind(sight, "east", VIRTUAL_SERVICE, "shop"),
      seesKind(sight, "east", VIRTUAL_SERVICE, "bank"),
    ]).toEqual([true, false]);
  });

  test("a namespace that a role names is seen; a list of objects by name is none", async () => {
    const named = role("named", [
      { verbs: ["get"], apiGroups: [""], resources: ["namespaces"], resourceNames: ["shop"] },
      { verbs: ["get", "list"], apiGroups: [""], resources: ["pods"], resourceNames: ["web"] },
    ]);
    grant(named, bind("named", { user: "ann" }));
    const sight = await accessTo([east]).sightOf(ann, never());
    expect(seen(sight)).toEqual(["shop"]);
    expect(seesKind(sight, "east", POD, "shop")).toBe(false);
  });

  test("rules that cannot be listed in full are replaced by questions", async () => {
    grant(bind("view", { user: "ann" }, "shop"));
    server.webhook = new RbacAuthorizer([
      viewer,
      istioReader,
      bind("view", { user: "ann" }, "cart"),
      bind("istio-reader", { user: "ann" }, "cart"),
    ]);
    const sight = await accessTo([east]).sightOf(ann, never());
    expect(seen(sight)).toEqual(["shop", "cart"]);
    expect([seesKind(sight, "east", POD, "shop"), seesKind(sight, "east", VIRTUAL_SERVICE, "cart")]).toEqual([
      true,
      true,
    ]);
    expect([seesKind(sight, "east", VIRTUAL_SERVICE, "shop"), seesKind(sight, "east", POD, "bank")]).toEqual([
      false,
      false,
    ]);
  });

  test("somebody a proxy vouches for is asked about by impersonation, with each of their groups", async () => {
    grant(bind("view", { group: "ops" }, "bank"));
    const bob = { credentials: { kind: "impersonation", user: "bob", groups: ["readers", "ops"] } } as const;
    expect(seen(await accessTo([east]).sightOf(bob, never()))).toEqual(["bank"]);
    expect(server.requests.some(({ user }) => user === "bob")).toBe(true);
  });

  test("nobody becomes system:masters by a group of that name", async () => {
    grant();
    const mallory = { credentials: { kind: "impersonation", user: "mallory", groups: ["system:masters"] } } as const;
    await expect(accessTo([east]).sightOf(mallory, never())).rejects.toMatchObject({ status: 401 });
    expect(questions()).toEqual([]);
  });

  test("namespaces that settings name are asked about where the cluster cannot list them", async () => {
    grant(bind("view", { user: "ann" }, "new"));
    expect(seen(await accessTo([east], 2_000, ["new"]).sightOf(ann, never()))).toEqual(["new"]);
  });

  test("where nobody can be asked, everything there is may be seen; our own account sees all", async () => {
    const { access: _, ...unasked } = east;
    expect(seen(await accessTo([unasked]).sightOf(ann, never()))).toEqual(["shop", "cart", "bank", "new"]);
    expect((await accessTo([east]).sightOf({ credentials: { kind: "process" } }, never())).clusters).toBe("everything");
  });
});

describe("answers are kept", () => {
  test("for fifteen seconds, and for everybody who comes meanwhile", async () => {
    grant(bind("view", { user: "ann" }, "shop"));
    const access = accessTo([east]);
    const [first, second] = await Promise.all([access.sightOf(ann, never()), access.sightOf(ann, never())]);
    const asked = questions().length;
    nowSeconds += 14;
    expect(await access.sightOf(ann, never())).toBe(first);
    expect(second).toBe(first);
    expect(asked).toBeGreaterThan(0);
    expect(questions()).toEqual([]);
  });

  test("then used once more while they are asked for again: a right that is taken away is gone after that", async () => {
    grant(bind("view", { user: "ann" }, "shop"));
    const access = accessTo([east]);
    await access.sightOf(ann, never());
    grant();
    nowSeconds += 20;
    expect(seen(await access.sightOf(ann, never()))).toEqual(["shop"]);
    await vi.waitFor(async () => expect(seen(await access.sightOf(ann, never()))).toEqual([]), DEADLINE);
  });

  test("for a minute at the longest: then nobody sees anything before it is answered", async () => {
    grant(bind("view", { user: "ann" }, "shop"));
    const access = accessTo([east]);
    await access.sightOf(ann, never());
    grant();
    nowSeconds += 60;
    expect(seen(await access.sightOf(ann, never()))).toEqual([]);
  });

  test("of one viewer are never another's", async () => {
    server.users.set("bob", { user: "bob", groups: [] });
    grant(bind("view", { user: "ann" }, "shop"), bind("view", { user: "bob" }, "bank"));
    const access = accessTo([east]);
    const [hers, his] = await Promise.all([access.sightOf(ann, never()), access.sightOf(bearer("bob"), never())]);
    expect([seen(hers), seen(his)]).toEqual([["shop"], ["bank"]]);
    expect(hers.key).not.toBe(his.key);
  });

  test("a namespace that appears is asked about, and no other again", async () => {
    grant(bind("view", { user: "ann" }, "shop"), bind("view", { user: "ann" }, "new"));
    const access = accessTo([east]);
    await access.sightOf(ann, never());
    questions();
    nowSeconds += 2;
    server.store.put(toWire(meshObject("v1/Namespace", "new")));
    await vi.waitFor(() => expect(east.snapshot().index.count("/Namespace")).toBe(4), DEADLINE);
    expect(seen(await access.sightOf(ann, never()))).toEqual(["shop", "new"]);
    expect(questions()).toEqual(["selfsubjectrulesreviews"]);
  });

  test("a namespace that disappears is not seen any more when the rights are next asked for", async () => {
    grant(bind("view", { user: "ann" }, "shop"));
    const access = accessTo([east]);
    await access.sightOf(ann, never());
    server.store.remove({ apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } });
    await vi.waitFor(() => expect(east.snapshot().index.count("/Namespace")).toBe(2), DEADLINE);
    nowSeconds += 60;
    expect(seen(await access.sightOf(ann, never()))).toEqual([]);
  });
});

test("two thousand namespaces are a question each, once for everybody who waits", async () => {
  const names = Array.from({ length: 2_000 }, (_, number) => `ns-${number}`);
  for (const name of names) server.store.put(toWire(meshObject("v1/Namespace", name)));
  await vi.waitFor(() => expect(east.snapshot().index.count("/Namespace")).toBe(2_003), DEADLINE);
  grant(...names.slice(0, 50).map((name) => bind("view", { user: "ann" }, name)));
  const access = accessTo([east]);
  const [sight] = await Promise.all([access.sightOf(ann, never()), access.sightOf(ann, never())]);
  const asked = questions();
  expect(asked.filter((resource) => resource === "selfsubjectrulesreviews")).toHaveLength(2_003);
  expect(asked.length).toBeLessThan(2_100);
  expect(names.filter((name) => seesNamespace(sight, "east", name))).toHaveLength(50);
  // Two thousand questions are not asked again after fifteen seconds, but after forty.
  nowSeconds += 39;
  await access.sightOf(ann, never());
  expect(questions()).toEqual([]);
});

test("among thousands of namespaces, hidden ones are asked about every three minutes, visible ones as ever", async () => {
  const names = Array.from({ length: 300 }, (_, number) => `ns-${number}`);
  for (const name of names) server.store.put(toWire(meshObject("v1/Namespace", name)));
  await vi.waitFor(() => expect(east.snapshot().index.count("/Namespace")).toBe(303), DEADLINE);
  const access = accessTo([east]);
  const rules = () => questions().filter((resource) => resource === "selfsubjectrulesreviews");
  grant(bind("view", { user: "ann" }, "shop"), bind("view", { user: "ann" }, "cart"));
  expect(seen(await access.sightOf(ann, never()))).toEqual(["shop", "cart"]);
  expect(rules()).toHaveLength(303);

  nowSeconds += 60;
  grant(bind("view", { user: "ann" }, "shop"), bind("view", { user: "ann" }, "bank"));
  expect(seen(await access.sightOf(ann, never()))).toEqual(["shop"]);
  expect(rules()).toHaveLength(2);

  nowSeconds += 120;
  expect(seen(await access.sightOf(ann, never()))).toEqual(["shop", "bank"]);
  expect(rules()).toHaveLength(303);
});

describe("credentials that end", () => {
  test("an expired token sees nothing from the next answer on, and is said to be expired", async () => {
    grant(bind("view", { user: "ann" }, "shop"));
    const access = accessTo([east]);
    await access.sightOf(ann, never());
    server.users.delete("ann");
    nowSeconds += 20;
    await access.sightOf(ann, never());
    await vi.waitFor(
      () => expect(access.sightOf(ann, never())).rejects.toMatchObject({ status: 401, extra: { reason: "expired" } }),
      DEADLINE,
    );
  });

  test("a refused token is not tried at every request", async () => {
    grant();
    const access = accessTo([east]);
    await expect(access.sightOf(bearer("wrong"), never())).rejects.toMatchObject({ status: 401 });
    await expect(access.sightOf(bearer("wrong"), never())).rejects.toMatchObject({ status: 401 });
    // Both of the first two questions, asked side by side, or one of them so far.
    expect([1, 2]).toContain(questions().length);
  });

  test("a caller who leaves does not end what others wait for", async () => {
    grant(bind("view", { user: "ann" }, "shop"));
    const access = accessTo([east]);
    const leaving = new AbortController();
    const left = access.sightOf(ann, leaving.signal);
    const stays = access.sightOf(ann, never());
    leaving.abort(new Error("gone"));
    await expect(left).rejects.toThrow("gone");
    expect(seen(await stays)).toEqual(["shop"]);
  });
});

describe("several clusters", () => {
  let remote: FakeApiServer;
  let west: ClusterSource;
  beforeEach(async () => {
    remote = await startServer(smallMesh("shop"));
    west = await startCluster("west", remote);
    grant(bind("view", { user: "ann" }, "shop"));
  });

  test("each by its own roles", async () => {
    remote.rbac = new RbacAuthorizer([viewer, bind("view", { user: "ann" })]);
    const sight = await accessTo([east, west]).sightOf(ann, never());
    expect([seen(sight), seen(sight, "west")]).toEqual([["shop"], ["shop", "cart", "bank", "new"]]);
    expect(sight.warnings).toBeUndefined();
  });

  test("one that does not know the token is not seen, and said", async () => {
    remote.users.delete("ann");
    const sight = await accessTo([east, west]).sightOf(ann, never());
    expect([seen(sight), seen(sight, "west")]).toEqual([["shop"], []]);
    expect(sight.warnings).toMatchObject([{ code: "cluster-not-yours" }]);
    expect(JSON.stringify(sight.warnings)).not.toContain("west");
  });

  test("one that shows nothing is not named, whatever becomes of it", async () => {
    remote.rbac = new RbacAuthorizer([viewer]);
    const access = accessTo([east, west]);
    const sight = await access.sightOf(ann, never());
    expect(sight.clusters === "everything" || [...sight.clusters.keys()]).toEqual(["east"]);
    remote.interfere = ({ resource }) => (resource?.endsWith("reviews") === true ? { status: 500 } : undefined);
    nowSeconds += 20;
    await access.sightOf(ann, never());
    await vi.waitFor(
      async () => expect((await access.sightOf(ann, never())).warnings).toMatchObject([{ code: "access-incomplete" }]),
      DEADLINE,
    );
    expect(JSON.stringify((await access.sightOf(ann, never())).warnings)).not.toContain("west");
  });

  test("who may see nothing anywhere is logged in all the same", async () => {
    grant();
    remote.rbac = new RbacAuthorizer([viewer]);
    expect(await accessTo([east, west]).sightOf(ann, never())).toMatchObject({ clusters: new Map() });
  });

  test("one that breaks is not seen, and said without its address; rights of others are as before", async () => {
    remote.interfere = ({ resource }) => (resource?.endsWith("reviews") === true ? { status: 500 } : undefined);
    const sight = await accessTo([east, west]).sightOf(ann, never());
    expect([seen(sight), seen(sight, "west")]).toEqual([["shop"], []]);
    expect(sight.warnings).toMatchObject([
      { code: "access-unknown", message: expect.not.stringMatching(/127\.0\.0\.1|west/) },
    ]);
  });

  /** Reviews of west do not end before this is called. */
  function stall(): () => void {
    let letGo: (() => void) | undefined;
    const stalled = new Promise<undefined>((resolve) => (letGo = () => resolve(undefined)));
    remote.interfere = ({ resource }) => (resource?.endsWith("reviews") === true ? stalled : undefined);
    return () => letGo?.();
  }

  test("one that stalls is given up for now, and seen once it answers", async () => {
    const letGo = stall();
    const access = accessTo([east, west], 20);
    const sight = await access.sightOf(ann, never());
    expect([seen(sight), seen(sight, "west")]).toEqual([["shop"], []]);
    expect(sight.warnings).toMatchObject([{ code: "access-pending", message: expect.not.stringContaining("west") }]);
    letGo();
    await vi.waitFor(async () => expect(seen(await access.sightOf(ann, never()), "west")).not.toEqual([]), DEADLINE);
  });

  test("one that has stalled before holds nobody up", async () => {
    const letGo = stall();
    const access = accessTo([east, west], FOREVER_MS);
    const leaving = new AbortController();
    const first = access.sightOf(ann, leaving.signal);
    leaving.abort(new Error("gone"));
    await expect(first).rejects.toThrow("gone");
    nowSeconds += 2;
    expect(seen(await access.sightOf(ann, never()))).toEqual(["shop"]);
    letGo();
  });

  test("one that failed is asked again without being waited for, and seen once it is back", async () => {
    remote.interfere = ({ resource }) => (resource?.endsWith("reviews") === true ? { status: 500 } : undefined);
    const access = accessTo([east, west], FOREVER_MS);
    await access.sightOf(ann, never());
    nowSeconds += 6;
    const letGo = stall();
    expect((await access.sightOf(ann, never())).warnings).toMatchObject([{ code: "access-unknown" }]);
    letGo();
    await vi.waitFor(async () => expect(seen(await access.sightOf(ann, never()), "west")).not.toEqual([]), DEADLINE);
  });

  test("all of them failing is a failure, not an end of the login", async () => {
    for (const api of [server, remote])
      api.interfere = ({ resource }) => (resource?.endsWith("reviews") === true ? { status: 503 } : undefined);
    await expect(accessTo([east, west]).sightOf(ann, never())).rejects.toMatchObject({ kind: "unreachable" });
  });

  test("the first one says who somebody is; another where that one does not know them", async () => {
    remote.users.set("ann", { user: "ann-of-west", groups: [] });
    const access = accessTo([east, west]);
    expect(await access.identify(ann.credentials, never())).toMatchObject({ user: "ann" });
    server.users.delete("ann");
    expect(await access.identify(ann.credentials, never())).toMatchObject({ user: "ann-of-west" });
    remote.users.delete("ann");
    await expect(access.identify(ann.credentials, never())).rejects.toMatchObject({ kind: "denied" });
  });
});

describe("questions that fail in between", () => {
  test("leave what was answered, and are asked again", async () => {
    grant(bind("view", { user: "ann" }, "shop"), bind("view", { user: "ann" }, "bank"));
    let left = 1;
    server.interfere = ({ resource }) =>
      resource === "selfsubjectrulesreviews" && left-- > 0 ? { status: 429, reason: "TooManyRequests" } : undefined;
    const access = accessTo([east]);
    const sight = await access.sightOf(ann, never());
    expect(sight.warnings).toMatchObject([{ code: "access-incomplete" }]);
    questions();
    nowSeconds += 6;
    const whole = await access.sightOf(ann, never());
    expect([seen(whole), whole.warnings]).toEqual([["shop", "bank"], undefined]);
    expect(questions()).toEqual(["selfsubjectrulesreviews"]);
  });

  test("leave a whole answer of before until it is too old", async () => {
    grant(bind("view", { user: "ann" }, "shop"));
    const access = accessTo([east]);
    await access.sightOf(ann, never());
    server.interfere = ({ resource }) => (resource?.endsWith("reviews") === true ? { status: 500 } : undefined);
    nowSeconds += 20;
    await access.sightOf(ann, never());
    await vi.waitFor(
      async () => expect((await access.sightOf(ann, never())).warnings).toMatchObject([{ code: "access-incomplete" }]),
      DEADLINE,
    );
    expect(seen(await access.sightOf(ann, never()))).toEqual(["shop"]);
    nowSeconds += 41;
    await expect(access.sightOf(ann, never())).rejects.toMatchObject({ kind: "unreachable" });
  });
});
