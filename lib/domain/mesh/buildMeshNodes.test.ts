import { describe, expect, test } from "vitest";
import { indexOf, meshObject } from "#test/builders/meshObjects.ts";
import { buildMeshNodes } from "./buildMeshNodes.ts";
import type { MeshObject } from "./meshObject.ts";

const proxy = { name: "istio-proxy", image: "docker.io/istio/proxyv2:1.29.2" };
const app = { name: "app", image: "shop/app:1" };

function deployment(path: string, labels: Record<string, string>, fields: Record<string, unknown> = {}): MeshObject {
  const template = { metadata: { labels }, spec: { containers: [app] } };
  return meshObject("apps/v1/Deployment", path, {
    spec: { replicas: 2, template },
    status: { availableReplicas: 1 },
    ...fields,
  });
}

function pod(path: string, owner: { kind: string; name: string } | undefined, fields: Record<string, unknown> = {}) {
  return meshObject("v1/Pod", path, {
    ...(owner && { owner }),
    spec: { containers: [app, proxy] },
    status: { phase: "Running", conditions: [{ type: "Ready", status: "True" }] },
    ...fields,
  });
}

function service(path: string, selector?: Record<string, string>): MeshObject {
  return meshObject("v1/Service", path, { spec: { selector, ports: [{ port: 9080, name: "http" }] } });
}

function workload(...objects: readonly MeshObject[]) {
  const { workloads } = buildMeshNodes("primary", indexOf(...objects));
  expect(workloads).toHaveLength(1);
  return workloads[0];
}

function flagsOf(name: string, ...objects: readonly MeshObject[]) {
  return buildMeshNodes("primary", indexOf(...objects)).services.find((node) => node.name === name)?.flags;
}

describe("health", () => {
  const rate = { "health.kiali.io/rate": "5XX,1,5,http,inbound" };

  test("tolerances come from an annotation of the controller, a bare pod, a Service or a ServiceEntry", () => {
    const { workloads, services } = buildMeshNodes(
      "primary",
      indexOf(
        deployment("shop/cart", { app: "cart" }, { annotations: rate }),
        pod("shop/debug", undefined, { annotations: rate }),
        deployment("shop/web", { app: "web" }),
        meshObject("v1/Service", "shop/cart", { annotations: rate, spec: {} }),
        meshObject("networking.istio.io/v1/ServiceEntry", "shop/bank", {
          annotations: rate,
          spec: { hosts: ["b.example"] },
        }),
      ),
    );
    const rates = [...workloads, ...services].map(({ name, healthRate }) => [name, healthRate]);
    const text = "5XX,1,5,http,inbound";
    expect(rates).toEqual([
      ["cart", text],
      ["web", undefined],
      ["debug", text],
      ["cart", text],
      ["bank", text],
    ]);
  });

  test("pods that a controller runs beyond what it wants are counted", () => {
    const node = workload(deployment("shop/cart", {}, { status: { replicas: 3, availableReplicas: 2 } }));
    expect(node).toMatchObject({ desiredReplicas: 2, availableReplicas: 2, currentReplicas: 3 });
  });

  test("proxies are counted on ready pods, and one that istiod does not know is not in step", () => {
    const owner = { kind: "StatefulSet", name: "db" };
    const starting = { status: { phase: "Running", conditions: [{ type: "Ready", status: "False" }] } };
    const index = indexOf(
      pod("shop/db-0", owner),
      pod("shop/db-1", owner),
      pod("shop/db-2", owner),
      pod("shop/db-3", owner, starting),
      pod("shop/plain", undefined, { spec: { containers: [app] } }),
    );
    const sync = new Map([
      ["shop/db-0", true],
      ["shop/db-1", false],
    ]);
    const proxies = (nodes: ReturnType<typeof buildMeshNodes>) => nodes.workloads.map((node) => node.proxies);
    expect(proxies(buildMeshNodes("primary", index, sync))).toEqual([{ synced: 1, total: 3 }, undefined]);
    expect(proxies(buildMeshNodes("primary", index))).toEqual([undefined, undefined]);
  });
});

