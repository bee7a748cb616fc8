/**
 * The roles of the manifests are exactly what the code asks for. The adapters run as the pod's account against a fake API
 * server that decides by the rendered roles:
 *
 *   rendered roles ─▶ RbacAuthorizer ─▶ 403?          nothing is missing
 *   requests ───────▶ the rule that allowed each      no rule is left that none needed
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { rbacFiles } from "#cli/rbacFiles.ts";
import { createKubeClient, type KubeClient } from "#lib/adapters/kubernetes/kubeClient.ts";
import { directConnection } from "#lib/adapters/kubernetes/kubeConnection.ts";
import { readRemoteSecrets } from "#lib/adapters/kubernetes/remoteSecrets.ts";
import { MESH_KINDS } from "#lib/domain/mesh/meshKinds.ts";
import { type Shape, shape, shapes, texts } from "#lib/domain/mesh/shape.ts";
import { WRITABLE_KINDS } from "#lib/domain/mesh/writableKinds.ts";
import type { ClusterSource } from "#lib/ports.ts";
import { listKind, seeNamespace } from "#lib/server/access/namespaceRules.ts";
import { loadSettings } from "#lib/server/settings.ts";
import { meshObject } from "#test/builders/meshObjects.ts";
import { serviceAccount } from "#test/kubernetes/callers.ts";
import type { ApiRequest, FakeApiServer } from "#test/kubernetes/fakeApiServer.ts";
import { RbacAuthorizer, type ResourceAttributes } from "#test/kubernetes/rbac.ts";
import { bind } from "#test/kubernetes/rbacObjects.ts";
import { DEADLINE, testCluster, testServer } from "#test/kubernetes/testCluster.ts";
import { toWire } from "#test/kubernetes/wireObjects.ts";
import { environmentOf, renderComponents, renderOverlay } from "./render.ts";

const ACCOUNT = serviceAccount("meshscope", "meshscope");
const TOKEN = "token-of-the-account";
/** A cluster in which everything has a reason to be asked for. */
const OBJECTS = [
  meshObject("v1/Namespace", "shop"),
  meshObject("v1/Namespace", "pay"),
  meshObject("v1/Pod", "istio-system/istiod-1", { labels: { app: "istiod" }, status: { phase: "Running" } }),
  meshObject("gateway.networking.k8s.io/v1/Gateway", "shop/web", {
    spec: { listeners: [{ name: "web", port: 443, protocol: "HTTPS", tls: { certificateRefs: [{ name: "web" }] } }] },
  }),
].map(toWire);
/** Granted without a request of ours that the fake server would ask for. */
const NOT_ASKED = [
  // API servers from Kubernetes 1.35 on want it besides `get` for a port-forward over a WebSocket.
  'Role/istio-system/meshscope-proxy-status "" pods/portforward create',
];

type Deployed = { readonly server: FakeApiServer; readonly client: KubeClient; readonly source: ClusterSource };

/** Runs what the Deployment's settings turn on, as its account, until all of it has asked. */
async function deployed(manifests: readonly Shape[]): Promise<Deployed> {
  const server = await testServer(OBJECTS);
  server.users.set(TOKEN, ACCOUNT);
  server.rbac = new RbacAuthorizer(manifests);
  const settings = loadSettings(environmentOf(manifests));
  const client = createKubeClient(async () => directConnection(server.url, { token: TOKEN }));
  onTestFinished(() => client.close());
  const source = testCluster(server, {
    client,
    controlPlanes: settings.ISTIO_NAMESPACE,
    certificates: settings.CERTIFICATES === "enabled",
    ...(settings.NAMESPACES === undefined ? {} : { namespaces: settings.NAMESPACES }),
    timings: { proxySyncMs: 10, proxySyncDeniedMs: 10, certificateCheckMs: 5 },
  });
  const { signal } = new AbortController();
  for (const namespace of settings.REMOTE_SECRETS ?? []) await readRemoteSecrets(client, namespace, signal);
  await vi.waitFor(() => {
    const { kinds } = source.snapshot();
    expect(kinds.filter(({ state }) => state === "listing")).toEqual([]);
    expect(asked(server)).toContain('"" pods/portforward get');
    expect(asked(server).includes('"" secrets get')).toBe(settings.CERTIFICATES === "enabled");
  }, DEADLINE);
  return { server, client, source };
}

function attributesOf({
  verb,
  group = "",
  resource = "",
  subresource,
  namespace,
  name,
}: ApiRequest): ResourceAttributes {
  return {
    verb,
    group,
    resource,
    ...(subresource !== undefined && { subresource }),
    ...(namespace !== undefined && { namespace }),
    ...(name !== undefined && { name }),
  };
}

/** `"" pods/portforward get` */
function written({ verb, group, resource, subresource }: ResourceAttributes): string {
  return `"${group}" ${subresource === undefined ? resource : `${resource}/${subresource}`} ${verb}`;
}

function ofResources(server: FakeApiServer): ResourceAttributes[] {
  return server.requests.filter(({ resource }) => resource !== undefined).map(attributesOf);
}

