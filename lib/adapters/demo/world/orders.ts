/**
 * Orders behind an API gateway, routed by the Gateway API; a scheduled job, an outside host nobody declared, an idle
 * service, and coupons that were scaled to nothing.
 *
 *   shop-gateway ─▶ api-gateway ─▶ order-service ─┬ stable 95 % ─┬▶ inventory ─▶ legacy/mainframe-adapter
 *                                                 └ canary  5 % ─┼▶ pricing
 *   stock-sync (3 of 10 minutes) ─▶ inventory                    ├▶ coupons (no endpoints)
 *                                                                ├▶ notifications ─▶ hooks.chat.example (undeclared)
 *                                                                └▶ orders-db (TCP)
 */

import { jobName } from "../controllers.ts";
import { jobLoad, steadyLoad, userLoad } from "../loadCurve.ts";
import {
  destinationRule,
  GATEWAY_API,
  INJECTED,
  ISTIO_NETWORKING,
  ISTIO_SECURITY,
  namespace,
  object,
  proxyWorkload,
  service,
  workload,
} from "../objects.ts";
import { call, type Operation, type World } from "../world.ts";
import { visit } from "./system.ts";

const NS = "orders";
const JOB = "stock-sync";

const STOCK_OPERATIONS: readonly Operation[] = [
  { name: "ReadStock", path: "/stock" },
  { name: "ExportStock", path: "/stock/all" },
  { name: "UploadStock", path: "/stock/upload", method: "POST" },
];
const ORDER_OPERATIONS: readonly Operation[] = [
  { name: "ListOrders", path: "/orders" },
  { name: "PlaceOrder", path: "/orders", method: "POST" },
];

/**
 * Names the requests that an app serves, as in
 * https://istio.io/latest/docs/tasks/observability/metrics/classify-metrics/: the plugin finds the name, and the
 * Telemetry puts it into the metrics.
 */
function namedOperations(app: string, operations: readonly Operation[]) {
  const selector = { matchLabels: { app } };
  const match = operations.map(({ name, path, method = "GET" }) => ({
    value: name,
    condition: `request.url_path == '${path}' && request.method == '${method}'`,
  }));
  return [
    object("extensions.istio.io/v1alpha1", "WasmPlugin", NS, `${app}-operations`, {
      selector,
      url: "https://storage.googleapis.com/istio-build/proxy/attributegen-stable.wasm",
      pluginConfig: { attributes: [{ output_attribute: "istio_operationId", match }] },
    }),
    object("telemetry.istio.io/v1", "Telemetry", NS, `${app}-operations`, {
      selector,
      metrics: [
        {
          providers: [{ name: "prometheus" }],
          overrides: [
            {
              match: { metric: "ALL_METRICS", mode: "SERVER" },
              tagOverrides: { request_operation: { value: "istio_operationId" } },
            },
          ],
        },
      ],
    }),
  ];
}

function podTemplate(app: string) {
  return {
    metadata: { labels: { app } },
    spec: {
      serviceAccountName: app,
      restartPolicy: "Never",
      containers: [{ name: app, image: `registry.example/orders/${app}:2.0.1` }],
    },
  };
}

