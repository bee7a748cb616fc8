/** Changes as a page sends them, through the routes, to an API server over real HTTP. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { GET as readObject } from "#app/api/v1/object/route.ts";
import { POST as postChange } from "#app/api/v1/objects/route.ts";
import { GET as readPermissions } from "#app/api/v1/permissions/route.ts";
import { createKubeClient } from "#lib/adapters/kubernetes/kubeClient.ts";
import { directConnection } from "#lib/adapters/kubernetes/kubeConnection.ts";
import { createKubernetesCluster } from "#lib/adapters/kubernetes/kubernetesCluster.ts";
import type { ChangeAnswer, ObjectAnswer, Permissions } from "#lib/api/objects.ts";
import type { KubernetesObject } from "#lib/domain/change/objectChange.ts";
import type { ClusterSource } from "#lib/ports.ts";
import type { Viewer } from "#lib/server/access/viewer.ts";
import { sightOf } from "#test/builders/sights.ts";
import { type WritingWorld, writingWorld } from "#test/builders/writing.ts";
import { type FakeApiServer, startFakeApiServer } from "#test/kubernetes/fakeApiServer.ts";
import { RbacAuthorizer } from "#test/kubernetes/rbac.ts";
import { bind, role } from "#test/kubernetes/rbacObjects.ts";
import { smallMesh } from "#test/kubernetes/wireObjects.ts";

const CLUSTER = "test";
const REVIEWS = { group: "networking.istio.io", kind: "VirtualService", namespace: "bookinfo", name: "reviews" };
const SECRET = "ann-token-0123456789";
const ann: Viewer = { id: "ann", name: "ann", groups: ["editors"], credentials: { kind: "bearer", token: SECRET } };
const bob: Viewer = {
  id: "bob",
  name: "bob",
  groups: ["readers"],
  credentials: { kind: "impersonation", user: "bob", groups: ["readers"] },
};

let server: FakeApiServer;
let source: ClusterSource;
let world: WritingWorld;
let closing: (() => Promise<void>)[];

beforeEach(async () => {
  server = await startFakeApiServer({ objects: [...smallMesh(), ...smallMesh("pay")] });
  server.users.set("own", { user: "meshscope", groups: [] });
  server.users.set(SECRET, { user: "ann", groups: ["editors"] });
  const routes = { apiGroups: ["networking.istio.io"], resources: ["virtualservices"] };
  const everything = { apiGroups: ["*"], resources: ["*"] };
  server.rbac = new RbacAuthorizer([
    role("own", [
      { ...everything, verbs: ["get", "list", "watch"] },
      { apiGroups: [""], resources: ["users", "groups"], verbs: ["impersonate"] },
    ]),
    role("editor", [{ ...routes, verbs: ["get", "create", "update", "delete"] }]),
    role("reader", [{ ...routes, verbs: ["get"] }]),
    bind("own", { user: "meshscope" }),
    bind("editor", { group: "editors" }, "bookinfo"),
    bind("reader", { group: "readers" }, "bookinfo"),
  ]);
  const client = createKubeClient(async () => directConnection(server.url, { token: "own" }));
  source = createKubernetesCluster({
    client,
    cluster: CLUSTER,
    processIs: "person",
    clock: { nowSeconds: () => 1_795_223_940 },
    random: () => 0.5,
    timings: { coalesceMs: 1 },
  });
  source.start();
  const isListed = () => {
    if (source.snapshot().index.get(REVIEWS) === undefined) throw new Error("not listed yet");
  };
  await vi.waitFor(isListed, { timeout: 10_000, interval: 5 });
  world = writingWorld([source]);
  world.viewer = ann;
  closing = [() => source.close(), () => client.close(), () => server.close(), async () => world.close()];
});
afterEach(async () => {
  for (const close of closing) await close();
});

const change = (body: unknown) => world.ask(postChange, "/api/v1/objects", body);
const update = (object: unknown, more: object = {}) =>
  change({ cluster: CLUSTER, change: { action: "update", object }, ...more });
const create = (object: unknown, more: object = {}) =>
  change({ cluster: CLUSTER, change: { action: "create", object }, ...more });

async function answered(response: Promise<Response>): Promise<ChangeAnswer> {
  const made = await response;
  if (made.status !== 200) throw new Error(`${made.status}: ${await made.text()}`);
  return (await made.json()) as ChangeAnswer;
}

async function refused(response: Promise<Response>): Promise<Readonly<Record<string, unknown>>> {
  const { status, headers, ...rest } = await response.then(async (made) => ({
    status: made.status,
    headers: made.headers,
    body: (await made.json()) as Record<string, unknown>,
  }));
  expect(headers.get("content-type")).toBe("application/problem+json");
  return { ...rest.body, status };
}

async function load(ref = REVIEWS): Promise<ObjectAnswer> {
  const query = new URLSearchParams({ cluster: CLUSTER, ...ref });
  return (await (await world.ask(readObject, `/api/v1/object?${query}`)).json()) as ObjectAnswer;
}

async function reviews(): Promise<KubernetesObject> {
  return (await load()).object;
}

const withHosts = (object: KubernetesObject, host: string): KubernetesObject => ({
  ...object,
  spec: { hosts: [host] },
});
const copy = (name = "copy", namespace = "bookinfo"): KubernetesObject => ({
  apiVersion: "networking.istio.io/v1",
  kind: "VirtualService",
  metadata: { name, namespace },
  spec: { hosts: ["reviews"] },
});
const stored = (name = "reviews") =>
  server.store.list(REVIEWS.group, REVIEWS.kind, "bookinfo").find(({ metadata }) => metadata.name === name);
const writes = () =>
  server.requests.filter(
    ({ verb, resource }) => ["create", "update", "delete"].includes(verb) && !resource?.endsWith("reviews"),
  );
/** What was sent for good, in order. */
const sent = () => writes().filter(({ query }) => query["dryRun"] === undefined);
const outcomes = () => world.lines.map(({ outcome, reason }) => [outcome, reason].filter(Boolean).join(": "));

