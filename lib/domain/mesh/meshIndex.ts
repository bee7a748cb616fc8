/**
 * Every object of one cluster, found by kind, namespace and name in constant time.
 * `version` rises with each change that could alter what someone sees.
 */
import { groupOf, type MeshObject, type ObjectRef } from "./meshObject.ts";

/** A kind within a group: "networking.istio.io/VirtualService", "/Service" for the core group. */
export type KindKey = `${string}/${string}`;

export function kindKey(ref: { readonly group: string; readonly kind: string }): KindKey {
  return `${ref.group}/${ref.kind}`;
}

/** The index as readers take it: the whole, or the part of it that a viewer may see. */
export type MeshView = Pick<MeshIndex, "version" | "get" | "list" | "count">;

export class MeshIndex {
  #version = 0;
  readonly #kinds = new Map<KindKey, Map<string, Map<string, MeshObject>>>();

  get version(): number {
    return this.#version;
  }

  get(ref: ObjectRef): MeshObject | undefined {
    return this.#kinds.get(kindKey(ref))?.get(ref.namespace)?.get(ref.name);
  }

  /** Objects of a kind, in one namespace or in all, in the order they were first seen. */
  list(kind: KindKey, namespace?: string): MeshObject[] {
    const namespaces = this.#kinds.get(kind);
    if (namespaces === undefined) return [];
    if (namespace !== undefined) return [...(namespaces.get(namespace)?.values() ?? [])];
    return [...namespaces.values()].flatMap((names) => [...names.values()]);
  }

  /** How many objects of a kind there are. */
  count(kind: KindKey): number {
    let total = 0;
    for (const names of this.#kinds.get(kind)?.values() ?? []) total += names.size;
    return total;
  }

  /** Adds or replaces an object. An unchanged resourceVersion is no change. */
  put(object: MeshObject): void {
    const key: KindKey = `${groupOf(object.apiVersion)}/${object.kind}`;
    let namespaces = this.#kinds.get(key);
    if (namespaces === undefined) this.#kinds.set(key, (namespaces = new Map()));
    let names = namespaces.get(object.metadata.namespace);
    if (names === undefined) namespaces.set(object.metadata.namespace, (names = new Map()));
    const before = names.get(object.metadata.name);
    const { resourceVersion } = object.metadata;
    if (before !== undefined && resourceVersion !== undefined && before.metadata.resourceVersion === resourceVersion)
      return;
    names.set(object.metadata.name, object);
    this.#version += 1;
  }

  /** Removes an object; says whether there was one. */
  remove(ref: ObjectRef): boolean {
    const removed = this.#kinds.get(kindKey(ref))?.get(ref.namespace)?.delete(ref.name) ?? false;
    if (removed) this.#version += 1;
    return removed;
  }

  /** Makes the objects of a kind exactly these: what a (re-)list means. */
  replaceKind(kind: KindKey, objects: readonly MeshObject[]): void {
    const kept = new Set(objects.map((object) => `${object.metadata.namespace}/${object.metadata.name}`));
    for (const [namespace, names] of this.#kinds.get(kind) ?? []) {
      for (const name of [...names.keys()]) {
        if (kept.has(`${namespace}/${name}`)) continue;
        names.delete(name);
        this.#version += 1;
      }
    }
    for (const object of objects) this.put(object);
  }
}
