/** What configuration knows, as one viewer may see it; made once for each version of a cluster and each right. */
import { type Sight, seesKind, seesNamespace } from "#lib/domain/access/sight.ts";
import { viewOfIndex } from "#lib/domain/access/viewOfIndex.ts";
import { meshNodesInPieces } from "#lib/domain/mesh/buildMeshNodes.ts";
import { discoveryOf } from "#lib/domain/mesh/discoverySelectors.ts";
import type { KindKey, MeshIndex } from "#lib/domain/mesh/meshIndex.ts";
import { MESH_KINDS } from "#lib/domain/mesh/meshKinds.ts";
import { type MeshNodes, type NamespaceNode, withoutLabels } from "#lib/domain/mesh/meshNodes.ts";
import type { ClusterSnapshot, ClusterSource } from "#lib/ports.ts";
import { inSlices } from "./inSlices.ts";
import { RecentMap } from "./recentMap.ts";

/** Of a large cluster the nodes of one right have a few megabytes. */
const KEPT_MESHES = 32;

/** `hides`: what of the configuration was withheld. `version`: of the configuration; nothing older is in it. */
export type SeenMesh = {
  readonly mesh: MeshNodes;
  readonly hides: "nothing" | "kinds" | "namespaces";
  readonly version: number;
};

/** Those being made too: who comes meanwhile waits for the same. */
const meshes = new WeakMap<ClusterSource, { version: number; byRight: RecentMap<string, Promise<SeenMesh>> }>();

/** Nodes of all clusters, rebuilt only for clusters that changed. */
export async function loadMesh(clusters: readonly ClusterSource[], sight: Sight): Promise<SeenMesh> {
  const parts = await Promise.all(clusters.map((source) => seenMesh(source, sight)));
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  const hidden = new Set(parts.map(({ hides }) => hides));
  return {
    mesh: unite(parts.map(({ mesh }) => mesh)),
    hides: hidden.has("namespaces") ? "namespaces" : hidden.has("kinds") ? "kinds" : "nothing",
    version: parts.reduce((sum, { version }) => sum + version, 0),
  };
}

function seenMesh(source: ClusterSource, sight: Sight): Promise<SeenMesh> {
  const { version } = source.snapshot();
  let kept = meshes.get(source);
  if (kept?.version !== version) meshes.set(source, (kept = { version, byRight: new RecentMap(KEPT_MESHES) }));
  let seen = kept.byRight.get(sight.key);
  if (seen === undefined) {
    const { byRight } = kept;
    const made = makeMesh(source.snapshot(), sight);
    byRight.set(sight.key, made);
    made.catch(() => byRight.delete(sight.key, made));
    seen = made;
  }
  return seen;
}

async function makeMesh({ cluster, version, index, proxySync }: ClusterSnapshot, sight: Sight): Promise<SeenMesh> {
  const seen = viewOfIndex(index, cluster, sight);
  const mesh = await inSlices(meshNodesInPieces(cluster, seen, proxySync, discoveryOf(index)));
  const namespaces = mesh.namespaces.map((node) => withUnlisted(node, sight));
  return { mesh: { ...mesh, namespaces }, hides: hiddenIn(index, cluster, sight), version };
}

const WORKLOADS: readonly KindKey[] = ["/Pod", "apps/Deployment", "apps/StatefulSet", "apps/DaemonSet"];

/** Without the right to list them nothing can be said to be missing. */
function withUnlisted(node: NamespaceNode, sight: Sight): NamespaceNode {
  const lists = (kind: KindKey) => seesKind(sight, node.cluster, kind, node.name);
  const unlisted = [
    ...(WORKLOADS.every(lists) ? [] : (["workloads"] as const)),
    ...(lists("/Service") ? [] : (["services"] as const)),
  ];
  return unlisted.length === 0 ? node : { ...node, unlisted };
}

function hiddenIn(index: MeshIndex, cluster: string, sight: Sight): SeenMesh["hides"] {
  if (sight.clusters === "everything") return "nothing";
  const names = index.list("/Namespace").map(({ metadata }) => metadata.name);
  if (names.some((name) => !seesNamespace(sight, cluster, name))) return "namespaces";
  const isWhole = MESH_KINDS.filter(({ namespaced }) => namespaced).every(({ group, kind }) => {
    const key: KindKey = `${group}/${kind}`;
    return index.list(key).every(({ metadata }) => seesKind(sight, cluster, key, metadata.namespace));
  });
  return isWhole ? "nothing" : "kinds";
}

const united = new WeakMap<MeshNodes, { readonly parts: readonly MeshNodes[]; readonly mesh: MeshNodes }>();

/** The same object for the same parts: what is made of a mesh is kept with it. */
function unite(parts: readonly MeshNodes[]): MeshNodes {
  const [first] = parts;
  const kept = first && united.get(first);
  if (kept?.parts.length === parts.length && kept.parts.every((part, at) => part === parts[at])) return kept.mesh;
  const mesh = {
    namespaces: parts.flatMap(({ namespaces }) => namespaces),
    workloads: parts.flatMap(({ workloads }) => workloads),
    services: parts.flatMap(({ services }) => services),
  };
  if (first !== undefined) united.set(first, { parts, mesh });
  return mesh;
}

const bareMeshes = new WeakMap<MeshNodes, MeshNodes>();

/** The mesh without labels, made once for each. */
export function bareMesh(mesh: MeshNodes): MeshNodes {
  let bare = bareMeshes.get(mesh);
  if (bare === undefined) bareMeshes.set(mesh, (bare = withoutLabels(mesh)));
  return bare;
}
