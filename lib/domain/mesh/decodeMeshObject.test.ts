import { describe, expect, test } from "vitest";
import { decodeMeshObject } from "./decodeMeshObject.ts";

const service = { apiVersion: "v1", kind: "Service", metadata: { name: "reviews", namespace: "bookinfo" } };

function decoded(value: unknown) {
  const { object, problem } = decodeMeshObject(value);
  if (object === undefined) throw new Error(`refused: ${problem}`);
  return object;
}

describe("decodeMeshObject", () => {
  test.each([
    ["a list", [], "an object was expected, not a list"],
    ["nothing", null, "an object was expected, not nothing"],
    ["a bare string", "kind: Service", 'an object was expected, not the string "kind: Service"'],
    ["a fragment", { http: [] }, "no apiVersion and no kind: this is a fragment, not a whole object"],
    ["an object without kind", { ...service, kind: undefined }, "no kind, or not a string"],
    ["a numeric apiVersion", { ...service, apiVersion: 1 }, "no apiVersion, or not a string"],
    ["no metadata", { ...service, metadata: undefined }, "no metadata"],
    ["generateName only", { ...service, metadata: { generateName: "a-" } }, "no metadata.name"],
    [
      "a numeric namespace",
      { ...service, metadata: { name: "a", namespace: 7 } },
      "metadata.namespace is the number 7, not a string",
    ],
    [
      "an unquoted version label",
      { ...service, metadata: { name: "a", labels: { version: 1.5 } } },
      'metadata.labels["version"] is the number 1.5, not a string: put it in quotes',
    ],
    [
      "labels as a list",
      { ...service, metadata: { name: "a", labels: ["x"] } },
      "metadata.labels is a list, not a mapping",
    ],
  ])("refuses %s and says why", (_what, value, problem) => {
    expect(decodeMeshObject(value)).toEqual({ problem });
  });

  test("keeps of managedFields who changed the object and when", () => {
    const managedFields = [
      {
        manager: "kubectl",
        operation: "Apply",
        time: "2026-01-02T03:04:05Z",
        fieldsV1: { "f:spec": { "f:ports": {} } },
      },
      { manager: "no time" },
    ];
    const { metadata } = decoded({ ...service, metadata: { ...service.metadata, managedFields } });
    expect(metadata.changes).toEqual([{ manager: "kubectl", time: "2026-01-02T03:04:05Z" }]);
    expect(metadata).not.toHaveProperty("managedFields");
  });

  test("drops kubectl's copy of the object and keeps other annotations", () => {
    const annotations = { "kubectl.kubernetes.io/last-applied-configuration": "{…}", owner: "team-a" };
    const object = decoded({ ...service, metadata: { ...service.metadata, annotations } });
    expect(object.metadata.annotations).toEqual({ owner: "team-a" });
  });

  test("never holds the data of a Secret or of an ordinary ConfigMap", () => {
    const data = { password: "aHVudGVyMg==" };
    for (const kind of ["Secret", "ConfigMap"]) {
      const object = decoded({ ...service, kind, data, stringData: data, binaryData: data });
      expect(JSON.stringify(object)).not.toContain("aHVudGVyMg==");
    }
  });

  test("keeps the data of Istio's own ConfigMaps", () => {
    const object = decoded({ ...service, kind: "ConfigMap", metadata: { name: "istio-1-29" }, data: { mesh: "a: 1" } });
    expect(object["data"]).toEqual({ mesh: "a: 1" });
  });

  test("keeps the injector's values and template names, and not the text of its templates", () => {
    const config = [
      "defaultTemplates: [sidecar]",
      "policy: enabled",
      "neverInjectSelector:",
      "  - matchLabels: { job: once }",
      'template: "{{ Template_Version }}"',
      "templates:",
      "  sidecar: |",
      "    {{- $containers := list }}",
      "    metadata:",
      "",
      "      labels: x",
      "  gateway: |",
      "    spec: x",
      "injectedAnnotations: {}",
    ].join("\n");
    const injector = decoded({
      ...service,
      kind: "ConfigMap",
      metadata: { name: "istio-sidecar-injector" },
      data: { config, values: '{"revision":""}', "unknown-key": "x" },
    });
    expect(injector["data"]).toEqual({
      values: '{"revision":""}',
      config: [
        "defaultTemplates: [sidecar]",
        "policy: enabled",
        "neverInjectSelector:",
        "  - matchLabels: { job: once }",
        'template: "{{ Template_Version }}"',
        "templates:",
        '  sidecar: ""',
        '  gateway: ""',
        "injectedAnnotations: {}",
      ].join("\n"),
    });
  });

  test("reduces a node to its place, its state and its version", () => {
    const node = decoded({
      apiVersion: "v1",
      kind: "Node",
      metadata: {
        name: "node-1",
        labels: { "topology.kubernetes.io/zone": "a", "beta.example.com/pool": "x" },
        annotations: { "node.alpha.kubernetes.io/ttl": "0" },
      },
      spec: { podCIDR: "10.0.0.0/24", unschedulable: true },
      status: {
        images: [{ names: ["a"] }],
        addresses: [{ type: "InternalIP", address: "10.0.0.1" }],
        conditions: [
          { type: "Ready", status: "True", reason: "KubeletReady", lastHeartbeatTime: "2026-11-21T00:00:00Z" },
        ],
        nodeInfo: { kubeletVersion: "v1.34.1", machineID: "abc" },
      },
    });
    expect(node).toEqual({
      apiVersion: "v1",
      kind: "Node",
      metadata: { name: "node-1", namespace: "", labels: { "topology.kubernetes.io/zone": "a" }, annotations: {} },
      spec: { unschedulable: true },
      status: {
        conditions: [{ type: "Ready", status: "True", reason: "KubeletReady" }],
        nodeInfo: { kubeletVersion: "v1.34.1" },
      },
    });
  });

  test("keeps a webhook's selectors and address without its certificate authority", () => {
    const object = decoded({
      apiVersion: "admissionregistration.k8s.io/v1",
      kind: "MutatingWebhookConfiguration",
      metadata: { name: "istio-sidecar-injector" },
      webhooks: [
        {
          name: "rev.namespace.sidecar-injector.istio.io",
          namespaceSelector: { matchLabels: { "istio.io/rev": "default" } },
          clientConfig: { caBundle: "LS0t", service: { name: "istiod" } },
        },
      ],
    });
    expect(object["webhooks"]).toEqual([
      {
        name: "rev.namespace.sidecar-injector.istio.io",
        namespaceSelector: { matchLabels: { "istio.io/rev": "default" } },
        clientConfig: { service: { name: "istiod" } },
      },
    ]);
  });

  test("reduces a pod to what the mesh needs", () => {
    const pod = decoded({
      ...service,
      kind: "Pod",
      spec: {
        serviceAccountName: "bookinfo-reviews",
        nodeName: "node-1",
        volumes: [{ name: "v" }],
        initContainers: [
          { name: "istio-proxy", image: "docker.io/istio/proxyv2:1.29.2", restartPolicy: "Always", args: ["x"] },
        ],
        containers: [
          {
            name: "reviews",
            image: "shop/reviews:7",
            env: [{ name: "TOKEN", value: "hunter2" }],
            ports: [{ containerPort: 9080 }],
          },
        ],
      },
      status: {
        phase: "Running",
        podIP: "10.1.2.3",
        conditions: [{ type: "Ready", status: "True", lastTransitionTime: "2026-01-01T00:00:00Z" }],
        containerStatuses: [{ name: "reviews" }],
      },
    });
    expect(pod.spec).toEqual({
      serviceAccountName: "bookinfo-reviews",
      nodeName: "node-1",
      initContainers: [{ name: "istio-proxy", image: "docker.io/istio/proxyv2:1.29.2", restartPolicy: "Always" }],
      containers: [{ name: "reviews", ports: [{ containerPort: 9080 }] }],
    });
    expect(pod.status).toEqual({
      phase: "Running",
      podIP: "10.1.2.3",
      conditions: [{ type: "Ready", status: "True" }],
    });
  });

  test("trims the pod templates of workloads and keeps their counts", () => {
    const template = {
      metadata: { labels: { app: "a" } },
      spec: { containers: [{ name: "a", env: [{ name: "K", value: "hunter2" }] }] },
    };
    const deployment = decoded({
      ...service,
      apiVersion: "apps/v1",
      kind: "Deployment",
      spec: { replicas: 2, template },
      status: { availableReplicas: 1, conditions: [{ message: "long" }] },
    });
    expect(deployment.spec).toEqual({
      replicas: 2,
      template: { metadata: { labels: { app: "a" }, annotations: {} }, spec: { containers: [{ name: "a" }] } },
    });
    expect(deployment.status).toEqual({ availableReplicas: 1 });
    const cronJob = decoded({
      ...service,
      apiVersion: "batch/v1",
      kind: "CronJob",
      spec: { schedule: "* * * * *", jobTemplate: { spec: { template } } },
    });
    expect(JSON.stringify(cronJob)).not.toContain("hunter2");
  });

  test("keeps of an owned ReplicaSet only whose it is", () => {
    const replicaSet = { ...service, apiVersion: "apps/v1", kind: "ReplicaSet", spec: { replicas: 1 } };
    const owned = { ...service.metadata, ownerReferences: [{ kind: "Deployment", name: "reviews", uid: "u" }] };
    expect(decoded({ ...replicaSet, metadata: owned })).not.toHaveProperty("spec");
    expect(decoded({ ...replicaSet, metadata: owned }).metadata.ownerReferences).toEqual([
      { kind: "Deployment", name: "reviews" },
    ]);
    expect(decoded(replicaSet).spec).toMatchObject({ replicas: 1 });
  });

  test("a label named like an object's inner field stays a label", () => {
    const value: unknown = JSON.parse(
      '{"apiVersion":"v1","kind":"Service","metadata":{"name":"a","labels":{"__proto__":"x"}}}',
    );
    expect(Object.entries(decoded(value).metadata.labels)).toEqual([["__proto__", "x"]]);
  });
});