describe("workloads", () => {
  test("a Deployment carries its replicas and its canonical name and revision", () => {
    expect(workload(deployment("bookinfo/reviews-v1", { app: "reviews", version: "v1" }))).toEqual({
      cluster: "primary",
      namespace: "bookinfo",
      name: "reviews-v1",
      kind: "Deployment",
      app: "reviews",
      version: "v1",
      desiredReplicas: 2,
      availableReplicas: 1,
      mode: "none",
      role: "workload",
      gatewayHosts: [],
      labels: { app: "reviews", version: "v1" },
    });
  });

  test("machines are workloads by their WorkloadGroup, as many as it registered", () => {
    const group = meshObject("networking.istio.io/v1/WorkloadGroup", "vm/ledger", {
      spec: { metadata: { labels: { app: "ledger", version: "v2" } } },
    });
    const machine = (name: string, owner?: { kind: string; name: string }) =>
      meshObject("networking.istio.io/v1/WorkloadEntry", `vm/${name}`, {
        ...(owner && { owner }),
        spec: { address: "10.1.2.3" },
      });
    const owner = { kind: "WorkloadGroup", name: "ledger" };
    expect(workload(group, machine("a", owner), machine("b", owner))).toMatchObject({
      name: "ledger",
      namespace: "vm",
      kind: "WorkloadGroup",
      app: "ledger",
      version: "v2",
      mode: "sidecar",
      availableReplicas: 2,
    });
    expect(workload(group)).toMatchObject({ desiredReplicas: 0 });
  });

  test("a machine that was declared by hand is a workload of its own", () => {
    const entry = meshObject("networking.istio.io/v1/WorkloadEntry", "vm/by-hand", {
      spec: { address: "10.1.2.3", labels: { app: "ledger", version: "v1" } },
    });
    expect(workload(entry)).toMatchObject({ name: "by-hand", kind: "WorkloadEntry", app: "ledger", version: "v1" });
  });

  test("a pod is its Deployment's through the ReplicaSet between them", () => {
    const replicaSet = meshObject("apps/v1/ReplicaSet", "shop/web-5d", { owner: { kind: "Deployment", name: "web" } });
    const node = workload(
      deployment("shop/web", {}),
      replicaSet,
      pod("shop/web-5d-x", { kind: "ReplicaSet", name: "web-5d" }),
    );
    expect(node).toMatchObject({ name: "web", mode: "sidecar" });
  });

  test("without the right to read ReplicaSets the Deployment is found by the pod template's hash", () => {
    const labels = { "pod-template-hash": "5d" };
    const node = workload(
      deployment("shop/web", {}),
      pod("shop/web-5d-x", { kind: "ReplicaSet", name: "web-5d" }, { labels }),
    );
    expect(node).toMatchObject({ kind: "Deployment", name: "web", mode: "sidecar" });
  });

  test("an owner of a kind that is not read is known by its pods", () => {
    const replicaSet = meshObject("apps/v1/ReplicaSet", "shop/web-5d", { owner: { kind: "Rollout", name: "web" } });
    const owner = { kind: "ReplicaSet", name: "web-5d" };
    const node = workload(
      replicaSet,
      pod("shop/web-5d-x", owner, { labels: { app: "web", version: "v2" } }),
      pod("shop/web-5d-y", owner, { labels: { app: "web", version: "v2" }, status: { phase: "Pending" } }),
    );
    expect(node).toMatchObject({
      kind: "Rollout",
      name: "web",
      version: "v2",
      desiredReplicas: 2,
      availableReplicas: 1,
    });
  });

  test("a CronJob stands for the Jobs it started and counts what they run now", () => {
    const cronJob = meshObject("batch/v1/CronJob", "shop/report", {
      status: { active: [{ name: "report-29384756" }] },
    });
    const owner = { kind: "CronJob", name: "report" };
    const job = meshObject("batch/v1/Job", "shop/report-29384756", { owner, status: { active: 2, ready: 1 } });
    const node = workload(cronJob, job, pod("shop/report-29384756-x", { kind: "Job", name: "report-29384756" }));
    expect(node).toMatchObject({ kind: "CronJob", name: "report", desiredReplicas: 2, availableReplicas: 1 });
  });

  test("a Rollout is a workload like a Deployment, with the pods of its ReplicaSets", () => {
    const rollout = meshObject("argoproj.io/v1alpha1/Rollout", "shop/cart", {
      spec: { replicas: 4, template: { metadata: { labels: { app: "cart" } }, spec: { containers: [app] } } },
      status: { replicas: 5, availableReplicas: 3 },
    });
    const replicaSet = meshObject("apps/v1/ReplicaSet", "shop/cart-7f", { owner: { kind: "Rollout", name: "cart" } });
    expect(workload(rollout, replicaSet, pod("shop/cart-7f-x", { kind: "ReplicaSet", name: "cart-7f" }))).toMatchObject(
      {
        kind: "Rollout",
        name: "cart",
        app: "cart",
        mode: "sidecar",
        desiredReplicas: 4,
        availableReplicas: 3,
        currentReplicas: 5,
      },
    );
  });

  test("a Rollout may use a Deployment's template, and that Deployment is none once it is scaled to nothing", () => {
    const rollout = meshObject("argoproj.io/v1alpha1/Rollout", "shop/cart", {
      spec: { replicas: 2, workloadRef: { apiVersion: "apps/v1", kind: "Deployment", name: "cart-base" } },
      status: { availableReplicas: 2 },
    });
    const template = { metadata: { labels: { app: "cart" } }, spec: { containers: [app] } };
    const idle = deployment("shop/cart-base", {}, { spec: { replicas: 0, template } });
    expect(workload(rollout, idle)).toMatchObject({ kind: "Rollout", name: "cart", app: "cart" });
    const both = buildMeshNodes("primary", indexOf(rollout, deployment("shop/cart-base", { app: "cart" }))).workloads;
    expect(both.map(({ kind, app }) => [kind, app])).toEqual([
      ["Deployment", "cart"],
      ["Rollout", "cart"],
    ]);
  });

  test("a Rollout whose ReplicaSets may not be read is guessed from the name and its own hash", () => {
    const owner = { kind: "ReplicaSet", name: "cart-7f" };
    expect(workload(pod("shop/cart-7f-x", owner, { labels: { "rollouts-pod-template-hash": "7f" } }))).toMatchObject({
      kind: "Rollout",
      name: "cart",
    });
  });

  test("finished pods are no workload and a bare pod is one", () => {
    const node = workload(
      pod("shop/done", undefined, { status: { phase: "Succeeded" } }),
      pod("shop/debug", undefined),
    );
    expect(node).toMatchObject({ kind: "Pod", name: "debug", desiredReplicas: 1, availableReplicas: 1 });
  });

  test("a DaemonSet wants one pod a node", () => {
    const status = { desiredNumberScheduled: 5, numberAvailable: 4 };
    expect(workload(meshObject("apps/v1/DaemonSet", "shop/agent", { status }))).toMatchObject({
      desiredReplicas: 5,
      availableReplicas: 4,
    });
  });
});

