import { describe, expect, test } from "vitest";
import { WRITABLE_KINDS, writableKind } from "./writableKinds.ts";

describe("what may be written", () => {
  test.each([
    "networking.istio.io/VirtualService",
    "security.istio.io/AuthorizationPolicy",
    "gateway.networking.k8s.io/HTTPRoute",
  ])("%s", (key) => {
    const [group = "", kind = ""] = key.split("/");
    expect(writableKind({ group, kind })).toMatchObject({ group, kind, namespaced: true });
  });

  test.each([
    "/Secret",
    "/ConfigMap",
    "/Pod",
    "/Namespace",
    "apps/Deployment",
    "rbac.authorization.k8s.io/ClusterRole",
    "gateway.networking.k8s.io/GatewayClass",
    "policy.linkerd.io/AuthorizationPolicy",
    "networking.istio.io/__proto__",
    "networking.istio.io/constructor",
    "evil.networking.istio.io/VirtualService",
  ])("is not %s", (key) => {
    const [group = "", kind = ""] = key.split("/");
    expect(writableKind({ group, kind })).toBeUndefined();
  });

  test("has no core kind in it, whatever is read beside it one day", () => {
    expect(new Set(WRITABLE_KINDS.map(({ family }) => family))).toEqual(new Set(["istio", "gateway-api"]));
  });
});
