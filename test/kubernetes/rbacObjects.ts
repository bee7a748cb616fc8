/** Roles and bindings as tests write them. */
const API = "rbac.authorization.k8s.io";

type Rule = {
  readonly verbs: readonly string[];
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
};

/** A ClusterRole; a Role where a namespace is given. */
export function role(
  name: string,
  rules: readonly Rule[],
  { namespace, labels }: { readonly namespace?: string; readonly labels?: Readonly<Record<string, string>> } = {},
): object {
  const metadata = { name, ...(namespace !== undefined && { namespace }), ...(labels && { labels }) };
  return { apiVersion: `${API}/v1`, kind: namespace === undefined ? "ClusterRole" : "Role", metadata, rules };
}

/** Whom: one of them; an account is "namespace/name". */
type Subject = { readonly user: string } | { readonly group: string } | { readonly account: string };

/** Binds a role, cluster-wide or in a namespace. */
export function bind(
  name: string,
  subject: Subject,
  namespace?: string,
  kind: "Role" | "ClusterRole" = "ClusterRole",
): object {
  const metadata = { name: `${name}-${JSON.stringify(subject)}`, ...(namespace !== undefined && { namespace }) };
  return {
    apiVersion: `${API}/v1`,
    kind: namespace === undefined ? "ClusterRoleBinding" : "RoleBinding",
    metadata,
    roleRef: { apiGroup: API, kind, name },
    subjects: [subjectOf(subject)],
  };
}

function subjectOf(subject: Subject): object {
  if ("user" in subject) return { kind: "User", apiGroup: API, name: subject.user };
  if ("group" in subject) return { kind: "Group", apiGroup: API, name: subject.group };
  const [namespace, name] = subject.account.split("/");
  return { kind: "ServiceAccount", namespace, name };
}