describe("data plane mode", () => {
  const owner = { kind: "StatefulSet", name: "db" };
  const statefulSet = meshObject("apps/v1/StatefulSet", "shop/db", {
    spec: { template: { metadata: { labels: { app: "db" } }, spec: { containers: [app] } } },
  });
  const injected = meshObject("v1/Namespace", "shop", { labels: { "istio-injection": "enabled" } });

  test.each([
    ["sidecar", "a proxy beside the container", { spec: { containers: [app, proxy] } }],
    ["sidecar", "a proxy as native sidecar", { spec: { containers: [app], initContainers: [proxy] } }],
    [
      "ambient",
      "redirected traffic",
      { spec: { containers: [app] }, annotations: { "ambient.istio.io/redirection": "enabled" } },
    ],
    ["none", "no proxy in spite of the namespace's label", { spec: { containers: [app] } }],
  ])("is %s with %s", (mode, _what, fields) => {
    expect(workload(injected, statefulSet, pod("shop/db-0", owner, fields))).toMatchObject({ mode });
  });

  test.each([
    ["sidecar", { "istio-injection": "enabled" }, {}],
    ["sidecar", { "istio.io/rev": "canary" }, {}],
    ["none", { "istio-injection": "enabled" }, { "sidecar.istio.io/inject": "false" }],
    ["sidecar", {}, { "sidecar.istio.io/inject": "true" }],
    ["none", { "istio-injection": "disabled" }, { "sidecar.istio.io/inject": "true" }],
    ["ambient", { "istio.io/dataplane-mode": "ambient" }, {}],
    ["none", { "istio.io/dataplane-mode": "ambient" }, { "istio.io/dataplane-mode": "none" }],
    ["none", {}, {}],
  ])("without pods is %s in a namespace labelled %j for a template labelled %j", (mode, namespace, template) => {
    const labelled = meshObject("v1/Namespace", "shop", { labels: namespace });
    expect(workload(labelled, deployment("shop/web", template))).toMatchObject({ mode });
  });

  test("namespaces say what new pods get and from which revision", () => {
    const { namespaces } = buildMeshNodes(
      "primary",
      indexOf(
        injected,
        meshObject("v1/Namespace", "canary", { labels: { "istio.io/rev": "1-29" } }),
        meshObject("v1/Namespace", "mist", { labels: { "istio.io/dataplane-mode": "ambient" } }),
        meshObject("v1/Namespace", "kube-system", { labels: { "istio-injection": "enabled" } }),
      ),
    );
    expect(namespaces).toEqual([
      { cluster: "primary", name: "shop", mode: "sidecar", revision: "default" },
      { cluster: "primary", name: "canary", mode: "sidecar", revision: "1-29" },
      { cluster: "primary", name: "mist", mode: "ambient" },
      { cluster: "primary", name: "kube-system", mode: "none" },
    ]);
  });

  test("a namespace that may not be read is known by the workloads in it", () => {
    const { namespaces } = buildMeshNodes("primary", indexOf(deployment("shop/old", {}), pod("shop/db-0", owner)));
    expect(namespaces).toEqual([{ cluster: "primary", name: "shop", mode: "sidecar" }]);
  });
});

