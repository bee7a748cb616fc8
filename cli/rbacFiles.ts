/** Roles for a cluster, from the list of kinds that the code reads: `npm run rbac` writes them, a test compares. */
import { stringify } from "yaml";
import { MESH_KINDS, type MeshKind } from "#lib/domain/mesh/meshKinds.ts";
import { WRITABLE_KINDS } from "#lib/domain/mesh/writableKinds.ts";

type Rule = {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
};

const API = "rbac.authorization.k8s.io";
const READ = ["list", "watch"];
const HEADER = "# Made by `npm run rbac` from lib/domain/mesh/meshKinds.ts; do not edit.\n";
/** Where a new kind is announced before it is served. Only their metadata is read. */
const DEFINITIONS: Rule = {
  apiGroups: ["apiextensions.k8s.io"],
  resources: ["customresourcedefinitions"],
  verbs: READ,
};
/** In a Role, or bound within a namespace: that Namespace and no other. */
const OWN_NAMESPACE: Rule = { apiGroups: [""], resources: ["namespaces"], verbs: ["get"] };

/** Path below deploy/kustomize → content. */
export function rbacFiles(): ReadonlyMap<string, string> {
  const everywhere = MESH_KINDS.filter(({ where }) => where === undefined);
  return new Map([
    ["base/clusterrole.yaml", document("ClusterRole", "meshscope", [...rules(everywhere, READ), DEFINITIONS])],
    [
      "control-plane-reader/role.yaml",
      document(
        "Role",
        "meshscope-control-plane",
        rules(
          MESH_KINDS.filter(({ where }) => where === "control-plane"),
          READ,
        ),
      ),
    ],
    [
      "namespace-reader/role.yaml",
      document("Role", "meshscope", [
        OWN_NAMESPACE,
        ...rules(
          everywhere.filter(({ namespaced }) => namespaced),
          READ,
        ),
      ]),
    ],
    [
      "viewer/clusterrole.yaml",
      document("ClusterRole", "meshscope-viewer", [OWN_NAMESPACE, ...rules(everywhere, ["list"])]),
    ],
    [
      "components/write/clusterrole.yaml",
      document("ClusterRole", "meshscope-editor", rules(WRITABLE_KINDS, ["get", "create", "update", "delete"])),
    ],
  ]);
}

/** One rule a group. */
function rules(kinds: readonly MeshKind[], verbs: readonly string[]): Rule[] {
  return [...Map.groupBy(kinds, ({ group }) => group)].map(([group, members]) => ({
    apiGroups: [group],
    resources: members.map(({ plural }) => plural).sort(),
    verbs,
  }));
}

function document(kind: "ClusterRole" | "Role", name: string, roleRules: readonly Rule[]): string {
  const role = { apiVersion: `${API}/v1`, kind, metadata: { name }, rules: roleRules };
  return HEADER + stringify(role, { aliasDuplicateObjects: false });
}