describe("an update", () => {
  test("is checked, then written as the viewer, and answered with the way back", async () => {
    const object = await reviews();
    const answer = await answered(update(withHosts(object, "other")));
    expect(answer).toMatchObject({
      dryRun: false,
      before: object,
      after: { spec: { hosts: ["other"] } },
      undo: { action: "update", object: { spec: object["spec"] } },
    });
    expect(writes().map(({ method, query, user }) => [method, query["dryRun"], user])).toEqual([
      ["PUT", "All", "ann"],
      ["PUT", undefined, "ann"],
    ]);
    expect(stored()).toMatchObject({ spec: { hosts: ["other"] } });
  });

  test("that is only checked leaves nothing, and offers nothing to take back", async () => {
    const object = await reviews();
    const before = stored();
    const answer = await answered(update(withHosts(object, "other"), { dryRun: true }));
    expect(answer).toMatchObject({ dryRun: true, after: { spec: { hosts: ["other"] } } });
    expect(answer).not.toHaveProperty("undo");
    expect(stored()).toEqual(before);
    expect(sent()).toEqual([]);
    expect(outcomes()).toEqual(["checked"]);
  });

  test("does not pass on what only the server may say, and passes on owners and finalizers", async () => {
    const object = await reviews();
    const metadata = {
      ...object.metadata,
      managedFields: [{ manager: "forged" }],
      generation: 99,
      creationTimestamp: "1999-01-01T00:00:00Z",
      selfLink: "/x",
      generateName: "x-",
      finalizers: ["example.org/hold"],
      ownerReferences: [{ apiVersion: "v1", kind: "Service", name: "reviews", uid: "u" }],
    };
    await answered(update({ ...object, metadata, status: { forged: true } }));
    expect(stored()?.metadata).toMatchObject({
      finalizers: ["example.org/hold"],
      ownerReferences: [{ uid: "u" }],
      managedFields: [{ manager: "meshscope" }],
    });
    expect(JSON.stringify(stored())).not.toMatch(/forged|1999|generateName|selfLink/);
  });

  test("of two editors the second is shown both versions and where they differ, and overwrites nothing", async () => {
    const object = await reviews();
    await answered(update(withHosts(object, "first")));
    const problem = await refused(update(withHosts(object, "second")));
    expect(problem).toMatchObject({
      status: 409,
      reason: "conflict",
      yours: { spec: { hosts: ["second"] } },
      theirs: { spec: { hosts: ["first"] } },
      differing: ["spec.hosts[0]"],
    });
    expect(stored()).toMatchObject({ spec: { hosts: ["first"] } });
  });

  test("that somebody else's change overtakes between the dry run and the write, is a conflict too", async () => {
    const object = await reviews();
    server.interfere = ({ method, query }) => {
      if (method === "PUT" && query["dryRun"] === undefined)
        server.store.put({ ...copy("reviews"), spec: { hosts: ["overtaken"] } });
      return undefined;
    };
    expect(await refused(update(withHosts(object, "mine")))).toMatchObject({
      status: 409,
      theirs: { spec: { hosts: ["overtaken"] } },
    });
    expect(stored()).toMatchObject({ spec: { hosts: ["overtaken"] } });
    expect(outcomes()).toEqual(["refused: conflict"]);
  });

  test("that a webhook refuses is not sent for good, and its words are shown", async () => {
    server.admission.push({ name: "no.example.org", review: () => ({ deny: "two hosts clash", code: 403 }) });
    const problem = await refused(update(withHosts(await reviews(), "x")));
    expect(problem).toMatchObject({ status: 422, reason: "invalid" });
    expect(problem["detail"]).toBe('admission webhook "no.example.org" denied the request: two hosts clash');
    expect(sent()).toEqual([]);
  });

  test("with fields that nobody knows is refused with their names", async () => {
    const problem = await refused(update({ ...(await reviews()), spce: {} }));
    expect(problem).toMatchObject({ status: 422, causes: [{ field: "spce", message: "unknown field" }] });
  });

  test("comes with what the API server warns of", async () => {
    server.admission.push({ name: "w", review: () => ({ warning: "deprecated" }) });
    expect((await answered(update(await reviews()))).warnings).toEqual(["deprecated"]);
  });
});

