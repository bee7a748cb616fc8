/**
 * Marks nodes of namespaces that may not be read: their cluster is read, and nothing of their namespace is known.
 *
 * - Telemetry names them, so they stay; their hosts are not shown, and of replicas nothing is known.
 * - Nothing is marked in a cluster that is not read at all, nor what lies outside every namespace.
 * - The namespace may also be gone: then nobody can read it any more.
 */
import type { GraphDraft } from "../draft.ts";
import type { MeshLookup } from "../meshLookup.ts";

export function hideInaccessible(draft: GraphDraft, lookup: MeshLookup): void {
  for (const node of draft.nodes.values()) {
    const { cluster, namespace } = node;
    if (namespace === "" || !lookup.readsCluster(cluster) || lookup.readsNamespace(cluster, namespace)) continue;
    node.flags.add("inaccessible");
    node.hosts.clear();
  }
}
