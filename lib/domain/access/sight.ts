/**
 * What one viewer may see: clusters ⊃ namespaces ⊃ kinds, as Kubernetes itself answers for that viewer.
 *
 *   a namespace is visible   where the viewer may `get` it: its traffic, health and name are shown
 *   a kind is visible in it  where the viewer may `list` the kind there: its objects, and what is made of them
 *
 * Everything else is withheld before it leaves the server. Two viewers with the same rights have the same `key`, so that
 * what is cut for one serves the other.
 */
import type { KindKey } from "#lib/domain/mesh/meshIndex.ts";

export type ClusterSight = {
  /** Every namespace, those to come included: the viewer may `get` namespaces cluster-wide. */
  readonly everyNamespace: boolean;
  /** Kinds that may be listed in the whole cluster; for cluster-scoped kinds the only way. */
  readonly kinds: ReadonlySet<KindKey>;
  /** Visible namespaces that were asked about one by one, and the kinds that may be listed in each. */
  readonly namespaces: ReadonlyMap<string, ReadonlySet<KindKey>>;
};

export type Sight = {
  /** Equal for equal rights, different for different ones. */
  readonly key: string;
  /** By cluster; a cluster that is missing is not seen at all. "everything": whatever the process reads. */
  readonly clusters: ReadonlyMap<string, ClusterSight> | "everything";
  /** What could not be asked, for the viewer to know; no part of the key. */
  readonly warnings?: readonly { readonly code: string; readonly message: string; readonly hint?: string }[];
};

/** Whatever the process itself may read. */
export const EVERYTHING: Sight = { key: "everything", clusters: "everything" };

/** Whether the namespace's name, traffic and health may be shown. */
export function seesNamespace(sight: Sight, cluster: string, namespace: string): boolean {
  if (sight.clusters === "everything") return true;
  const seen = sight.clusters.get(cluster);
  return seen !== undefined && (seen.everyNamespace || seen.namespaces.has(namespace));
}

/** Whether objects of a kind may be shown; `namespace` is "" for cluster-scoped kinds. */
export function seesKind(sight: Sight, cluster: string, kind: KindKey, namespace: string): boolean {
  if (sight.clusters === "everything") return true;
  const seen = sight.clusters.get(cluster);
  if (seen === undefined) return false;
  if (seen.kinds.has(kind)) return namespace === "" || seesNamespace(sight, cluster, namespace);
  return seen.namespaces.get(namespace)?.has(kind) ?? false;
}
