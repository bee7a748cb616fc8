import { describe, expect, test } from "vitest";
import { readHttpRoute } from "#lib/domain/mesh/httpRoute.ts";
import { readVirtualService } from "#lib/domain/mesh/virtualService.ts";
import type { Workload } from "./meshView.ts";
import { appliesTo, fitsMatch, fitsRouteMatch, type Request } from "./routeMatching.ts";

const request: Request = {
  host: "reviews.shop.svc.cluster.local",
  port: 80,
  protocol: "http",
  perRequest: 1,
  path: "/points/7",
  headers: { "end-user": "jason" },
};

function caller(rest: Partial<Workload> = {}): Workload {
  const names = { namespace: "shop", name: "web", app: "web", version: "v1", serviceAccount: "web", principal: "" };
  const none = { annotations: {}, containers: [], pods: [], gateways: [] };
  return {
    ...names,
    ...none,
    cluster: "primary",
    kind: "Deployment",
    labels: { app: "web" },
    mode: "sidecar",
    ...rest,
  };
}

function withSpec(spec: unknown) {
  return {
    apiVersion: "x/v1",
    kind: "X",
    metadata: { name: "x", namespace: "shop", labels: {}, annotations: {} },
    spec,
  };
}

describe("a match of a VirtualService", () => {
  test.each([
    [{}, true],
    [{ uri: { prefix: "/points" } }, true],
    [{ uri: { exact: "/points" } }, false],
    [{ uri: { regex: "/points/\\d+" } }, true],
    [{ uri: { regex: "/points" } }, false],
    [{ uri: { regex: "(" } }, false],
    [{ method: { exact: "POST" } }, false],
    [{ port: 81 }, false],
    [{ headers: { "End-User": { exact: "jason" } } }, true],
    [{ headers: { "end-user": {} } }, true],
    [{ headers: { constructor: {} } }, false],
    [{ withoutHeaders: { "end-user": { exact: "jason" } } }, false],
    [{ withoutHeaders: { cookie: { exact: "a" } } }, true],
    [{ sourceLabels: { app: "web" } }, true],
    [{ sourceLabels: { app: "api" } }, false],
    [{ sourceNamespace: "other" }, false],
    [{ gateways: ["edge"] }, false],
    [{ queryParams: { q: { exact: "1" } } }, false],
  ])("%o fits: %s", (match, expected) => {
    const rule = readVirtualService(withSpec({ http: [{ match: [match] }] }));
    expect(rule.http[0]?.match.map((item) => fitsMatch(item, rule, caller(), request))).toEqual([expected]);
  });
});

describe("a match of an HTTPRoute", () => {
  test.each([
    [{}, true],
    [{ path: { value: "/points" } }, true],
    [{ path: { value: "/poi" } }, false],
    [{ path: { value: "/" } }, true],
    [{ path: { type: "Exact", value: "/points" } }, false],
    [{ path: { type: "RegularExpression", value: "/points/." } }, true],
    [{ method: "POST" }, false],
    [{ headers: [{ name: "End-User", value: "jason" }] }, true],
    [{ headers: [{ name: "cookie", value: "a" }] }, false],
  ])("%o fits: %s", (match, expected) => {
    const route = readHttpRoute(withSpec({ rules: [{ matches: [match] }] }));
    expect(route.rules[0]?.matches.map((item) => fitsRouteMatch(item, request))).toEqual([expected]);
  });
});

test.each([
  ["sidecars", caller(), ["mesh"], true],
  ["sidecars", caller(), ["edge"], false],
  ["a gateway of the rule's namespace", caller({ mode: "proxy", gateways: ["shop/edge"] }), ["edge"], true],
  ["a gateway of another namespace", caller({ mode: "proxy", gateways: ["infra/edge"] }), ["infra/edge"], true],
  ["a gateway that is not named", caller({ mode: "proxy", gateways: ["infra/edge"] }), ["mesh", "./edge"], false],
])("%s: a rule may name them", (_, proxy, gateways, expected) => {
  expect(appliesTo(gateways, readVirtualService(withSpec({})), proxy)).toBe(expected);
});
