/**
 * Which namespaces istiod looks at: without meshConfig.discoverySelectors all of them, otherwise those that any of the
 * selectors takes. Services and workloads of the others are no part of the mesh, though they may call it.
 * @see https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/#MeshConfig-discovery_selectors
 */
import { type LabelSelector, selects } from "./labelSelector.ts";
import type { Labels } from "./labels.ts";
import { collectMeshConfigs } from "./meshConfig.ts";
import type { MeshIndex } from "./meshIndex.ts";
import type { MeshObject } from "./meshObject.ts";

/** Whether a namespace with these labels is discovered. */
export type Discovery = (labels: Labels) => boolean;

/** By the selectors of each istiod: a namespace is discovered where one of them discovers it, and where none is known. */
export function discoveryBy(istiods: readonly (readonly LabelSelector[])[]): Discovery {
  const isOpen = istiods.length === 0 || istiods.some((selectors) => selectors.length === 0);
  const selectors = istiods.flat();
  return (labels) => isOpen || selectors.some((selector) => selects(selector, labels));
}

/** YAML takes long to read, and its objects never change. */
const read = new WeakMap<MeshObject, readonly (readonly LabelSelector[])[]>();

/** The discovery of a cluster, by every mesh configuration that may be read. */
export function discoveryOf(index: Pick<MeshIndex, "list">): Discovery {
  const istiods = index.list("/ConfigMap").flatMap((configMap) => {
    let own = read.get(configMap);
    if (own === undefined) {
      own = collectMeshConfigs({ list: () => [configMap] }).map(({ discoverySelectors }) => discoverySelectors);
      read.set(configMap, own);
    }
    return own;
  });
  return discoveryBy(istiods);
}