describe("roles", () => {
  test.each([
    ["ingressGateway", { istio: "ingressgateway" }],
    ["egressGateway", { istio: "egressgateway" }],
    ["ingressGateway", { "gateway.networking.k8s.io/gateway-name": "web" }],
    [
      "waypoint",
      { "gateway.networking.k8s.io/gateway-name": "waypoint", "gateway.istio.io/managed": "istio.io-mesh-controller" },
    ],
    ["ztunnel", { app: "ztunnel" }],
  ])("%s by labels %j runs as a proxy", (role, labels) => {
    expect(workload(deployment("istio-system/x", labels))).toMatchObject({ role, mode: "proxy" });
  });

  test("istiod is the control plane, not a proxy", () => {
    expect(workload(deployment("istio-system/istiod", { app: "istiod" }))).toMatchObject({
      role: "controlPlane",
      mode: "none",
    });
  });

  test("an application that only has ingress in its name is a workload", () => {
    expect(workload(deployment("shop/ingress-docs", { app: "ingress-docs" }))).toMatchObject({ role: "workload" });
  });

  test("pods that are nothing but a proxy are a gateway whatever they are called", () => {
    const template = { metadata: { labels: { app: "edge" } }, spec: { containers: [proxy] } };
    expect(workload(meshObject("apps/v1/Deployment", "shop/edge", { spec: { template } }))).toMatchObject({
      role: "ingressGateway",
      mode: "proxy",
    });
  });

  test("a gateway serves the hosts of every Gateway that selects it, in any namespace", () => {
    const server = (hosts: string[]) => ({ servers: [{ port: { number: 80 }, hosts }] });
    const node = workload(
      deployment("istio-system/ingress", { istio: "ingressgateway" }),
      meshObject("networking.istio.io/v1/Gateway", "shop/a", {
        spec: { selector: { istio: "ingressgateway" }, ...server(["shop/www.example.com", "*.example.org"]) },
      }),
      meshObject("networking.istio.io/v1/Gateway", "shop/b", {
        spec: { selector: { istio: "other" }, ...server(["no.example.com"]) },
      }),
    );
    expect(node?.gatewayHosts).toEqual(["*.example.org", "www.example.com"]);
  });

  test("a Gateway API gateway serves its listeners' hosts, narrowed by the routes attached", () => {
    const node = workload(
      deployment("edge/web-istio", { "gateway.networking.k8s.io/gateway-name": "web" }),
      meshObject("gateway.networking.k8s.io/v1/Gateway", "edge/web", {
        spec: {
          listeners: [
            { port: 80, hostname: "*.example.com" },
            { port: 81, hostname: "plain.example.net" },
          ],
        },
      }),
      meshObject("gateway.networking.k8s.io/v1/HTTPRoute", "shop/r", {
        spec: { parentRefs: [{ name: "web", namespace: "edge" }], hostnames: ["a.example.com", "b.example.org"] },
      }),
    );
    expect(node?.gatewayHosts).toEqual(["a.example.com", "plain.example.net"]);
  });
});