describe("undo", () => {
  const undo = (answer: ChangeAnswer) => change({ cluster: CLUSTER, change: answer.undo });

  test("of an update, a new object and a deletion brings back what was there", async () => {
    const object = await reviews();
    const updated = await answered(update(withHosts(object, "other")));
    await answered(undo(updated));
    expect(stored()?.["spec"]).toEqual(object["spec"]);

    await answered(undo(await answered(create(copy()))));
    expect(stored("copy")).toBeUndefined();

    const { resourceVersion } = (await reviews()).metadata;
    const deleted = await answered(
      change({ cluster: CLUSTER, change: { action: "delete", ref: REVIEWS, resourceVersion } }),
    );
    expect(stored()).toBeUndefined();
    await answered(undo(deleted));
    expect(stored()?.["spec"]).toEqual(object["spec"]);
    expect(outcomes()).toEqual(Array.from({ length: 6 }, () => "written"));
  });

  test("after somebody else changed the object is a conflict", async () => {
    const updated = await answered(update(withHosts(await reviews(), "other")));
    server.store.put({ ...copy("reviews"), spec: { hosts: ["theirs"] } });
    expect(await refused(undo(updated))).toMatchObject({ status: 409, theirs: { spec: { hosts: ["theirs"] } } });
    const created = await answered(create(copy()));
    server.store.put({ ...copy(), spec: { hosts: ["theirs"] } });
    expect(await refused(undo(created))).toMatchObject({ status: 409 });
    expect(stored("copy")).toMatchObject({ spec: { hosts: ["theirs"] } });
  });
});

