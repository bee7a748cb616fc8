/**
 * What every route is asked, by somebody who knows the names of what is hidden and tries to learn more: plausible values and
 * hostile ones. Each value of a parameter is tried by itself, with the required parameters beside it.
 */
import { METHODS, type Route } from "./routes.ts";

/** Names of things that exist and are hidden; of things that do not exist, to compare the answers. */
export type Names = {
  readonly cluster: string;
  readonly namespace: string;
  readonly workload: string;
  readonly service: string;
  /** A namespace that the viewer may see. */
  readonly own: string;
};

export type Asked = { readonly url: string; readonly init?: RequestInit; readonly params?: unknown };

const ONE_DAY = 86_400;

/** Values of each parameter, by its name; the first is used where it is required. */
function values(now: number, { cluster, namespace, workload, service, own }: Names): Record<string, readonly string[]> {
  const id = `workload/${cluster}/${namespace}/${workload}`;
  const ids = [id, `service/${cluster}/${namespace}/${service}`, `box/${cluster}/${namespace}`, `box/${cluster}`];
  const ends = [
    `namespaces:${namespace}`,
    `namespaces:${own},${namespace}`,
    `workload:${namespace}/${workload}`,
    `app:${namespace}/${workload}@${cluster}`,
    `service:${namespace}/${service}`,
    `operation:${namespace}/Get`,
    `cluster:@${cluster}`,
    `unknown:@${cluster}`,
  ];
  return {
    window: ["300", "60", "86400"],
    duration: ["300", "60", "7d"],
    at: [String(now - 3600), String(now - ONE_DAY), String(now + ONE_DAY)],
    with: [String(now - 7200)],
    start: [String(now - 3600), "0"],
    end: [String(now)],
    step: ["60"],
    limit: ["5000", "1"],
    cluster: [cluster, "west", "elsewhere"],
    namespace: [namespace, own],
    group: ["networking.istio.io", ""],
    kind: ["VirtualService", "Secret"],
    name: [service, workload],
    latency: ["", namespace, `${own},${namespace}`],
    details: ["messages,throughput,operations"],
    labels: ["true"],
    graphType: ["workload", "app", "versionedApp", "service"],
    namespaces: [own, namespace, `${own},${namespace}`],
    clusters: [cluster, "primary,west"],
    serviceNodes: ["false"],
    idleNodes: ["true"],
    operations: ["true"],
    tunnelLegs: ["true"],
    protocols: ["tcp", "grpc"],
    collapsed: [...ids, ids.join(",")],
    hide: [`namespace = ${namespace}`, `name = ${workload}`, "inaccessible", "node = unknown", "not healthy"],
    format: ["dot", "csv", "cytoscape", "json"],
    focus: [...ids, "inaccessible/callers", "inaccessible/called", `unknown/${cluster}`],
    hops: ["100"],
    direction: ["outbound", "inbound", "up", "down"],
    path: [`inaccessible/callers,${id}`, `${id},${ids[1]}`],
    ways: ["all"],
    scope: [
      "mesh",
      "unknown:",
      "passthrough:",
      "blackhole:",
      `hosts:${service}.${namespace}.svc.cluster.local`,
      ...ends,
      ...ends.flatMap((end) => [`edge:${end}>namespaces:${own}`, `edge:namespaces:${own}>${end}`]),
      `edge:unknown:>hosts:${service}.${namespace}.svc.cluster.local`,
    ],
  };
}

const json = (body: unknown): RequestInit => ({
  method: "POST",
  body: JSON.stringify(body),
  headers: { "content-type": "application/json", origin: "http://mesh.example" },
});

/** Routes that OpenAPI does not describe, or not by query parameters alone. */
function others(names: Names): Record<string, readonly Asked[]> {
  const { namespace, workload } = names;
  return {
    "GET /healthz": [{ url: "/healthz" }],
    "GET /readyz": [{ url: "/readyz" }],
    "GET /metrics": [{ url: "/metrics" }],
    "GET /api/v1/openapi.json": [{ url: "/api/v1/openapi.json" }],
    "GET /api/v1/session": [{ url: "/api/v1/session" }],
    "POST /api/v1/session": [{ url: "/api/v1/session", init: json({ token: "guess" }) }],
    "PUT /api/v1/session": [{ url: "/api/v1/session", init: { ...json({}), method: "PUT" } }],
    "DELETE /api/v1/session": [{ url: "/api/v1/session", init: { method: "DELETE" } }],
    "GET /api/v1/session/oidc": [{ url: `/api/v1/session/oidc?return=/${namespace}` }],
    "GET /api/v1/session/oidc/callback": [{ url: "/api/v1/session/oidc/callback?code=x&state=y" }],
    "POST /api/v1/objects": objectChanges(names),
    // What is asked for in vain.
    ...Object.fromEntries(
      METHODS.map((method) => [
        `${method} /api/[...path]`,
        [{ url: `/api/v1/workloads/${namespace}/${workload}`, ...(method !== "GET" && { init: { method } }) }],
      ]),
    ),
    // The simulated mesh's own metrics, for a Prometheus that watches it: there are none of a real mesh.
    "GET /demo/metrics/[[...pod]]": [
      { url: "/demo/metrics", params: {} },
      { url: `/demo/metrics/${namespace}/${workload}`, params: { pod: [namespace, workload] } },
    ],
  };
}

/** Dry runs of every change: they write nothing, and what refuses them could tell what is there. */
function objectChanges({ cluster, namespace, service, own }: Names): Asked[] {
  const route = (home: string, host: string) => ({
    apiVersion: "networking.istio.io/v1",
    kind: "VirtualService",
    metadata: { name: service, namespace: home, resourceVersion: "1" },
    spec: {
      hosts: [host],
      http: [{ route: [{ destination: { host: `${service}.${namespace}.svc.cluster.local` } }] }],
    },
  });
  const ref = { group: "networking.istio.io", kind: "VirtualService", namespace, name: service };
  const changes = [namespace, own].flatMap((home) => [
    { action: "create", object: route(home, service) },
    { action: "update", object: route(home, service) },
    { action: "delete", ref: { ...ref, namespace: home }, resourceVersion: "1" },
  ]);
  return changes.map((change) => ({ url: "/api/v1/objects", init: json({ cluster, change, dryRun: true }) }));
}

/** All requests to a route. Throws, saying what to add, for a route or parameter that is new. */
export function requestsTo(route: Route, now: number, names: Names): Asked[] {
  const known = others(names)[route.name];
  if (known !== undefined) return [...known];
  const [method = "", path = ""] = route.name.split(" ");
  if (route.parameters === undefined || method !== "GET" || path.includes("{")) {
    throw new Error(
      `${route.name} is new: describe it in lib/api/openapi.ts if it is a GET with a query, else add its requests to others() in test/leaks/requests.ts, with names of hidden things in every place that takes one`,
    );
  }
  const { required, optional } = route.parameters;
  const all = values(now, names);
  const valuesOf = (parameter: string) => {
    const own = all[parameter];
    if (own !== undefined) return own;
    throw new Error(
      `${route.name} has a new parameter: add values of ${parameter} to values() in test/leaks/requests.ts, with names of hidden things if it takes any`,
    );
  };
  const base = Object.fromEntries(required.map((name) => [name, valuesOf(name)[0] ?? ""]));
  const varied = [...required, ...optional].flatMap((name) =>
    valuesOf(name).map((value) => ({ ...base, [name]: value })),
  );
  return [base, ...varied].map((query) => ({ url: `${path}?${new URLSearchParams(query)}` }));
}
