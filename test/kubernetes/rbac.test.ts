import { describe, expect, test } from "vitest";
import { known, serviceAccount } from "./callers.ts";
import { RbacAuthorizer, type ResourceAttributes } from "./rbac.ts";
import { bind, role } from "./rbacObjects.ts";

const ann = known({ user: "ann", groups: ["shop-developers"] });
const listPods: ResourceAttributes = { verb: "list", group: "", resource: "pods" };

const reader = role("reader", [{ verbs: ["get", "list"], apiGroups: [""], resources: ["pods"] }]);

describe("bindings", () => {
  test("a RoleBinding to a ClusterRole allows in its namespace alone, and nothing cluster-wide", () => {
    const rbac = new RbacAuthorizer([reader, bind("reader", { user: "ann" }, "shop")]);
    expect(rbac.authorize(ann, { ...listPods, namespace: "shop" })).toBe(true);
    expect(rbac.authorize(ann, { ...listPods, namespace: "bank" })).toBe(false);
    expect(rbac.authorize(ann, listPods)).toBe(false);
  });

  test("a ClusterRoleBinding allows everywhere", () => {
    const rbac = new RbacAuthorizer([reader, bind("reader", { group: "shop-developers" })]);
    expect(rbac.authorize(ann, { ...listPods, namespace: "bank" })).toBe(true);
    expect(rbac.authorize(ann, listPods)).toBe(true);
    expect(rbac.authorize(known({ user: "bob", groups: [] }), listPods)).toBe(false);
  });

  test("a Role of another namespace with the same name gives nothing", () => {
    const own = role("reader", [{ verbs: ["list"], apiGroups: [""], resources: ["pods"] }], { namespace: "bank" });
    const rbac = new RbacAuthorizer([own, bind("reader", { user: "ann" }, "shop", "Role")]);
    expect(rbac.authorize(ann, { ...listPods, namespace: "shop" })).toBe(false);
  });

  test("a ServiceAccount is known by its namespace and name", () => {
    const rbac = new RbacAuthorizer([reader, bind("reader", { account: "mesh/meshscope" })]);
    expect(rbac.authorize(known(serviceAccount("mesh", "meshscope")), listPods)).toBe(true);
    expect(rbac.authorize(known(serviceAccount("other", "meshscope")), listPods)).toBe(false);
  });

  test("everybody known is in system:authenticated, and system:masters may do everything", () => {
    const rbac = new RbacAuthorizer([]);
    const review = { verb: "create", group: "authorization.k8s.io", resource: "selfsubjectaccessreviews" };
    expect(rbac.authorize(ann, review)).toBe(true);
    expect(rbac.authorize(ann, { verb: "get", path: "/apis/apps/v1" })).toBe(true);
    expect(rbac.authorize(ann, { verb: "get", path: "/metrics" })).toBe(false);
    expect(rbac.authorize({ user: "x", groups: ["system:masters"] }, { ...listPods, verb: "deletecollection" })).toBe(
      true,
    );
  });
});

describe("rules", () => {
  const allows = (rule: Parameters<typeof role>[1][number], attributes: Partial<ResourceAttributes>): boolean =>
    new RbacAuthorizer([role("r", [rule]), bind("r", { user: "ann" })]).authorize(ann, { ...listPods, ...attributes });

  test("* stands for every verb, group and resource, subresources included", () => {
    const every = { verbs: ["*"], apiGroups: ["*"], resources: ["*"] };
    expect(allows(every, { verb: "patch", group: "apps", resource: "deployments", subresource: "scale" })).toBe(true);
    expect(allows({ ...every, apiGroups: [""] }, { group: "apps", resource: "deployments" })).toBe(false);
  });

  test("a resource does not include its subresources, and */scale is that of each", () => {
    const verbs = ["get"];
    const proxy = { verb: "get", resource: "services", subresource: "proxy" };
    expect(allows({ verbs, apiGroups: [""], resources: ["services"] }, proxy)).toBe(false);
    expect(allows({ verbs, apiGroups: [""], resources: ["services/proxy"] }, proxy)).toBe(true);
    expect(allows({ verbs, apiGroups: [""], resources: ["*/proxy"] }, proxy)).toBe(true);
  });

  test("a question about * is allowed only by a rule with *", () => {
    const pods = { verbs: ["list"], apiGroups: [""], resources: ["pods", "services"] };
    expect(allows(pods, { group: "*", resource: "*" })).toBe(false);
    expect(allows({ ...pods, apiGroups: ["*"], resources: ["*"] }, { group: "*", resource: "*" })).toBe(true);
  });

  test("names allow what is named, and a list only when its field selector names one", () => {
    const named = { verbs: ["get", "list"], apiGroups: [""], resources: ["pods"], resourceNames: ["web"] };
    expect(allows(named, { verb: "get", name: "web" })).toBe(true);
    expect(allows(named, { verb: "get", name: "db" })).toBe(false);
    expect(allows(named, { verb: "list" })).toBe(false);
    expect(allows(named, { verb: "list", name: "web" })).toBe(true);
  });

  test("an aggregated role has the rules of those its labels find", () => {
    const part = role("part", [{ verbs: ["list"], apiGroups: [""], resources: ["pods"] }], { labels: { to: "view" } });
    const whole = { ...role("view", []), aggregationRule: { clusterRoleSelectors: [{ matchLabels: { to: "view" } }] } };
    const rbac = new RbacAuthorizer([whole, part, bind("view", { user: "ann" })]);
    expect(rbac.grantOf(ann, listPods)?.role).toBe("ClusterRole/view");
  });
});