describe("what is refused", () => {
  test("while writing is off: everything, before anybody is asked", async () => {
    const object = await reviews();
    world.close();
    world = writingWorld([source], {}, "off");
    world.viewer = ann;
    const { length } = server.requests;
    expect(await refused(update(object))).toMatchObject({ status: 403, reason: "writing-off" });
    expect(server.requests).toHaveLength(length);
    expect(outcomes()).toEqual(["refused: writing-off"]);
  });

  test("without the right: in Kubernetes' words, for the person who asks", async () => {
    const object = await reviews();
    world.viewer = bob;
    const problem = await refused(update(object));
    expect(problem).toMatchObject({ status: 403, reason: "denied" });
    expect(problem["detail"]).toContain('User "bob" cannot update resource "virtualservices"');
    expect(sent()).toEqual([]);
  });

  test("in a namespace that is not visible: the same whether or not the object is there", async () => {
    world.sight = sightOf({ [CLUSTER]: { bookinfo: "all" } });
    const [there, not] = [await refused(create(copy("reviews", "pay"))), await refused(create(copy("none", "pay")))];
    expect(there).toMatchObject({ status: 403, reason: "not-visible" });
    expect(not).toEqual(there);
    expect(writes()).toEqual([]);
    const elsewhere = { cluster: "other", change: { action: "create", object: copy() } };
    expect(await refused(change(elsewhere))).toMatchObject({ reason: "not-visible" });
  });

  test("for an anonymous viewer anywhere but at the machine with the kubeconfig", async () => {
    world.viewer = { id: "anonymous", name: "anonymous", groups: [], credentials: { kind: "process" } };
    world.peer = "10.1.2.3";
    expect(await refused(create(copy()))).toMatchObject({ status: 403, reason: "not-local" });
    expect(writes()).toEqual([]);
    world.peer = "127.0.0.1";
    // From here on Kubernetes decides; our own account may only read.
    expect(await refused(create(copy()))).toMatchObject({ status: 403, reason: "denied" });
    expect(writes().map(({ user }) => user)).toEqual(["meshscope"]);
  });

  test.each([
    ["Secret", "v1"],
    ["ConfigMap", "v1"],
    ["Pod", "v1"],
    ["ClusterRole", "rbac.authorization.k8s.io/v1"],
    ["Deployment", "apps/v1"],
    ["VirtualService", "evil.example.org/v1"],
  ])("as a kind that is not written here: %s of %s", async (kind, apiVersion) => {
    const problem = await refused(create({ ...copy(), apiVersion, kind }));
    expect(problem["status"]).toBe(apiVersion === "v1" ? 400 : 403);
    expect(writes()).toEqual([]);
    expect(world.lines).toHaveLength(1);
  });

  test("as a deletion of a Secret", async () => {
    const ref = { group: "", kind: "Secret", namespace: "bookinfo", name: "token" };
    const problem = await refused(
      change({ cluster: CLUSTER, change: { action: "delete", ref, resourceVersion: "1" } }),
    );
    expect(problem).toMatchObject({ status: 403, reason: "kind" });
  });

  test.each([
    ["a name that climbs", { ...copy(), metadata: { name: "../../secrets/x", namespace: "bookinfo" } }],
    ["a name with a slash", { ...copy(), metadata: { name: "a/status", namespace: "bookinfo" } }],
    ["a namespace that climbs", { ...copy(), metadata: { name: "a", namespace: ".." } }],
    ["no name but generateName", { ...copy(), metadata: { generateName: "a-", namespace: "bookinfo" } }],
    ["no namespace", { ...copy(), metadata: { name: "a" } }],
    ["a path as version", { ...copy(), apiVersion: "networking.istio.io/v1/namespaces/pay" }],
    ["nothing", null],
    ["a list", []],
    ["text", "object"],
  ])("as malformed: %s", async (_, object) => {
    expect((await refused(create(object)))["status"]).toBe(400);
    expect(writes()).toEqual([]);
    expect(outcomes()).toEqual(["refused: malformed"]);
  });

  test("without the version that was read", async () => {
    const { resourceVersion: _, ...metadata } = (await reviews()).metadata;
    expect((await refused(update({ ...copy(), metadata })))["detail"]).toContain("metadata.resourceVersion");
  });

  test("with a key that names the prototype", async () => {
    const text = JSON.stringify({ cluster: CLUSTER, change: { action: "create", object: copy() } });
    const body = text.replace('"hosts"', '"__proto__":{"polluted":true},"hosts"');
    expect((await refused(change(body)))["status"]).toBe(400);
    expect({}).not.toHaveProperty("polluted");
  });

  test("as too long, in a body of 10 MB", async () => {
    const object = { ...copy(), spec: { hosts: ["x".repeat(10 * 1024 * 1024)] } };
    expect((await refused(create(object)))["status"]).toBe(413);
    expect(writes()).toEqual([]);
    expect(outcomes()).toEqual(["refused: malformed"]);
  });

  test("once the viewer's token has expired, also between the dry run and the write", async () => {
    const object = await reviews();
    server.interfere = ({ method }) => {
      if (method === "PUT") queueMicrotask(() => server.users.delete(SECRET));
      return undefined;
    };
    expect(await refused(update(withHosts(object, "x")))).toMatchObject({ status: 401, reason: "expired" });
    expect(stored()?.["spec"]).toEqual(object["spec"]);
    expect(outcomes()).toEqual(["refused: expired"]);
    expect(new Set(writes().map(({ user }) => user))).toEqual(new Set(["ann", undefined]));
  });

  test("where another page sends it", async () => {
    world.headers = { origin: "https://evil.example.org" };
    expect((await refused(create(copy())))["status"]).toBe(403);
    world.headers = { "x-meshscope-csrf": "forged" };
    expect((await refused(create(copy())))["status"]).toBe(403);
    expect(writes()).toEqual([]);
  });
});

