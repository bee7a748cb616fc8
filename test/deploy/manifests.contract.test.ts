/** What `kubectl apply -k` would send: every overlay, every component, and combinations of them. */
import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type Shape, shape, shapes } from "#lib/domain/mesh/shape.ts";
import { loadSettings } from "#lib/server/settings.ts";
import { at, environmentOf, only, renderComponents, renderOverlay } from "./render.ts";

const OVERLAYS = readdirSync("deploy/kustomize/overlays");
const COMPONENTS = readdirSync("deploy/kustomize/components");
/** Roles of their own for each namespace; a scheme that ingress and ServiceMonitor must be told. */
const ALONE = ["namespaced", "tls"];
const LOGINS = ["token", "header", "oidc"];

/** Everything that can be shown to somebody at once: components that exclude each other apart. */
const COMBINATIONS: readonly (readonly string[])[] = [
  [],
  ...COMPONENTS.map((name) => [name]),
  ...LOGINS.map((login) => [
    ...COMPONENTS.filter(
      (name) => !LOGINS.includes(name) && !ALONE.includes(name) && !(login === "oidc" && name === "ingress-base-path"),
    ),
    login,
  ]),
];

const RENDERED = new Map<string, Shape[]>([
  ...OVERLAYS.map((name) => [`overlay ${name}`, renderOverlay(name)] as const),
  ...COMBINATIONS.map((names) => [`base + ${names.join(" + ") || "nothing"}`, renderComponents(names)] as const),
]);

