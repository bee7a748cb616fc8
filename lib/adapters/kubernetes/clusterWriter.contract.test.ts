/** Whole objects are read and written as somebody, over real HTTP: dry runs, preconditions, refusals. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type KubernetesObject, undoOf } from "#lib/domain/change/objectChange.ts";
import type { ClusterWriter, Credentials } from "#lib/ports.ts";
import { type FakeApiServer, startFakeApiServer } from "#test/kubernetes/fakeApiServer.ts";
import type { WireObject } from "#test/kubernetes/objectStore.ts";
import { RbacAuthorizer } from "#test/kubernetes/rbac.ts";
import { bind, role } from "#test/kubernetes/rbacObjects.ts";
import { smallMesh } from "#test/kubernetes/wireObjects.ts";
import { createClusterWriter } from "./clusterWriter.ts";
import { createKubeClient } from "./kubeClient.ts";
import { directConnection } from "./kubeConnection.ts";

const REVIEWS = { group: "networking.istio.io", kind: "VirtualService", namespace: "bookinfo", name: "reviews" };
const ann: Credentials = { kind: "bearer", token: "ann-token" };
const bob: Credentials = { kind: "impersonation", user: "bob", groups: ["developers"] };
const real = { as: ann, dryRun: false };
const dry = { as: ann, dryRun: true };
const never = (): AbortSignal => new AbortController().signal;

let server: FakeApiServer;
let writer: ClusterWriter;
let closing: (() => Promise<void>)[];

beforeEach(async () => {
  server = await startFakeApiServer({ objects: smallMesh() });
  server.users.set("own-token", { user: "meshscope", groups: [] });
  server.users.set("ann-token", { user: "ann", groups: [] });
  const routes = { apiGroups: ["networking.istio.io"], resources: ["virtualservices"] };
  server.rbac = new RbacAuthorizer([
    role("editor", [{ ...routes, verbs: ["get", "create", "update", "delete"] }]),
    role("reader", [{ ...routes, verbs: ["get"] }]),
    role("impersonator", [{ verbs: ["impersonate"], apiGroups: [""], resources: ["users", "groups"] }]),
    bind("editor", { user: "ann" }, "bookinfo"),
    bind("reader", { group: "developers" }, "bookinfo"),
    bind("impersonator", { user: "meshscope" }),
  ]);
  const client = createKubeClient(async () => directConnection(server.url, { token: "own-token" }));
  writer = createClusterWriter({
    client,
    processIs: "account",
    servedVersion: ({ kind }) => (kind === "Sidecar" ? undefined : "networking.istio.io/v1"),
    timeoutMs: 1_000,
  });
  closing = [() => client.close(), () => server.close()];
});
afterEach(async () => {
  for (const close of closing) await close();
});

async function read(): Promise<KubernetesObject> {
  const object = await writer.read(REVIEWS, ann, never());
  if (object === undefined) throw new Error("there is no reviews");
  return object;
}

const edited = (object: KubernetesObject, host: string): KubernetesObject => ({ ...object, spec: { hosts: [host] } });
const copy = (name = "copy"): KubernetesObject => ({
  apiVersion: "networking.istio.io/v1",
  kind: "VirtualService",
  metadata: { name, namespace: "bookinfo" },
  spec: { hosts: ["reviews"] },
});
const stored = (): WireObject[] => server.store.list(REVIEWS.group, REVIEWS.kind);
const deletion = ({ metadata }: KubernetesObject) =>
  ({ action: "delete", ref: REVIEWS, resourceVersion: String(metadata.resourceVersion) }) as const;

describe("reading", () => {
  test("gives the object as it is now, without managedFields; nothing where there is none", async () => {
    await writer.write({ action: "create", object: copy() }, real, never());
    const object = await writer.read({ ...REVIEWS, name: "copy" }, ann, never());
    expect(stored().find(({ metadata }) => metadata.name === "copy")?.metadata["managedFields"]).toMatchObject([
      { manager: "meshscope" },
    ]);
    expect(object?.metadata).not.toHaveProperty("managedFields");
    expect(object).toMatchObject({ metadata: { generation: 1 }, spec: { hosts: ["reviews"] } });
    expect(await writer.read({ ...REVIEWS, name: "none" }, ann, never())).toBeUndefined();
  });

  test("is done as whoever asks", async () => {
    await writer.read(REVIEWS, bob, never());
    expect(server.requests.map(({ user }) => user)).toEqual(["bob"]);
    await expect(writer.read({ ...REVIEWS, namespace: "pay" }, bob, never())).rejects.toMatchObject({
      name: "WriteError",
      reason: "denied",
      message: expect.stringContaining('User "bob" cannot get'),
    });
  });

  test("of a kind that the cluster does not serve says so", async () => {
    await expect(writer.read({ ...REVIEWS, kind: "Sidecar" }, ann, never())).rejects.toMatchObject({
      reason: "unsupported",
    });
    expect(server.requests).toEqual([]);
  });
});

describe("a dry run", () => {
  test("shows what would be there, and leaves nothing behind", async () => {
    const object = await read();
    const before = stored();
    const { version } = server.store;
    const update = await writer.write({ action: "update", object: edited(object, "other") }, dry, never());
    expect(update).toMatchObject({ before: object, after: { spec: { hosts: ["other"] } } });
    expect(await writer.write({ action: "create", object: copy() }, dry, never())).toMatchObject({
      after: { metadata: { name: "copy" } },
    });
    expect(await writer.write(deletion(object), dry, never())).toEqual({ before: object, warnings: [] });
    expect(stored()).toEqual(before);
    expect(server.store.version).toBe(version);
  });

  test("asks admission webhooks, whose words and warnings are passed on", async () => {
    const seen: boolean[] = [];
    server.admission.push({
      name: "policy.example.org",
      review: ({ dryRun, object }) => {
        seen.push(dryRun);
        return object?.metadata.name === "copy" ? { deny: "no copies" } : { warning: 'mind the "gap"' };
      },
    });
    await expect(writer.write({ action: "create", object: copy() }, dry, never())).rejects.toMatchObject({
      reason: "invalid",
      message: 'admission webhook "policy.example.org" denied the request: no copies',
    });
    const { warnings } = await writer.write({ action: "create", object: copy("fine") }, dry, never());
    expect(warnings).toEqual(['mind the "gap"']);
    expect(seen).toEqual([true, true]);
  });
});

describe("a write", () => {
  test("names its field manager, is strict about fields, and raises the version", async () => {
    const object = await read();
    const { after } = await writer.write({ action: "update", object: edited(object, "other") }, real, never());
    expect(server.requests.at(-1)).toMatchObject({
      method: "PUT",
      user: "ann",
      query: { fieldManager: "meshscope", fieldValidation: "Strict" },
    });
    expect(server.requests.at(-1)?.query).not.toHaveProperty("dryRun");
    expect(Number(after?.metadata.resourceVersion)).toBeGreaterThan(Number(object.metadata.resourceVersion));
    const wrong = { ...copy(), spce: {} };
    await expect(writer.write({ action: "create", object: wrong }, real, never())).rejects.toMatchObject({
      reason: "invalid",
      causes: [{ field: "spce", message: "unknown field" }],
    });
  });

  test("of an older version than there is, is refused with what is there", async () => {
    const object = await read();
    await writer.write({ action: "update", object: edited(object, "first") }, real, never());
    const current = { spec: { hosts: ["first"] } };
    for (const options of [dry, real]) {
      const refused = { name: "WriteError", reason: "conflict", current };
      const update = writer.write({ action: "update", object: edited(object, "second") }, options, never());
      await expect(update).rejects.toMatchObject(refused);
      await expect(writer.write(deletion(object), options, never())).rejects.toMatchObject(refused);
    }
    expect(stored()).toMatchObject([current]);
  });

  test("of an object that was deleted and made again, is refused", async () => {
    const object = await read();
    const { resourceVersion } = (await writer.write({ action: "create", object: copy() }, real, never())).after
      ?.metadata ?? { resourceVersion: "" };
    const wrong = { ...deletion(object), resourceVersion: String(resourceVersion), uid: "uid-of-another" };
    const ref = { ...REVIEWS, name: "copy" };
    await expect(writer.write({ ...wrong, ref }, real, never())).rejects.toMatchObject({ reason: "conflict" });
    expect(stored()).toHaveLength(2);
  });

  test("without the right is refused in the API server's words", async () => {
    const object = await read();
    const asBob = { as: bob, dryRun: false };
    const update = writer.write({ action: "update", object: edited(object, "other") }, asBob, never());
    await expect(update).rejects.toMatchObject({
      reason: "denied",
      message: expect.stringContaining('User "bob" cannot update resource "virtualservices"'),
    });
  });

  test("of a new object that is there already shows it; of one that is gone, or into no namespace, says that", async () => {
    await expect(writer.write({ action: "create", object: copy("reviews") }, real, never())).rejects.toMatchObject({
      reason: "exists",
      current: { metadata: { name: "reviews" } },
    });
    const object = await read();
    server.store.remove(stored()[0] as WireObject);
    for (const options of [dry, real]) {
      const update = writer.write({ action: "update", object }, options, never());
      await expect(update).rejects.toMatchObject({ reason: "missing" });
    }
  });

  test("in a version that is not served says so", async () => {
    const object = { ...copy(), apiVersion: "networking.istio.io/v1alpha3" };
    const create = writer.write({ action: "create", object }, real, never());
    await expect(create).rejects.toMatchObject({ reason: "unsupported" });
    const climbing = { ...copy(), apiVersion: "networking.istio.io/../../api/v1" };
    const { length } = server.requests;
    await expect(writer.write({ action: "create", object: climbing }, real, never())).rejects.toMatchObject({
      reason: "unsupported",
    });
    expect(server.requests).toHaveLength(length);
  });

  test("that takes an object away leaves it there while its finalizers are not done", async () => {
    const held = { ...copy("held"), metadata: { ...copy("held").metadata, finalizers: ["example.org/hold"] } };
    const { after } = await writer.write({ action: "create", object: held }, real, never());
    const ref = { ...REVIEWS, name: "held" };
    const change = { action: "delete", ref, resourceVersion: String(after?.metadata.resourceVersion) } as const;
    const written = await writer.write(change, real, never());
    expect(written.after?.metadata).toMatchObject({ deletionTimestamp: expect.any(String) });
    expect(undoOf(change, written)).toBeUndefined();
  });

  test("with a token that has expired is refused, and not repeated with our own", async () => {
    const object = await read();
    server.users.delete("ann-token");
    const { length } = server.requests;
    const update = writer.write({ action: "update", object: edited(object, "x") }, real, never());
    await expect(update).rejects.toMatchObject({ name: "SourceError", kind: "denied" });
    expect(server.requests.slice(length).map(({ method }) => method)).toEqual(["PUT"]);
  });

  test.each(["stall", "drop"] as const)("whose answer does not come (%s) is not sent again", async (failure) => {
    const object = await read();
    server.interfere = ({ method }) => (method === "PUT" ? failure : undefined);
    const update = writer.write({ action: "update", object: edited(object, "x") }, real, never());
    await expect(update).rejects.toMatchObject({ name: "SourceError" });
    expect(server.requests.filter(({ method }) => method === "PUT")).toHaveLength(1);
  });

  test("answered with something else than an object is an error, not a success", async () => {
    server.interfere = ({ method }) => (method === "POST" ? { body: "<html>log in</html>" } : undefined);
    await expect(writer.write({ action: "create", object: copy() }, real, never())).rejects.toMatchObject({
      name: "SourceError",
      kind: "malformed",
    });
  });
});
