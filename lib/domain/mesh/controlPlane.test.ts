import { describe, expect, test } from "vitest";
import { indexOf, meshObject } from "#test/builders/meshObjects.ts";
import { collectInjectors, readInjector } from "./injector.ts";
import { collectMeshConfigs, readMeshConfig } from "./meshConfig.ts";
import type { MeshObject } from "./meshObject.ts";
import { collectRevisions } from "./revisions.ts";

function configMap(name: string, data: Record<string, string>, labels: Record<string, string> = {}): MeshObject {
  return meshObject("v1/ConfigMap", `istio-system/${name}`, { data, labels });
}

describe("mesh configuration", () => {
  test("is Istio's own where nothing is written", () => {
    expect(readMeshConfig(configMap("istio", { mesh: "" }))).toEqual({
      namespace: "istio-system",
      name: "istio",
      revision: "default",
      rootNamespace: "istio-system",
      trustDomain: "cluster.local",
      trustDomainAliases: [],
      discoverySelectors: [],
      outboundTrafficPolicy: "ALLOW_ANY",
      enableAutoMtls: true,
      pathNormalization: "DEFAULT",
      defaultExportTo: { services: ["*"], virtualServices: ["*"], destinationRules: ["*"] },
      extensionProviders: [],
      defaultConfig: {},
      written: {},
    });
  });

  test("is read from the YAML that istiod reads", () => {
    const mesh = `
      rootNamespace: istio-config
      trustDomain: example.org
      trustDomainAliases: [old.example.org]
      discoverySelectors:
        - matchLabels: { mesh: "on" }
        - matchExpressions: [{ key: env, operator: In, values: [prod, stage] }]
      outboundTrafficPolicy: { mode: REGISTRY_ONLY }
      enableAutoMtls: false
      meshMTLS: { minProtocolVersion: TLSV1_3 }
      accessLogFile: /dev/stdout
      pathNormalization: { normalization: MERGE_SLASHES }
      defaultVirtualServiceExportTo: ["."]
      extensionProviders: [{ name: otel }, { name: opa }]
      defaultConfig: { concurrency: 2 }
    `;
    expect(readMeshConfig(configMap("istio-1-30", { mesh }))).toMatchObject({
      revision: "1-30",
      rootNamespace: "istio-config",
      trustDomain: "example.org",
      trustDomainAliases: ["old.example.org"],
      discoverySelectors: [
        { matchLabels: { mesh: "on" }, matchExpressions: [] },
        { matchLabels: {}, matchExpressions: [{ key: "env", operator: "In", values: ["prod", "stage"] }] },
      ],
      outboundTrafficPolicy: "REGISTRY_ONLY",
      enableAutoMtls: false,
      minTlsVersion: "TLSV1_3",
      accessLogFile: "/dev/stdout",
      pathNormalization: "MERGE_SLASHES",
      defaultExportTo: { services: ["*"], virtualServices: ["."], destinationRules: ["*"] },
      extensionProviders: ["otel", "opa"],
      defaultConfig: { concurrency: 2 },
    });
  });

  test("that cannot be read says why and is the default", () => {
    expect(readMeshConfig(configMap("istio", { mesh: "a: [1" })).problem).toMatch(/Flow sequence/);
    expect(readMeshConfig(configMap("istio", { mesh: "just words" }))).toMatchObject({
      problem: "it is not a mapping",
      rootNamespace: "istio-system",
    });
  });

  test("is found among the ConfigMaps, one for each istiod", () => {
    const index = indexOf(
      configMap("istio", { mesh: "trustDomain: a" }),
      configMap("istio-1-30", { mesh: "trustDomain: b" }, { "istio.io/rev": "1-30-2" }),
      configMap("istio-ca-root-cert", { "root-cert.pem": "…" }),
    );
    expect(collectMeshConfigs(index).map(({ revision, trustDomain }) => [revision, trustDomain])).toEqual([
      ["default", "a"],
      ["1-30-2", "b"],
    ]);
  });
});

describe("the injector", () => {
  const config = [
    "policy: enabled",
    "defaultTemplates: [sidecar]",
    "neverInjectSelector:",
    "  - matchLabels: { job: once }",
    "templates:",
    "  sidecar: |",
    "    spec: {}",
    "  gateway: |",
    "    spec: {}",
  ].join("\n");

  test("says what is injected, and into what", () => {
    const injector = configMap("istio-sidecar-injector-1-30", { config, values: '{"global":{"network":"a"}}' });
    expect(readInjector(injector)).toEqual({
      namespace: "istio-system",
      revision: "1-30",
      policy: "enabled",
      defaultTemplates: ["sidecar"],
      templates: ["sidecar", "gateway"],
      always: [],
      never: [{ matchLabels: { job: "once" }, matchExpressions: [] }],
      values: { global: { network: "a" } },
    });
    expect(collectInjectors(indexOf(injector, configMap("istio", { mesh: "" })))).toHaveLength(1);
  });
});

describe("revisions", () => {
  function istiod(path: string, revision: string, image: string): MeshObject {
    return meshObject("apps/v1/Deployment", path, {
      labels: { app: "istiod", "istio.io/rev": revision },
      spec: { template: { spec: { containers: [{ name: "discovery", image }] } } },
    });
  }

  function webhook(name: string, labels: Record<string, string>): MeshObject {
    return meshObject("admissionregistration.k8s.io/v1/MutatingWebhookConfiguration", name, { labels, webhooks: [] });
  }

  test("have their tags, their istiods and the versions that run", () => {
    const index = indexOf(
      istiod("istio-system/istiod", "default", "docker.io/istio/pilot:1.29.2-distroless"),
      istiod("istio-canary/istiod-1-30", "1-30", "registry:5000/istio/pilot:1.30.0@sha256:abc"),
      webhook("istio-sidecar-injector", { "istio.io/rev": "default" }),
      webhook("istio-revision-tag-stable", { "istio.io/rev": "default", "istio.io/tag": "stable" }),
      webhook("istio-revision-tag-next", { "istio.io/rev": "1-30", "istio.io/tag": "next" }),
      webhook("istio-revision-tag-gone", { "istio.io/rev": "1-28", "istio.io/tag": "old" }),
      webhook("cert-manager", {}),
    );
    expect(collectRevisions(index)).toEqual([
      { name: "1-28", namespaces: [], tags: ["old"], versions: [] },
      { name: "1-30", namespaces: ["istio-canary"], tags: ["next"], versions: ["1.30.0"] },
      { name: "default", namespaces: ["istio-system"], tags: ["stable"], versions: ["1.29.2"] },
    ]);
  });
});