describe("a write whose answer does not come", () => {
  test("is told as what it is: nobody knows", async () => {
    const object = await reviews();
    server.interfere = ({ method, query }) => {
      if (method !== "PUT" || query["dryRun"] !== undefined) return undefined;
      server.store.put({ ...copy("reviews"), spec: { hosts: ["applied"] } });
      return "drop";
    };
    const problem = await refused(update(withHosts(object, "applied")));
    expect(problem).toMatchObject({ status: 502, reason: "unknown-outcome" });
    expect(problem["detail"]).toContain("may have been applied");
    expect(JSON.stringify(problem)).not.toContain(server.url);
    expect(outcomes()).toEqual(["unknown: unknown-outcome"]);
    expect(sent()).toHaveLength(1);
  });

  test("while it was only checked has not happened", async () => {
    const object = await reviews();
    server.interfere = ({ method }) => (method === "PUT" ? "drop" : undefined);
    expect(await refused(update(object))).toMatchObject({ status: 503 });
    expect(sent()).toEqual([]);
    expect(outcomes()).toEqual(["failed: unreachable"]);
  });
});

describe("the audit log", () => {
  test("tells who did what to what, and nothing that is in it", async () => {
    const object = await reviews();
    const edited = { ...object, spec: { hosts: ["hush-hush"], http: [{ headers: { "x-password": "hunter2" } }] } };
    const { after } = await answered(update(edited));
    expect(world.lines).toEqual([
      {
        level: 30,
        time: expect.any(Number),
        pid: expect.any(Number),
        hostname: expect.any(String),
        name: "meshscope",
        audit: true,
        request: "request-1",
        who: "ann",
        groups: ["editors"],
        as: "bearer",
        peer: "127.0.0.1",
        cluster: CLUSTER,
        dryRun: false,
        action: "update",
        object: REVIEWS,
        outcome: "written",
        versionBefore: object.metadata.resourceVersion,
        versionAfter: after?.metadata["resourceVersion"],
        changed: {
          count: 3,
          paths: ["spec.hosts[0]", "spec.http[0].route", "spec.http[0].headers"],
          digest: expect.any(String),
        },
        msg: "update VirtualService bookinfo/reviews: written",
      },
    ]);
    expect(JSON.stringify(world.lines)).not.toMatch(/hush|hunter2|ann-token/);
  });

  test("keeps a name that pretends to be more lines, or reads backwards, on one line", async () => {
    world.viewer = { ...ann, name: 'eve"\n{"outcome":"written"}\u202e\u2028\u0085', groups: ["\u001b[2J"] };
    await answered(create(copy()));
    expect(world.lines).toHaveLength(1);
    expect(world.lines[0]?.["who"]).toBe('eve"\n{"outcome":"written"}\\u202e\\u2028\\u0085');
  });
});