function asked(server: FakeApiServer): string[] {
  return ofResources(server).map(written);
}

/** Who speaks for somebody else needs the right to, which is no request of its own. */
function impersonations(server: FakeApiServer): ResourceAttributes[] {
  return server.requests.flatMap(({ headers }) =>
    (["user", "group"] as const).flatMap((part) => {
      const name = headers[`impersonate-${part}`];
      return name === undefined ? [] : [{ verb: "impersonate", group: "", resource: `${part}s`, name: String(name) }];
    }),
  );
}

/** `ClusterRole/meshscope "apps" deployments list` of each rule that allowed something. */
function used({ server }: Deployed, rbac: RbacAuthorizer): Set<string> {
  const wanted = [...ofResources(server), ...impersonations(server)];
  return new Set(
    wanted.flatMap((attributes) => {
      const grant = rbac.grantOf(ACCOUNT, attributes);
      return grant === undefined ? [] : [`${grant.role} ${written(attributes)}`];
    }),
  );
}

/** Bound to people, never to the account. */
const ROLES_OF_PEOPLE: ReadonlySet<unknown> = new Set(["meshscope-editor", "meshscope-viewer"]);

/** The same of everything that the manifests' roles grant the account. */
function granted(manifests: readonly Shape[]): string[] {
  return manifests
    .filter(({ kind, metadata }) => String(kind).endsWith("Role") && !ROLES_OF_PEOPLE.has(shape(metadata)["name"]))
    .flatMap((role) => {
      const { name, namespace } = shape(role["metadata"]);
      const key = role["kind"] === "Role" ? `Role/${String(namespace)}/${String(name)}` : `ClusterRole/${String(name)}`;
      return grantsOf(role).map((grant) => `${key} ${grant}`);
    })
    .sort();
}

function grantsOf(role: Shape): string[] {
  return shapes(role["rules"])
    .flatMap((rule) =>
      (rule["apiGroups"] as string[]).flatMap((group) =>
        texts(rule["resources"]).flatMap((resource) =>
          texts(rule["verbs"]).map((verb) => `"${group}" ${resource} ${verb}`),
        ),
      ),
    )
    .sort();
}

function refused({ server }: Deployed, rbac: RbacAuthorizer): string[] {
  const denied = ofResources(server).filter((attributes) => {
    const { group } = attributes;
    const isReview = group === "authentication.k8s.io" || group === "authorization.k8s.io";
    return !isReview && !rbac.authorize(ACCOUNT, attributes);
  });
  return [...new Set(denied.map((attributes) => `${written(attributes)} in ${attributes.namespace ?? "the cluster"}`))];
}

function exceptNotAsked(grants: readonly string[]): string[] {
  return grants.filter((grant) => !NOT_ASKED.includes(grant));
}

