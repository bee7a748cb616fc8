/** The part of a cluster's configuration that a viewer may see. */
import { type KindKey, kindKey, type MeshIndex, type MeshView } from "#lib/domain/mesh/meshIndex.ts";
import { groupOf, type MeshObject, type ObjectRef } from "#lib/domain/mesh/meshObject.ts";
import { topOwner } from "#lib/domain/mesh/ownerIndex.ts";
import { type Sight, seesKind, seesNamespace } from "./sight.ts";

const NAMESPACE: KindKey = "/Namespace";

/**
 * Objects whose kind may be listed where they are; a Namespace where it may be read. The index itself where everything may
 * be seen. Like the index, it is live: read it synchronously.
 */
export function viewOfIndex(index: MeshIndex, cluster: string, sight: Sight): MeshView {
  if (sight.clusters === "everything") return index;
  const isSeen = (object: MeshObject) => seesObject(sight, cluster, object);
  const get = (ref: ObjectRef): MeshObject | undefined => {
    const object = index.get(ref);
    return object !== undefined && isSeen(object) ? object : undefined;
  };
  return {
    get version() {
      return index.version;
    },
    get,
    list: (kind, namespace) => index.list(kind, namespace).filter(isSeen),
    count: (kind) => index.list(kind).filter(isSeen).length,
    naming: (host, role) => index.naming(host, role).filter(isSeen),
    selecting: (namespace, labels, root) => index.selecting(namespace, labels, root).filter(isSeen),
    selectedPods: (namespace, selector) => index.selectedPods(namespace, selector).filter(isSeen),
    owned: (owner) => index.owned(owner).filter(isSeen),
    topOwner: (object) => topOwner(object, get),
  };
}

/** Whether one object may be shown. */
export function seesObject(sight: Sight, cluster: string, { apiVersion, kind, metadata }: MeshObject): boolean {
  const key = kindKey({ group: groupOf(apiVersion), kind });
  return key === NAMESPACE
    ? seesNamespace(sight, cluster, metadata.name)
    : seesKind(sight, cluster, key, metadata.namespace);
}
