/**
 * Decides as Kubernetes does who may do what, from roles and bindings in wire form (those of rendered manifests too).
 * @see https://github.com/kubernetes/kubernetes/blob/master/pkg/registry/rbac/validation/rule.go
 */
import { optionalShape, type Shape, shape, shapes, text } from "#lib/domain/mesh/shape.ts";
import { DEFAULT_RBAC } from "./rbacDefaults.ts";

/** Somebody who is known. Everybody known is in "system:authenticated". */
export type Caller = { readonly user: string; readonly groups: readonly string[] };

/** What somebody wants to do with a resource. */
export type ResourceAttributes = {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  /** Absent: in all namespaces, or the resource is cluster-scoped. */
  readonly namespace?: string;
  readonly name?: string;
};

/** The same of a path that is no resource: "/apis", "/healthz". */
export type PathAttributes = { readonly verb: string; readonly path: string };

/** rbac/v1 PolicyRule. */
export type PolicyRule = {
  readonly verbs: readonly string[];
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames: readonly string[];
  readonly nonResourceURLs: readonly string[];
};

/** The rule that allows something, and the role it stands in: "ClusterRole/meshscope", "Role/shop/reader". */
export type Grant = { readonly role: string; readonly rule: PolicyRule };

type Binding = { readonly subjects: readonly Shape[]; readonly namespace: string; readonly role: string };

export class RbacAuthorizer {
  readonly #roles = new Map<string, PolicyRule[]>();
  /** By namespace; cluster-wide ones under "". */
  readonly #bindings = new Map<string, Binding[]>();

  /** Reads roles and bindings and passes over other objects; what every cluster has from the start is added. */
  constructor(objects: Iterable<object>) {
    const all = [...DEFAULT_RBAC, ...objects].map(shape);
    for (const object of all) this.#addRole(object);
    for (const object of all) this.#aggregate(object, all);
    for (const object of all) this.#addBinding(object);
  }

  /** Whether somebody may do something. */
  authorize(caller: Caller, attributes: ResourceAttributes | PathAttributes): boolean {
    return this.grantOf(caller, attributes) !== undefined;
  }

  /** The first rule that allows it. "system:masters" may do everything, whatever the rules say. */
  grantOf(caller: Caller, attributes: ResourceAttributes | PathAttributes): Grant | undefined {
    if (caller.groups.includes("system:masters")) return { role: "system:masters", rule: EVERY_RULE };
    const isPath = "path" in attributes;
    const grants = this.grants(caller, isPath ? undefined : attributes.namespace);
    return grants.find(({ rule }) => (isPath ? allowsPath(rule, attributes) : allows(rule, attributes)));
  }

  /** Every rule that applies to somebody in a namespace: the cluster-wide ones, and those bound within it. */
  grants(caller: Caller, namespace: string | undefined): Grant[] {
    const within = namespace === undefined ? [] : (this.#bindings.get(namespace) ?? []);
    return [...(this.#bindings.get("") ?? []), ...within]
      .filter((binding) => binding.subjects.some((subject) => isSubject(subject, binding.namespace, caller)))
      .flatMap(({ role }) => (this.#roles.get(role) ?? []).map((rule) => ({ role, rule })));
  }

  #addRole(object: Shape): void {
    if (object["kind"] !== "Role" && object["kind"] !== "ClusterRole") return;
    const { name, namespace } = nameOf(object);
    const key = object["kind"] === "Role" ? `Role/${namespace}/${name}` : `ClusterRole/${name}`;
    this.#roles.set(key, shapes(object["rules"]).map(ruleOf));
  }

  /** An aggregated ClusterRole has the rules of those that its selectors find. */
  #aggregate(object: Shape, all: readonly Shape[]): void {
    const selectors = shapes(shape(object["aggregationRule"])["clusterRoleSelectors"]);
    if (object["kind"] !== "ClusterRole" || selectors.length === 0) return;
    const parts = all.filter((candidate) => {
      const labels = shape(shape(candidate["metadata"])["labels"]);
      return (
        candidate["kind"] === "ClusterRole" &&
        selectors.some((selector) =>
          Object.entries(shape(selector["matchLabels"])).every(([label, value]) => labels[label] === value),
        )
      );
    });
    this.#roles.set(
      `ClusterRole/${nameOf(object).name}`,
      parts.flatMap((part) => shapes(part["rules"]).map(ruleOf)),
    );
  }

  #addBinding(object: Shape): void {
    const isNamespaced = object["kind"] === "RoleBinding";
    if (!isNamespaced && object["kind"] !== "ClusterRoleBinding") return;
    const namespace = isNamespaced ? nameOf(object).namespace : "";
    const reference = shape(object["roleRef"]);
    const name = text(reference["name"]) ?? "";
    const role = reference["kind"] === "Role" ? `Role/${namespace}/${name}` : `ClusterRole/${name}`;
    const bindings = this.#bindings.get(namespace) ?? [];
    bindings.push({ subjects: shapes(object["subjects"]), namespace, role });
    this.#bindings.set(namespace, bindings);
  }
}

/** Allows everything. */
export const EVERY_RULE: PolicyRule = {
  verbs: ["*"],
  apiGroups: ["*"],
  resources: ["*"],
  resourceNames: [],
  nonResourceURLs: ["*"],
};

function ruleOf(rule: Shape): PolicyRule {
  return {
    verbs: strings(rule["verbs"]),
    apiGroups: strings(rule["apiGroups"]),
    resources: strings(rule["resources"]),
    resourceNames: strings(rule["resourceNames"]),
    nonResourceURLs: strings(rule["nonResourceURLs"]),
  };
}

/** The empty one is the core group. */
function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function nameOf(object: Shape): { name: string; namespace: string } {
  const metadata = optionalShape(object["metadata"]) ?? {};
  return { name: text(metadata["name"]) ?? "", namespace: text(metadata["namespace"]) ?? "" };
}

function isSubject(subject: Shape, bindingNamespace: string, { user, groups }: Caller): boolean {
  const name = text(subject["name"]) ?? "";
  if (subject["kind"] === "User") return name === user;
  if (subject["kind"] === "Group") return groups.includes(name);
  const namespace = text(subject["namespace"]) ?? bindingNamespace;
  return subject["kind"] === "ServiceAccount" && user === `system:serviceaccount:${namespace}:${name}`;
}

function allows(rule: PolicyRule, { verb, group, resource, subresource, name = "" }: ResourceAttributes): boolean {
  const wanted = subresource === undefined ? resource : `${resource}/${subresource}`;
  return (
    matches(rule.verbs, verb) &&
    matches(rule.apiGroups, group) &&
    (matches(rule.resources, wanted) || (subresource !== undefined && rule.resources.includes(`*/${subresource}`))) &&
    // A list names nobody, unless its field selector does: a rule with names does not allow it.
    (rule.resourceNames.length === 0 || rule.resourceNames.includes(name))
  );
}

function allowsPath(rule: PolicyRule, { verb, path }: PathAttributes): boolean {
  const isOfPath = (url: string): boolean =>
    url === "*" || url === path || (url.endsWith("*") && path.startsWith(url.replace(/\*+$/, "")));
  return matches(rule.verbs, verb) && rule.nonResourceURLs.some(isOfPath);
}

function matches(allowed: readonly string[], wanted: string): boolean {
  return allowed.includes("*") || allowed.includes(wanted);
}