describe("roles of the manifests", () => {
  it("are those that the list of kinds makes", () => {
    for (const [path, content] of rbacFiles()) {
      expect(readFileSync(join("deploy/kustomize", path), "utf8"), `${path}: run npm run rbac`).toBe(content);
    }
  });

  it("of the read-only overlay let everything be read that is asked for, and nothing else", async () => {
    const manifests = renderOverlay("read-only");
    const rbac = new RbacAuthorizer(manifests);
    const running = await deployed(manifests);
    await vi.waitFor(
      () => expect([...used(running, rbac)].sort()).toEqual(exceptNotAsked(granted(manifests))),
      DEADLINE,
    );
    expect(refused(running, rbac)).toEqual([]);
    expect(asked(running.server).some((request) => request.includes("secrets"))).toBe(false);
  });

  it("of certificates, remote secrets and proxy status are needed by what they turn on", async () => {
    const manifests = renderComponents(["certificates", "remote-secrets", "proxy-status"]);
    const rbac = new RbacAuthorizer(manifests);
    const running = await deployed(manifests);
    await vi.waitFor(
      () => expect([...used(running, rbac)].sort()).toEqual(exceptNotAsked(granted(manifests))),
      DEADLINE,
    );
    expect(refused(running, rbac)).toEqual([]);
  });

  it("of the base do without proxy status, which is all that is refused", async () => {
    const manifests = renderComponents([]);
    const rbac = new RbacAuthorizer(manifests);
    const running = await deployed(manifests);
    await vi.waitFor(() => expect([...used(running, rbac)].sort()).toEqual(granted(manifests)), DEADLINE);
    expect(refused(running, rbac)).toEqual(['"" pods/portforward get in istio-system']);
  });

  it("of the namespaced overlay grant nothing outside its namespaces and the control plane's ConfigMaps", async () => {
    const manifests = renderOverlay("namespaced");
    const rbac = new RbacAuthorizer(manifests);
    const server = await testServer(OBJECTS);
    server.users.set(TOKEN, ACCOUNT);
    server.rbac = rbac;
    const client = createKubeClient(async () => directConnection(server.url, { token: TOKEN }));
    onTestFinished(() => client.close());
    const { NAMESPACES: namespaces = [] } = loadSettings(environmentOf(manifests));
    const source = testCluster(server, { client, namespaces });
    const running = { server, client, source };
    expect(namespaces).toEqual(["shop", "pay"]);
    await vi.waitFor(() => expect([...used(running, rbac)].sort()).toEqual(granted(manifests)), DEADLINE);
    expect(manifests.filter(({ kind }) => String(kind).startsWith("ClusterRole"))).toEqual([]);
    // Cluster-wide kinds are asked for all the same, and shown as not readable.
    expect(refused(running, rbac).filter((request) => !request.endsWith("in the cluster"))).toEqual([]);
  });

  it("of the header mode let the account speak for people and their groups, and only there", async () => {
    const person = { kind: "impersonation", user: "ada", groups: ["sre"] } as const;
    const { signal } = new AbortController();
    const manifests = renderComponents(["header", "proxy-status"]);
    const rbac = new RbacAuthorizer(manifests);
    const running = await deployed(manifests);
    expect(await running.source.access?.identify(person, signal)).toMatchObject({ user: "ada" });
    await vi.waitFor(
      () => expect([...used(running, rbac)].sort()).toEqual(exceptNotAsked(granted(manifests))),
      DEADLINE,
    );
    expect(refused(running, rbac)).toEqual([]);
    const without = await deployed(renderComponents([]));
    await expect(without.source.access?.identify(person, signal)).rejects.toThrow(/cannot impersonate/);
  });

  it.each(["token", "header", "oidc"])(
    "of the %s mode bring one for people: the namespaces it is bound in are seen",
    async (mode) => {
      const manifests = renderComponents([mode]);
      const bound = [bind("meshscope-viewer", { user: "ada" }, "shop"), bind("meshscope-viewer", { user: "eve" })];
      const rbac = new RbacAuthorizer([...bound, ...manifests]);
      const ada = { user: "ada", groups: [] };
      expect(rbac.authorize(ada, seeNamespace("shop"))).toBe(true);
      expect(rbac.authorize(ada, seeNamespace("pay"))).toBe(false);
      for (const kind of MESH_KINDS.filter(({ where }) => where === undefined)) {
        expect(rbac.authorize(ada, listKind(kind, "shop")), kind.plural).toBe(true);
        expect(rbac.authorize(ada, listKind(kind, "pay")), kind.plural).toBe(false);
        expect(rbac.authorize({ user: "eve", groups: [] }, listKind(kind)), kind.plural).toBe(true);
      }
      const secrets = { verb: "list", group: "", resource: "secrets", namespace: "shop" };
      expect(rbac.authorize(ada, secrets)).toBe(false);
      expect(manifests.filter(({ roleRef }) => ROLES_OF_PEOPLE.has(shape(roleRef)["name"]))).toEqual([]);
    },
  );

  it("of the write mode let somebody with meshscope-editor change configuration, and the account nothing", async () => {
    const manifests = renderComponents(["write", "token"]);
    const bound = [bind("meshscope-editor", { user: "ada" }, "shop"), ...manifests];
    const rbac = new RbacAuthorizer(bound);
    const server = await testServer(OBJECTS);
    server.users.set(TOKEN, ACCOUNT).set("token-of-ada", { user: "ada", groups: [] });
    server.rbac = rbac;
    const client = createKubeClient(async () => directConnection(server.url, { token: TOKEN }));
    onTestFinished(() => client.close());
    const source = testCluster(server, { client });
    await vi.waitFor(() => expect(source.snapshot().status.state).toBe("ok"), DEADLINE);
    const [as, { signal }] = [{ kind: "bearer", token: "token-of-ada" } as const, new AbortController()];

    for (const { group, kind } of WRITABLE_KINDS) {
      const ref = { group, kind, namespace: "shop", name: "one" };
      const object = { apiVersion: `${group}/v1`, kind, metadata: { namespace: "shop", name: "one" }, spec: {} };
      await source.writer?.write({ action: "create", object }, { as, dryRun: false }, signal);
      const created = await source.writer?.read(ref, as, signal);
      if (created === undefined) throw new Error(`${kind} was not created`);
      const edited = { ...created, spec: { hosts: ["a"] } };
      const update = { action: "update", object: edited } as const;
      await source.writer?.write(update, { as, dryRun: true }, signal);
      const updated = await source.writer?.write(update, { as, dryRun: false }, signal);
      const resourceVersion = String(updated?.after?.metadata["resourceVersion"]);
      await source.writer?.write({ action: "delete", ref, resourceVersion }, { as, dryRun: false }, signal);
    }

    const hers = server.requests.filter(({ user, resource }) => user === "ada" && resource !== undefined);
    const needed = new Set(hers.map((request) => written(attributesOf(request))));
    const [editor] = manifests.filter(({ metadata }) => shape(metadata)["name"] === "meshscope-editor");
    expect([...needed].sort()).toEqual(grantsOf(shape(editor)));
    const mayWrite = granted(manifests).filter((grant) => !/ (list|watch)$/.test(grant));
    expect(mayWrite).toEqual([]);
  });
});