describe("reading an object", () => {
  test("shows it as it is now, and what the viewer may do with it", async () => {
    expect(await load()).toMatchObject({
      object: { metadata: { name: "reviews" } },
      permissions: { update: true, delete: true },
      writes: { state: "enabled" },
    });
    world.viewer = bob;
    expect((await load()).permissions).toEqual({ update: false, delete: false });
  });

  test("of another kind, of nothing, or of what is not visible, is refused", async () => {
    const status = async (ref: Partial<typeof REVIEWS>) => {
      const query = new URLSearchParams({ cluster: CLUSTER, ...REVIEWS, ...ref });
      return (await world.ask(readObject, `/api/v1/object?${query}`)).status;
    };
    expect(await status({ group: "", kind: "Secret" })).toBe(403);
    expect(await status({ name: "none" })).toBe(404);
    expect(await status({ name: "../../x" })).toBe(400);
    expect(await status({ namespace: "pay" })).toBe(403);
    world.sight = sightOf({});
    expect(await status({})).toBe(403);
  });
});

describe("permissions", () => {
  async function permissions(namespace = "bookinfo"): Promise<Permissions> {
    const query = new URLSearchParams({ cluster: CLUSTER, namespace });
    return (await (await world.ask(readPermissions, `/api/v1/permissions?${query}`)).json()) as Permissions;
  }
  const of = ({ kinds }: Permissions, wanted: string) => {
    const { create, update, delete: remove } = kinds.find(({ kind }) => kind === wanted) ?? {};
    return { create, update, delete: remove };
  };
  const ALL = { create: true, update: true, delete: true };
  const NONE = { create: false, update: false, delete: false };

  test("tell each verb of each kind, as the viewer's own rules say", async () => {
    const editors = await permissions();
    expect(editors.writes).toEqual({ state: "enabled" });
    expect(of(editors, "VirtualService")).toEqual(ALL);
    expect(of(editors, "Gateway")).toEqual(NONE);
    expect(of(await permissions("pay"), "VirtualService")).toEqual(NONE);
    world.viewer = bob;
    expect(of(await permissions(), "VirtualService")).toEqual(NONE);
  });

  test("are asked for once in a while, however often they are read", async () => {
    await Promise.all([permissions(), permissions()]);
    await permissions();
    expect(server.requests.filter(({ resource }) => resource === "selfsubjectrulesreviews")).toHaveLength(1);
  });

  test("are asked for one by one where an authorizer cannot list its rules", async () => {
    server.webhook = new RbacAuthorizer([
      role("gateways", [{ verbs: ["update"], apiGroups: ["networking.istio.io"], resources: ["gateways"] }]),
      bind("gateways", { user: "ann" }),
    ]);
    const answer = await permissions();
    expect(of(answer, "Gateway")).toEqual({ ...NONE, update: true });
    expect(of(answer, "VirtualService")).toEqual(ALL);
  });

  test("are none, with the reason, for whom the rules of this place keep from writing", async () => {
    world.viewer = { id: "anonymous", name: "anonymous", groups: [], credentials: { kind: "process" } };
    world.peer = "10.1.2.3";
    const { length } = server.requests;
    const answer = await permissions();
    expect(answer.writes).toMatchObject({ state: "not-yours", why: expect.stringContaining("not at the machine") });
    expect(new Set(answer.kinds.map(({ create, update, delete: remove }) => create || update || remove))).toEqual(
      new Set([false]),
    );
    expect(server.requests).toHaveLength(length);
  });
});
