/** Whose rights are asked about, over real HTTP and HTTPS: never with other credentials than the viewer's. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { AccessQuestion, ClusterAccess, Credentials } from "#lib/ports.ts";
import { serviceAccount } from "#test/kubernetes/callers.ts";
import { type FakeApiServer, startFakeApiServer } from "#test/kubernetes/fakeApiServer.ts";
import { RbacAuthorizer } from "#test/kubernetes/rbac.ts";
import { bind, role } from "#test/kubernetes/rbacObjects.ts";
import { TEST_CERTIFICATE, TEST_CLIENT_CERTIFICATE, TEST_CLIENT_KEY } from "#test/kubernetes/testCertificate.ts";
import { createClusterAccess } from "./clusterAccess.ts";
import { createKubeClient } from "./kubeClient.ts";
import { directConnection, type KubeConnection } from "./kubeConnection.ts";

const listPods: AccessQuestion = { verb: "list", group: "", resource: "pods", namespace: "shop" };
const ann: Credentials = { kind: "bearer", token: "ann-token" };
const impersonator = role("impersonator", [
  { verbs: ["impersonate"], apiGroups: [""], resources: ["users", "groups"] },
]);

let server: FakeApiServer;
let closing: (() => Promise<void>)[];

beforeEach(async () => {
  closing = [];
  server = await started(await startFakeApiServer());
});
afterEach(async () => {
  for (const close of closing.reverse()) await close();
});

async function started(made: FakeApiServer): Promise<FakeApiServer> {
  closing.push(() => made.close());
  made.users.set("own-token", serviceAccount("mesh", "meshscope"));
  made.users.set("ann-token", { user: "ann", groups: ["developers"] });
  made.rbac = new RbacAuthorizer([
    role("pods", [{ verbs: ["list"], apiGroups: [""], resources: ["pods"] }]),
    bind("pods", { group: "developers" }, "shop"),
    impersonator,
    bind("impersonator", { account: "mesh/meshscope" }),
  ]);
  return made;
}

function accessTo(connection: Partial<KubeConnection> = {}): ClusterAccess {
  const client = createKubeClient(async () => ({
    ...directConnection(server.url, { token: "own-token" }),
    ...connection,
  }));
  closing.push(() => client.close());
  return createClusterAccess(client);
}

const never = (): AbortSignal => new AbortController().signal;

describe("a bearer token", () => {
  test("says who its holder is and what they may do", async () => {
    const access = accessTo();
    expect(await access.identify(ann, never())).toEqual({
      user: "ann",
      groups: ["developers", "system:authenticated"],
    });
    expect(await access.may(ann, listPods, never())).toBe(true);
    expect(await access.may(ann, { ...listPods, namespace: "bank" }, never())).toBe(false);
    expect(server.requests.map(({ user }) => user)).toEqual(["ann", "ann", "ann"]);
  });

  test("lists its holder's rules in a namespace, the core group among them", async () => {
    const { rules, incomplete } = await accessTo().rules(ann, "shop", never());
    expect(rules).toContainEqual({ verbs: ["list"], groups: [""], resources: ["pods"], names: [] });
    expect(incomplete).toBe(false);
  });

  test("rules are incomplete where an authorizer cannot list its own", async () => {
    server.webhook = new RbacAuthorizer([]);
    expect((await accessTo().rules(ann, "shop", never())).incomplete).toBe(true);
  });

  test("that is expired is denied at once, and our own account is not used instead", async () => {
    server.users.delete("ann-token");
    const access = accessTo();
    for (const call of [
      access.identify(ann, never()),
      access.may(ann, listPods, never()),
      access.rules(ann, "shop", never()),
    ])
      await expect(call).rejects.toMatchObject({ name: "SourceError", kind: "denied" });
    expect(server.requests.map(({ user }) => user)).toEqual([undefined, undefined, undefined]);
  });

  test.each([
    ["a line break", "ann-token\r\nimpersonate-user: root"],
    ["a space", "ann token"],
    ["nothing", ""],
    ["letters outside of ASCII", "ann-tokén"],
    ["17 KB", "a".repeat(17 * 1024)],
  ])("with %s is denied before anything is sent", async (_, token) => {
    const failure = await accessTo()
      .identify({ kind: "bearer", token }, never())
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ kind: "denied", message: expect.not.stringContaining("ann") });
    expect(server.requests).toEqual([]);
  });

  test("goes without the client certificate of our kubeconfig, which would be looked at first", async () => {
    await server.close();
    server = await started(await startFakeApiServer({ tls: true, clientCa: TEST_CLIENT_CERTIFICATE }));
    const access = accessTo({
      tls: { ca: TEST_CERTIFICATE, cert: TEST_CLIENT_CERTIFICATE, key: TEST_CLIENT_KEY },
      headers: async () => ({ "x-kubeconfig": "ours" }),
    });
    expect(await access.identify({ kind: "process" }, never())).toMatchObject({ user: "process" });
    expect(await access.identify(ann, never())).toMatchObject({ user: "ann" });
    // Again, so that a resumed TLS session would show.
    expect(await access.identify({ kind: "process" }, never())).toMatchObject({ user: "process" });
    expect(await access.may(ann, { ...listPods, namespace: "bank" }, never())).toBe(false);
    expect(server.requests.map(({ certificate }) => certificate)).toEqual(["process", undefined, "process", undefined]);
    expect(server.requests.map(({ headers }) => headers["x-kubeconfig"])).toEqual([
      "ours",
      undefined,
      "ours",
      undefined,
    ]);
  });
});

describe("older servers, without SelfSubjectReview", () => {
  beforeEach(() => server.unknown.add("authentication.k8s.io/selfsubjectreviews"));

  test("check a token for our own account, and say what it needs for that", async () => {
    const access = accessTo();
    await expect(access.identify(ann, never())).rejects.toMatchObject({
      kind: "rejected",
      hint: expect.stringContaining("tokenreviews"),
    });
    server.rbac = new RbacAuthorizer([bind("system:auth-delegator", { account: "mesh/meshscope" })]);
    expect(await access.identify(ann, never())).toMatchObject({
      user: "ann",
      groups: ["developers", "system:authenticated"],
    });
    expect(server.requests.at(-1)).toMatchObject({
      resource: "tokenreviews",
      user: "system:serviceaccount:mesh:meshscope",
    });
  });

  test("deny a token that they do not know", async () => {
    server.rbac = undefined;
    const other: Credentials = { kind: "bearer", token: "other" };
    await expect(accessTo().identify(other, never())).rejects.toMatchObject({ kind: "denied" });
    server.interfere = ({ resource }) => (resource === "selfsubjectreviews" ? { status: 404 } : undefined);
    await expect(accessTo().identify(other, never())).rejects.toMatchObject({ kind: "denied" });
  });

  test("take us at our word for whom we speak", async () => {
    const as: Credentials = { kind: "impersonation", user: "bob", groups: ["ops"] };
    expect(await accessTo().identify(as, never())).toEqual({ user: "bob", groups: ["ops"] });
  });
});

test("an API server that knows nobody by this token denies, whatever it lets anonymous callers do", async () => {
  const userInfo = { username: "system:anonymous", groups: ["system:unauthenticated"] };
  server.interfere = () => ({ body: JSON.stringify({ status: { userInfo } }) });
  await expect(accessTo().identify(ann, never())).rejects.toMatchObject({ kind: "denied" });
});

describe("speaking for somebody", () => {
  const bob: Credentials = {
    kind: "impersonation",
    user: "bob",
    groups: ["developers", "ops", "system:authenticated"],
  };

  test("asks for their rights, each group in a header of its own", async () => {
    const access = accessTo();
    expect(await access.may(bob, listPods, never())).toBe(true);
    expect(await access.identify(bob, never())).toEqual({
      user: "bob",
      groups: ["developers", "ops", "system:authenticated"],
    });
    expect(server.requests.map(({ user }) => user)).toEqual(["bob", "bob"]);
  });

  test("names arrive as they are, whatever their alphabet", async () => {
    const as: Credentials = { kind: "impersonation", user: "Zoë 日本", groups: ["Æther, and a comma"] };
    expect(await accessTo().identify(as, never())).toEqual({
      user: "Zoë 日本",
      groups: ["Æther, and a comma", "system:authenticated"],
    });
  });

  test.each([
    ["user", "system:admin", []],
    ["user", "system:serviceaccount:kube-system:admin", []],
    ["group", "bob", ["system:masters"]],
    ["user", "", []],
    ["group", "bob", [""]],
    ["user", "bob ", []],
    ["user", "bob\nimpersonate-group: system:masters", []],
    ["group", "bob", ["a\u0000b"]],
    ["user", "bob\u0085", []],
    ["user", "\ud800", []],
  ])("a %s that is reserved or cannot be sent is denied: %j %j", async (what, user, groups) => {
    const failure = accessTo().may({ kind: "impersonation", user, groups }, listPods, never());
    await expect(failure).rejects.toMatchObject({ kind: "denied", message: expect.stringContaining(what) });
    expect(server.requests).toEqual([]);
  });

  test("without the right to is our failure, not theirs, and says what to grant", async () => {
    server.rbac = new RbacAuthorizer([]);
    await expect(accessTo().may(bob, listPods, never())).rejects.toMatchObject({
      kind: "rejected",
      hint: expect.stringContaining("impersonate"),
    });
  });

  test("with an account that already speaks for another is refused", async () => {
    const headers = async () => ({ authorization: "Bearer own-token", "impersonate-user": "carol" });
    await expect(accessTo({ headers }).may(bob, listPods, never())).rejects.toMatchObject({
      message: expect.stringContaining("speaks for somebody else already"),
    });
  });
});