describe("services", () => {
  test("a Service knows the workloads its selector matches, in its own namespace only", () => {
    const { services } = buildMeshNodes(
      "primary",
      indexOf(
        service("bookinfo/reviews", { app: "reviews" }),
        deployment("bookinfo/reviews-v1", { app: "reviews", version: "v1" }),
        deployment("bookinfo/reviews-v2", { app: "reviews", version: "v2" }),
        deployment("bookinfo/ratings", { app: "ratings" }),
        deployment("elsewhere/reviews", { app: "reviews" }),
      ),
    );
    expect(services).toEqual([
      {
        cluster: "primary",
        namespace: "bookinfo",
        name: "reviews",
        kind: "Service",
        hosts: ["reviews.bookinfo.svc.cluster.local"],
        workloads: ["reviews-v1", "reviews-v2"],
        labels: {},
        flags: [],
      },
    ]);
  });

  test("a Service without selector selects nothing", () => {
    const { services } = buildMeshNodes(
      "primary",
      indexOf(service("shop/manual"), deployment("shop/web", { app: "web" })),
    );
    expect(services[0]?.workloads).toEqual([]);
  });

  test("a Service for one pod of a StatefulSet finds the StatefulSet", () => {
    const label = "statefulset.kubernetes.io/pod-name";
    const { services } = buildMeshNodes(
      "primary",
      indexOf(
        service("shop/db-0", { [label]: "db-0" }),
        meshObject("apps/v1/StatefulSet", "shop/db", { spec: { template: { metadata: { labels: { app: "db" } } } } }),
        pod("shop/db-0", { kind: "StatefulSet", name: "db" }, { labels: { app: "db", [label]: "db-0" } }),
      ),
    );
    expect(services[0]?.workloads).toEqual(["db"]);
  });

  test("a ServiceEntry is a service with its own hosts and place", () => {
    const spec = { hosts: ["api.example.com"], ports: [{ number: 443, name: "tls" }] };
    const { services } = buildMeshNodes(
      "primary",
      indexOf(meshObject("networking.istio.io/v1/ServiceEntry", "shop/api", { spec })),
    );
    expect(services).toMatchObject([{ kind: "ServiceEntry", hosts: ["api.example.com"], location: "external" }]);
  });
});