export function ordersWorld(seed: number): World {
  const database = call("tcp", "orders-db", NS, 5432, { perRequest: 2, requestBytes: 310, responseBytes: 1800 });
  const orderCalls = [
    call("http", "inventory", NS, 8080, { path: "/stock" }),
    call("http", "pricing", NS, 8080, { path: "/price", perRequest: 1.4 }),
    call("http", "coupons", NS, 8080, { path: "/coupon", perRequest: 0.06, optional: true }),
    call("http", "notifications", NS, 8080, { path: "/notify", method: "POST", perRequest: 0.25, optional: true }),
    database,
  ];
  const backends = (stable: number, canary: number) => [
    { name: "order-service-stable", port: 8080, weight: stable },
    { name: "order-service-canary", port: 8080, weight: canary },
  ];
  return {
    objects: [
      namespace(NS, INJECTED),
      object(
        GATEWAY_API,
        "Gateway",
        NS,
        "shop-gateway",
        {
          gatewayClassName: "istio",
          listeners: [
            {
              name: "http",
              port: 80,
              protocol: "HTTP",
              hostname: "shop.demo.example",
              allowedRoutes: { namespaces: { from: "Same" } },
            },
          ],
        },
        { status: { addresses: [{ type: "IPAddress", value: "203.0.113.10" }] } },
      ),
      proxyWorkload(NS, "shop-gateway-istio", {
        labels: { "gateway.networking.k8s.io/gateway-name": "shop-gateway" },
      }),
      service(NS, "shop-gateway-istio", 80),
      workload(NS, "api-gateway", { replicas: 2 }),
      workload(NS, "order-service-stable", { app: "order-service", version: "stable", replicas: 3 }),
      workload(NS, "order-service-canary", { app: "order-service", version: "canary" }),
      ...["inventory", "pricing", "report-archive"].map((name) => workload(NS, name)),
      // Its connections break now and then, and whoever asks it asks again.
      workload(NS, "notifications", { ownAnnotations: { "health.kiali.io/rate": "503,2,10,http,inbound" } }),
      workload(NS, "coupons", { replicas: 0 }),
      workload(NS, "orders-db", { kind: "StatefulSet", port: 5432 }),
      object("batch/v1", "CronJob", NS, JOB, {
        schedule: "*/10 * * * *",
        jobTemplate: { spec: { template: podTemplate(JOB) } },
      }),
      {
        ...object("batch/v1", "Job", NS, jobName(JOB), { template: podTemplate(JOB) }, { status: { succeeded: 1 } }),
        metadata: {
          name: jobName(JOB),
          namespace: NS,
          labels: { app: JOB },
          annotations: {},
          ownerReferences: [{ kind: "CronJob", name: JOB }],
        },
      },
      ...["api-gateway", "order-service", "inventory", "pricing", "coupons", "notifications", "report-archive"].map(
        (name) => service(NS, name, 8080),
      ),
      // The inventory's name of old, which the API gateway still uses.
      service(NS, "warehouse", 8080, { selector: { app: "inventory" } }),
      service(NS, "orders-db", 5432, { portName: "tcp-postgres" }),
      ...["stable", "canary"].map((version) =>
        service(NS, `order-service-${version}`, 8080, { selector: { app: "order-service", version } }),
      ),
      object(GATEWAY_API, "HTTPRoute", NS, "shop", {
        parentRefs: [{ name: "shop-gateway" }],
        hostnames: ["shop.demo.example"],
        rules: [
          {
            matches: [{ path: { type: "PathPrefix", value: "/points" } }],
            backendRefs: [{ name: "points-api", namespace: "loyalty", port: 8080 }],
          },
          { backendRefs: [{ name: "api-gateway", port: 8080 }] },
        ],
      }),
      object(GATEWAY_API, "HTTPRoute", NS, "order-service", {
        parentRefs: [{ group: "", kind: "Service", name: "order-service", port: 8080 }],
        rules: [{ backendRefs: backends(95, 5) }],
      }),
      ...namedOperations("inventory", STOCK_OPERATIONS),
      ...namedOperations("order-service", ORDER_OPERATIONS),
      // A second declaration of a host that travel-agency has declared, for orders alone.
      object(ISTIO_NETWORKING, "ServiceEntry", NS, "card-processor", {
        hosts: ["api.cardprocessor.example"],
        exportTo: ["."],
        location: "MESH_EXTERNAL",
        resolution: "DNS",
        ports: [{ number: 80, name: "http", protocol: "HTTP" }],
      }),
      destinationRule(NS, "inventory", [], { connectionPool: { http: { http1MaxPendingRequests: 1024 } } }),
      object(ISTIO_SECURITY, "AuthorizationPolicy", NS, "orders-db", {
        selector: { matchLabels: { app: "orders-db" } },
        action: "ALLOW",
        rules: [{ from: [{ source: { principals: ["cluster.local/ns/orders/sa/order-service"] } }] }],
      }),
    ],
    programs: {
      [`${NS}/shop-gateway-istio`]: { milliseconds: 1, calls: [] },
      [`${NS}/api-gateway`]: {
        milliseconds: 5,
        failures: { "401": 0.02, "404": 0.008 },
        calls: [
          call("http", "order-service", NS, 8080, { path: "/orders", perRequest: 0.6 }),
          call("http", "order-service", NS, 8080, { path: "/orders", method: "POST", perRequest: 0.2 }),
          call("http", "warehouse", NS, 8080, { path: "/stock", perRequest: 0.1 }),
        ],
      },
      [`${NS}/order-service-stable`]: {
        milliseconds: 21,
        calls: orderCalls,
        operations: ORDER_OPERATIONS,
      },
      [`${NS}/order-service-canary`]: {
        milliseconds: 17,
        calls: orderCalls,
        operations: ORDER_OPERATIONS,
      },
      [`${NS}/inventory`]: {
        milliseconds: 7,
        operations: STOCK_OPERATIONS,
        calls: [
          call("http", "mainframe-adapter", "legacy", 8080, { perRequest: 0.3, path: "/mf" }),
          { ...database, perRequest: 1 },
        ],
      },
      [`${NS}/pricing`]: { milliseconds: 4, calls: [] },
      [`${NS}/coupons`]: { milliseconds: 5, calls: [] },
      [`${NS}/notifications`]: {
        milliseconds: 6,
        refusedShare: 0.008,
        calls: [
          {
            host: "hooks.chat.example",
            port: 80,
            protocol: "http",
            perRequest: 0.5,
            path: "/hook",
            method: "POST",
            optional: true,
          },
        ],
      },
      [`${NS}/report-archive`]: { milliseconds: 5, calls: [] },
      [`${NS}/orders-db`]: { milliseconds: 1, calls: [] },
      [`${NS}/${JOB}`]: { milliseconds: 1, calls: [] },
    },
    roots: [
      {
        name: "shoppers",
        load: userLoad(46, seed, "shop"),
        from: { namespace: NS, workload: "shop-gateway-istio" },
        calls: [visit("shop.demo.example", "/orders")],
      },
      {
        name: "shoppers looking at points",
        load: userLoad(5, seed, "points"),
        from: { namespace: NS, workload: "shop-gateway-istio" },
        calls: [visit("shop.demo.example", "/points")],
      },
      {
        name: JOB,
        load: jobLoad(6, 600, 180),
        from: { namespace: NS, workload: JOB },
        calls: [call("http", "inventory", NS, 8080, { path: "/stock/all", responseBytes: 48_000 })],
      },
      {
        name: "pricing refresh",
        load: steadyLoad(0.5, seed, "pricing"),
        from: { namespace: NS, workload: "pricing" },
        calls: [call("http", "report-feed", "legacy", 8080, { path: "/feed" })],
      },
    ],
    pastChanges: [],
  };
}
