import { describe, expect, test } from "vitest";
import { indexOf, meshObject } from "#test/builders/meshObjects.ts";
import { collectCertificateUses } from "./certificateUses.ts";
import type { MeshObject } from "./meshObject.ts";

function istioGateway(path: string, tls: unknown, selector: Record<string, string> = { istio: "ingressgateway" }) {
  const port = { number: 443, name: "https", protocol: "HTTPS" };
  return meshObject("networking.istio.io/v1/Gateway", path, { spec: { selector, servers: [{ port, tls }] } });
}

function proxy(path: string): MeshObject {
  return meshObject("v1/Pod", path, { labels: { istio: "ingressgateway", app: "gateway" } });
}

function k8sGateway(path: string, certificateRefs: unknown, kind = "Gateway"): MeshObject {
  const listeners = [{ name: "web", port: 443, protocol: "HTTPS", tls: { certificateRefs } }];
  return meshObject(`gateway.networking.k8s.io/v1/${kind}`, path, { spec: { listeners } });
}

function grant(path: string, from: unknown, to: unknown): MeshObject {
  return meshObject("gateway.networking.k8s.io/v1beta1/ReferenceGrant", path, { spec: { from: [from], to: [to] } });
}

/** "namespace/name", with "!" where it may not be read, and who uses it. */
function uses(...objects: readonly MeshObject[]): string[] {
  return collectCertificateUses(indexOf(...objects)).map(({ namespace, name, usedBy, isGranted }) => {
    const gateways = usedBy.map(({ gateway, server }) => `${gateway.namespace}/${gateway.name}:${server}`);
    return `${namespace}/${name}${isGranted ? "" : "!"} ← ${gateways.join(", ")}`;
  });
}

describe("an Istio Gateway", () => {
  test("takes its Secret from where the selected proxies run, not from its own namespace", () => {
    const tls = { mode: "SIMPLE", credentialName: "shop-cert" };
    expect(uses(istioGateway("shop/web", tls), proxy("istio-ingress/a"), proxy("istio-ingress/b"))).toEqual([
      "istio-ingress/shop-cert ← shop/web:https",
    ]);
    expect(uses(istioGateway("shop/web", tls), proxy("a/a"), proxy("b/b"))).toHaveLength(2);
    expect(uses(istioGateway("shop/web", tls))).toEqual([]);
    expect(uses(istioGateway("shop/web", tls, {}), proxy("a/a"))).toEqual([]);
  });

  test("shares a Secret with others, and may name several or none", () => {
    const tls = { credentialName: "kubernetes://shop-cert" };
    expect(uses(istioGateway("shop/web", tls), istioGateway("pay/web", tls), proxy("ingress/a"))).toEqual([
      "ingress/shop-cert ← shop/web:https, pay/web:https",
    ]);
    expect(uses(istioGateway("shop/web", { credentialNames: ["rsa", "ecdsa"] }), proxy("ingress/a"))).toHaveLength(2);
    expect(uses(istioGateway("shop/web", { mode: "PASSTHROUGH" }), proxy("ingress/a"))).toEqual([]);
  });

  test.each(["../../pods", "other/secret", "builtin://x", "a b", "..", "UPPER", "x".repeat(300)])(
    "names no Secret with %j",
    (credentialName) => {
      expect(uses(istioGateway("shop/web", { credentialName }), proxy("ingress/a"))).toEqual([]);
    },
  );
});

describe("a Gateway of the Gateway API", () => {
  test.each(["Gateway", "ListenerSet"])("takes Secrets from its own namespace (%s)", (kind) => {
    expect(uses(k8sGateway("shop/web", [{ name: "cert" }, { kind: "Secret", group: "", name: "two" }], kind))).toEqual([
      "shop/cert ← shop/web:web",
      "shop/two ← shop/web:web",
    ]);
    expect(uses(k8sGateway("shop/web", [{ kind: "Other", name: "cert" }], kind))).toEqual([]);
  });

  test("takes one from another namespace only where a ReferenceGrant there allows it", () => {
    const gateway = k8sGateway("shop/web", [{ name: "cert", namespace: "certs" }]);
    const from = { group: "gateway.networking.k8s.io", kind: "Gateway", namespace: "shop" };
    const to = { group: "", kind: "Secret" };
    const [refused, allowed] = ["certs/cert! ← shop/web:web", "certs/cert ← shop/web:web"];
    expect(uses(gateway)).toEqual([refused]);
    expect(uses(gateway, grant("certs/g", from, to))).toEqual([allowed]);
    expect(uses(gateway, grant("certs/g", from, { ...to, name: "cert" }))).toEqual([allowed]);
    for (const object of [
      grant("shop/g", from, to),
      grant("certs/g", { ...from, namespace: "pay" }, to),
      grant("certs/g", { ...from, kind: "HTTPRoute" }, to),
      grant("certs/g", { ...from, group: "" }, to),
      grant("certs/g", from, { ...to, name: "other" }),
      grant("certs/g", from, { ...to, kind: "Service" }),
    ])
      expect(uses(gateway, object)).toEqual([refused]);
  });
});
