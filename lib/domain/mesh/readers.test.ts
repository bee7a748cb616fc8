import { describe, expect, test } from "vitest";
import { readDestinationRule } from "./destinationRule.ts";
import { readGateway, readK8sGateway } from "./gateway.ts";
import { compareSpecificity, hostsOverlap, resolveHost } from "./hosts.ts";
import { readHttpRoute } from "./httpRoute.ts";
import { canonicalRevision, canonicalService, matchesLabels } from "./labels.ts";
import type { MeshObject } from "./meshObject.ts";
import { declaredProtocol, readService } from "./service.ts";
import { readServiceEntry } from "./serviceEntry.ts";
import { durationSeconds } from "./shape.ts";
import { readVirtualService, weightShares } from "./virtualService.ts";

function object(kind: string, spec: unknown, status?: unknown): MeshObject {
  const metadata = { name: "it", namespace: "shop", labels: {}, annotations: {} };
  return { apiVersion: "any/v1", kind, metadata, spec, status };
}

const readers = {
  readService,
  readVirtualService,
  readDestinationRule,
  readHttpRoute,
  readServiceEntry,
  readGateway,
  readK8sGateway,
};

describe("every reader", () => {
  const malformed: unknown[] = [
    undefined,
    null,
    7,
    "text",
    [],
    {
      http: "x",
      hosts: 3,
      ports: { a: 1 },
      servers: [null],
      rules: [7],
      subsets: [[]],
      listeners: "l",
      parentRefs: [{}],
    },
    { http: [{ match: [null], route: [{ destination: null }], fault: [], mirrors: [1], delegate: "d", retries: 2 }] },
    {
      rules: [
        { matches: [{ path: 4, headers: {} }], backendRefs: [{ name: 4 }], filters: [{}, { type: "RequestMirror" }] },
      ],
    },
    { trafficPolicy: { portLevelSettings: [{ port: "http" }], connectionPool: [], outlierDetection: "none" } },
  ];
  test.each(Object.entries(readers))("%s survives what a user may have written", (_, read) => {
    for (const spec of malformed) expect(() => read(object("X", spec))).not.toThrow();
  });
});

describe("hosts", () => {
  test.each([
    ["reviews", "reviews.shop.svc.cluster.local"],
    ["reviews.other", "reviews.other"],
    ["reviews.other.svc.cluster.local", "reviews.other.svc.cluster.local"],
    ["*", "*"],
    ["10.0.0.1", "10.0.0.1"],
    ["fd00::1", "fd00::1"],
  ])("resolves %s to %s", (host, resolved) => {
    expect(resolveHost(host, "shop")).toBe(resolved);
  });

  test.each([
    ["a.example.com", "a.example.com", true],
    ["*.example.com", "a.example.com", true],
    ["a.example.com", "*", true],
    ["*.example.com", "*.com", true],
    ["*.example.com", "*.example.org", false],
    ["a.example.com", "b.example.com", false],
  ])("%s and %s overlap: %s", (left, right, overlap) => {
    expect(hostsOverlap(left, right)).toBe(overlap);
  });

  test("names come before wildcards and long wildcards before short ones", () => {
    expect(["*", "*.example.com", "*.com", "a.b"].sort(compareSpecificity)).toEqual([
      "a.b",
      "*.example.com",
      "*.com",
      "*",
    ]);
  });
});

describe("labels", () => {
  test("an absent label does not match, not even one that every object inherits", () => {
    expect(matchesLabels({ app: "a" }, { app: "a", tier: "web" })).toBe(true);
    expect(matchesLabels({ app: "a" }, {})).toBe(false);
    expect(matchesLabels({ constructor: "a" }, {})).toBe(false);
  });

  test("canonical names follow Istio's order of labels", () => {
    expect(canonicalService({ app: "a", "app.kubernetes.io/name": "b" }, "w")).toBe("b");
    expect(canonicalService({}, "w")).toBe("w");
    expect(canonicalRevision({ version: "v2" })).toBe("v2");
    expect(canonicalRevision({})).toBe("latest");
  });
});

test.each([
  ["10s", 10],
  ["1m30s", 90],
  ["250ms", 0.25],
  ["1.5h", 5400],
  ["10", undefined],
  ["-1s", undefined],
  [10, undefined],
])("reads the duration %s as %s seconds", (value, seconds) => {
  expect(durationSeconds(value)).toBe(seconds);
});

describe("readService", () => {
  test("a port without targetPort is its own target", () => {
    const service = readService(
      object("Service", {
        selector: { app: "a" },
        ports: [{ port: 80 }, { name: "grpc-api", port: 90, targetPort: "api" }],
      }),
    );
    expect(service.fqdn).toBe("it.shop.svc.cluster.local");
    expect(service.ports.map((port) => port.targetPort)).toEqual([80, "api"]);
  });

  test.each([
    [{ name: "grpc-api" }, "grpc"],
    [{ name: "web", appProtocol: "http" }, "http"],
    [{ name: "x", appProtocol: "kubernetes.io/h2c" }, "h2c"],
    [{ name: "" }, undefined],
  ])("%o speaks %s", (port, protocol) => {
    expect(declaredProtocol(port)).toBe(protocol);
  });
});

