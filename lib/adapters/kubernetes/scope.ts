/** What one reflector covers: a whole kind, a kind within one namespace, or one Namespace by its name. */
import { type KindKey, kindKey, type MeshIndex } from "#lib/domain/mesh/meshIndex.ts";
import type { MeshKind } from "#lib/domain/mesh/meshKinds.ts";
import { type MeshObject, refOf } from "#lib/domain/mesh/meshObject.ts";
import { pathSegment } from "./kubeClient.ts";

export type Scope = { readonly namespace?: string; readonly name?: string };

/** What is read: the whole cluster where `namespaces` is absent; the control plane's ConfigMaps in either case. */
export type Reach = { readonly namespaces?: readonly string[]; readonly controlPlanes: readonly string[] };

/** The scopes that cover a kind: one for the cluster, or one for each namespace. Other cluster-wide kinds have one. */
export function scopesOf(kind: MeshKind, { namespaces, controlPlanes }: Reach): Scope[] {
  if (kind.where === "control-plane") return controlPlanes.map((namespace) => ({ namespace }));
  if (namespaces === undefined) return [{}];
  if (kind.namespaced) return namespaces.map((namespace) => ({ namespace }));
  return kind.kind === "Namespace" ? namespaces.map((name) => ({ name })) : [{}];
}

/** One text for a kind within a scope, unlike every other. */
export function scopeKey(kind: MeshKind, { namespace = "", name = "" }: Scope): string {
  return `${kindKey(kind)} ${namespace} ${name}`;
}

/** The URL path of a collection: "/apis/apps/v1/namespaces/shop/deployments". */
export function collectionPath(kind: MeshKind, apiVersion: string, { namespace }: Scope): string {
  const root = kind.group === "" ? `/api/${apiVersion}` : `/apis/${apiVersion}`;
  return `${root}${namespace === undefined ? "" : `/namespaces/${pathSegment(namespace)}`}/${kind.plural}`;
}

/** Makes the objects of a kind within a scope exactly these and leaves the others alone. */
export function replaceScope(index: MeshIndex, kind: MeshKind, scope: Scope, objects: readonly MeshObject[]): void {
  const key: KindKey = kindKey(kind);
  if (scope.namespace === undefined && scope.name === undefined) return index.replaceKind(key, objects);
  const kept = new Set(objects.map(({ metadata }) => metadata.name));
  for (const object of index.list(key, scope.namespace)) {
    const { name } = object.metadata;
    if (kept.has(name) || (scope.name !== undefined && scope.name !== name)) continue;
    index.remove(refOf(object));
  }
  for (const object of objects) index.put(object);
}