describe("service flags", () => {
  const reviews = service("bookinfo/reviews", { app: "reviews" });
  const ratings = service("bookinfo/ratings", { app: "ratings" });
  const virtualService = (spec: unknown) =>
    meshObject("networking.istio.io/v1/VirtualService", "bookinfo/vs", { spec });
  const destinationRule = (name: string, spec: unknown) =>
    meshObject("networking.istio.io/v1/DestinationRule", `bookinfo/${name}`, { spec });
  const to = (host: string, weight?: number) => ({ destination: { host }, weight });

  test("a VirtualService marks the service its short host names with all that it does", () => {
    const spec = {
      hosts: ["reviews"],
      http: [
        {
          fault: { delay: { fixedDelay: "2s", percentage: { value: 10 } } },
          mirror: { host: "ratings" },
          timeout: "1s",
          route: [to("reviews", 90), to("ratings", 10)],
        },
      ],
    };
    expect(flagsOf("reviews", reviews, ratings, virtualService(spec))).toEqual([
      "hasVirtualService",
      "hasTrafficSplit",
      "hasFaultInjection",
      "hasMirroring",
      "hasRequestTimeout",
    ]);
    expect(flagsOf("ratings", reviews, ratings, virtualService(spec))).toEqual([]);
  });

  test("a gateway's VirtualService under a public name marks the services it routes to", () => {
    const spec = { hosts: ["www.example.com"], gateways: ["web"], http: [{ route: [to("reviews")] }] };
    expect(flagsOf("reviews", reviews, ratings, virtualService(spec))).toEqual(["hasVirtualService"]);
  });

  test("a weight of zero or a fault of no requests does nothing", () => {
    const http = [
      {
        fault: { abort: { httpStatus: 500, percentage: { value: 0 } } },
        route: [to("reviews", 100), to("ratings", 0)],
      },
    ];
    expect(flagsOf("reviews", reviews, virtualService({ hosts: ["reviews"], http }))).toEqual(["hasVirtualService"]);
  });

  test("a DestinationRule that ejects hosts breaks circuits; subsets alone do not", () => {
    const ejecting = {
      host: "reviews",
      subsets: [{ name: "v1", trafficPolicy: { outlierDetection: { interval: "1s" } } }],
    };
    expect(flagsOf("reviews", reviews, destinationRule("a", ejecting))).toEqual([
      "hasDestinationRule",
      "hasCircuitBreaker",
    ]);
    expect(flagsOf("reviews", reviews, destinationRule("a", { host: "reviews", subsets: [{ name: "v1" }] }))).toEqual([
      "hasDestinationRule",
    ]);
  });

  test("a wildcard DestinationRule gives way to one that names the service", () => {
    const wide = destinationRule("wide", { host: "*.local", trafficPolicy: { outlierDetection: {} } });
    const narrow = destinationRule("narrow", { host: "reviews" });
    expect(flagsOf("ratings", reviews, ratings, wide, narrow)).toEqual(["hasDestinationRule", "hasCircuitBreaker"]);
    expect(flagsOf("reviews", reviews, ratings, wide, narrow)).toEqual(["hasDestinationRule"]);
  });

  test("an HTTPRoute marks its parent Service, and behind a Gateway the Services it routes to", () => {
    const route = (parent: object) =>
      meshObject("gateway.networking.k8s.io/v1/HTTPRoute", "bookinfo/r", {
        spec: {
          parentRefs: [parent],
          rules: [{ timeouts: { request: "3s" }, backendRefs: [{ name: "ratings", port: 9080 }] }],
        },
      });
    const inMesh = route({ group: "", kind: "Service", name: "reviews" });
    expect(flagsOf("reviews", reviews, ratings, inMesh)).toEqual(["hasHttpRoute", "hasRequestTimeout"]);
    expect(flagsOf("ratings", reviews, ratings, inMesh)).toEqual([]);
    expect(flagsOf("ratings", reviews, ratings, route({ name: "web" }))).toEqual(["hasHttpRoute", "hasRequestTimeout"]);
  });

  test("malformed configuration marks nothing and breaks nothing", () => {
    const broken = virtualService({ hosts: 3, http: [{ route: "reviews" }, null], gateways: [[]] });
    expect(flagsOf("reviews", reviews, broken, destinationRule("a", "reviews"))).toEqual([]);
  });
});