describe.each([...RENDERED])("%s", (_name, objects) => {
  it("has a name, a namespace where there is one, and no identity twice", () => {
    const identities = objects.map((object) => {
      const { name, namespace } = shape(object["metadata"]);
      expect(object["apiVersion"]).toMatch(/^([a-z0-9.]+\/)?v\d+$/);
      expect(name).toMatch(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/);
      const isClusterWide = /^(Cluster.*|Namespace)$/.test(String(object["kind"]));
      expect(namespace === undefined, `${String(object["kind"])} ${String(name)}`).toBe(isClusterWide);
      return `${String(object["kind"])} ${String(namespace)} ${String(name)}`;
    });
    expect(new Set(identities).size).toBe(identities.length);
  });

  it("gives the server settings that it takes", () => {
    const variables = environmentOf(objects);
    const settings = Object.keys(variables).filter((name) => name.startsWith("MESHSCOPE_"));
    expect(settings).toEqual(Object.keys(variables));
    // Files of Secrets are looked for at start.
    const mounted = Object.entries(variables).map(([name, value]) => [
      name,
      name.endsWith("_FILE") ? "package.json" : value,
    ]);
    expect(() => loadSettings(Object.fromEntries(mounted) as Record<string, string>)).not.toThrow();
  });

  it("answers for the hosts that lead to it, and for no other", () => {
    const { MESHSCOPE_ALLOWED_HOSTS: hosts, MESHSCOPE_PUBLIC_URL: address } = environmentOf(objects);
    const ingresses = objects.filter(({ kind }) => kind === "Ingress").map((object) => at(object, "spec.rules.0.host"));
    const leading = [...ingresses, ...(address === undefined ? [] : [new URL(address).hostname])];
    expect([hosts]).toEqual([...new Set(leading.length === 0 ? ["localhost"] : leading)]);
  });

  it("runs as nobody in particular, with nothing it can write to but a temporary folder", () => {
    const pod = shape(at(only(objects, "Deployment"), "spec.template.spec"));
    expect(pod["securityContext"]).toMatchObject({
      runAsNonRoot: true,
      runAsUser: 65_532,
      seccompProfile: { type: "RuntimeDefault" },
    });
    const [container, ...others] = shapes(pod["containers"]);
    expect(others).toEqual([]);
    expect(container?.["securityContext"]).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
    const writable = shapes(container?.["volumeMounts"]).filter(({ readOnly }) => readOnly !== true);
    expect(writable).toEqual([{ name: "tmp", mountPath: "/tmp" }]);
    expect(pod["volumes"]).toContainEqual({ name: "tmp", emptyDir: { sizeLimit: "64Mi" } });
    expect(container?.["resources"]).toMatchObject({
      requests: { cpu: "100m", memory: "256Mi" },
      limits: { memory: "1Gi" },
    });
    for (const field of ["hostNetwork", "hostPID", "hostIPC"]) expect(pod[field]).toBeUndefined();
  });

  it("leads traffic and probes to the port that is listened on", () => {
    const deployment = only(objects, "Deployment");
    const container = shape(at(deployment, "spec.template.spec.containers.0"));
    expect(container["ports"]).toEqual([{ name: "http", containerPort: 3000 }]);
    const scheme = "MESHSCOPE_TLS_CERT_FILE" in environmentOf(objects) ? { scheme: "HTTPS" } : {};
    for (const [probe, path] of [
      ["startupProbe", "/healthz"],
      ["livenessProbe", "/healthz"],
      ["readinessProbe", "/readyz"],
    ] as const) {
      expect(shape(container[probe])["httpGet"]).toEqual({ path, port: "http", ...scheme });
    }
    expect(at(only(objects, "Service"), "spec.ports.0.targetPort")).toBe("http");
    expect(at(only(objects, "NetworkPolicy"), "spec.ingress.0.ports")).toEqual([{ port: "http" }]);
    for (const ingress of objects.filter(({ kind }) => kind === "Ingress")) {
      const path = shape(at(ingress, "spec.rules.0.http.paths.0"));
      expect(path["path"]).toBe(environmentOf(objects)["MESHSCOPE_BASE_PATH"]);
      expect(at(path, "backend.service")).toEqual({ name: "meshscope", port: { name: "http" } });
      expect(at(only(objects, "Service"), "spec.ports.0.name")).toBe("http");
    }
  });

  it("selects its own pods everywhere, and its own account", () => {
    const deployment = only(objects, "Deployment");
    const labels = shape(at(deployment, "spec.template.metadata.labels"));
    const selectors = [
      at(deployment, "spec.selector.matchLabels"),
      at(only(objects, "Service"), "spec.selector"),
      at(only(objects, "PodDisruptionBudget"), "spec.selector.matchLabels"),
      at(only(objects, "NetworkPolicy"), "spec.podSelector.matchLabels"),
    ];
    for (const selector of selectors) {
      expect(Object.keys(shape(selector)).length).toBeGreaterThan(0);
      expect(labels).toMatchObject(shape(selector));
    }
    for (const monitor of objects.filter(({ kind }) => kind === "ServiceMonitor")) {
      expect(at(only(objects, "Service"), "metadata.labels")).toMatchObject(
        shape(at(monitor, "spec.selector.matchLabels")),
      );
    }
    const account = shape(only(objects, "ServiceAccount")["metadata"]);
    expect(at(deployment, "spec.template.spec.serviceAccountName")).toBe(account["name"]);
    const roles = new Set(objects.filter(({ kind }) => kind === "Role" || kind === "ClusterRole").map(roleKey));
    for (const binding of objects.filter(({ kind }) => String(kind).endsWith("Binding"))) {
      const { name, kind } = shape(binding["roleRef"]);
      const { namespace } = shape(binding["metadata"]);
      expect(roles).toContain(
        roleKey({ kind, metadata: { name, namespace: kind === "Role" ? namespace : undefined } }),
      );
      expect(binding["subjects"]).toEqual([
        { kind: "ServiceAccount", name: account["name"], namespace: account["namespace"] },
      ]);
    }
  });
});

function roleKey(role: Shape): string {
  const { name, namespace } = shape(role["metadata"]);
  return `${String(role["kind"])} ${String(namespace)} ${String(name)}`;
}