describe("readVirtualService", () => {
  test("reads matches, weights, faults, mirrors and timeouts", () => {
    const { gateways, http } = readVirtualService(
      object("VirtualService", {
        hosts: ["reviews"],
        http: [
          {
            match: [{ headers: { "end-user": { exact: "jason" }, present: {} }, uri: { prefix: "/api" }, port: 80 }],
            route: [
              { destination: { host: "reviews", subset: "v1", port: { number: 9080 } }, weight: 90 },
              { destination: { host: "reviews", subset: "v2" }, weight: 10 },
            ],
            fault: {
              abort: { percentage: { value: 150 }, httpStatus: 503 },
              delay: { percentage: { value: 5 }, fixedDelay: "2s" },
            },
            mirror: { host: "shadow" },
            mirrorPercentage: { value: 20 },
            mirrors: [{ destination: { host: "copy" }, percentage: { value: 1 } }],
            timeout: "3s",
            retries: { attempts: 0 },
          },
        ],
      }),
    );
    expect(gateways).toEqual(["mesh"]);
    expect(http[0]).toMatchObject({
      match: [{ headers: { "end-user": { kind: "exact", value: "jason" }, present: { kind: "prefix", value: "" } } }],
      route: [{ host: "reviews", subset: "v1", port: 9080, weight: 90 }, { weight: 10 }],
      fault: { abort: { percent: 100, httpStatus: 503 }, delay: { percent: 5, seconds: 2 } },
      mirrors: [
        { host: "shadow", percent: 20 },
        { host: "copy", percent: 1 },
      ],
      timeoutSeconds: 3,
      retries: { attempts: 0 },
      redirects: false,
    });
  });

  test.each([
    [[{ weight: 0 }], [1]],
    [
      [{ weight: 1 }, { weight: 3 }],
      [0.25, 0.75],
    ],
    [
      [{}, { weight: 100 }],
      [0, 1],
    ],
    [
      [{}, {}],
      [0, 0],
    ],
    [[], []],
  ])("weights %o share the traffic as %o", (destinations, shares) => {
    expect(weightShares(destinations)).toEqual(shares);
  });
});

test("readDestinationRule reads subsets and policies, port entries apart", () => {
  const rule = readDestinationRule(
    object("DestinationRule", {
      host: "reviews",
      subsets: [{ name: "v1", labels: { version: "v1" } }, { labels: {} }],
      trafficPolicy: {
        tls: { mode: "ISTIO_MUTUAL" },
        outlierDetection: { consecutive5xxErrors: 5, baseEjectionTime: "30s" },
        portLevelSettings: [{ port: { number: 80 }, tls: { mode: "DISABLE" } }],
      },
    }),
  );
  expect(rule.subsets.map((subset) => subset.name)).toEqual(["v1"]);
  expect(rule.trafficPolicy).toMatchObject({ tlsMode: "ISTIO_MUTUAL", outlierDetection: { baseEjectionSeconds: 30 } });
  expect(rule.portPolicies).toMatchObject([{ port: 80, tlsMode: "DISABLE" }]);
});

test("readHttpRoute fills in what references leave out", () => {
  const route = readHttpRoute(
    object("HTTPRoute", {
      parentRefs: [{ name: "web" }, { group: "", kind: "Service", name: "reviews" }],
      rules: [
        {
          backendRefs: [{ name: "a" }, { name: "b", namespace: "other", weight: 3 }],
          filters: [
            {
              type: "RequestMirror",
              requestMirror: { backendRef: { name: "c" }, fraction: { numerator: 1, denominator: 4 } },
            },
          ],
        },
      ],
    }),
  );
  expect(route.parentRefs).toMatchObject([
    { group: "gateway.networking.k8s.io", kind: "Gateway", namespace: "shop", name: "web" },
    { group: "", kind: "Service" },
  ]);
  expect(route.rules[0]?.backendRefs).toMatchObject([
    { group: "", kind: "Service", namespace: "shop", weight: 1 },
    { namespace: "other", weight: 3 },
  ]);
  expect(route.rules[0]?.filters).toMatchObject([{ kind: "mirror", percent: 25, backend: { name: "c" } }]);
});

test("readServiceEntry takes an absent location as external", () => {
  const entry = readServiceEntry(
    object("ServiceEntry", { hosts: ["api.example.com"], ports: [{ number: 443, name: "tls", protocol: "TLS" }] }),
  );
  expect(entry).toMatchObject({ location: "external", resolution: "NONE", ports: [{ port: 443, protocol: "TLS" }] });
});

test("the two kinds of Gateway are read apart", () => {
  const istio = object("Gateway", {
    selector: { istio: "ingressgateway" },
    servers: [{ port: { number: 443, protocol: "HTTPS" }, hosts: ["*"], tls: { mode: "SIMPLE" } }, { hosts: ["x"] }],
  });
  expect(readGateway(istio).servers).toMatchObject([{ port: 443, hosts: ["*"], tlsMode: "SIMPLE" }]);
  const k8s = object(
    "Gateway",
    { gatewayClassName: "istio-waypoint", listeners: [{ name: "mesh", port: 15008, protocol: "HBONE" }] },
    { addresses: [{ value: "10.0.0.9" }] },
  );
  expect(readK8sGateway(k8s)).toMatchObject({
    className: "istio-waypoint",
    listeners: [{ port: 15008, allowedNamespaces: "Same" }],
    addresses: ["10.0.0.9"],
  });
});
