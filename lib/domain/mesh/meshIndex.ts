/**
 * Every object of one cluster: found by kind, namespace and name here, by host (hostIndex.ts), by selector
 * (selectorIndex.ts) and by owner (ownerIndex.ts) through the indexes that follow each change.
 * `version` rises with each change that could alter what someone sees.
 */
import { HostIndex, type HostRole } from "./hostIndex.ts";
import type { LabelSelector } from "./labelSelector.ts";
import type { Labels } from "./labels.ts";
import { groupOf, type MeshObject, type ObjectRef } from "./meshObject.ts";
import { OwnerIndex, topOwner } from "./ownerIndex.ts";
import { SelectorIndex } from "./selectorIndex.ts";

/** A kind within a group: "networking.istio.io/VirtualService", "/Service" for the core group. */
export type KindKey = `${string}/${string}`;

export function kindKey(ref: { readonly group: string; readonly kind: string }): KindKey {
  return `${ref.group}/${ref.kind}`;
}

export function kindKeyOf(object: MeshObject): KindKey {
  return `${groupOf(object.apiVersion)}/${object.kind}`;
}

/**
 * The index as readers take it: the whole, or the part of it that a viewer may see. Look-ups give objects, so that the
 * part is the whole's answer without the objects that are not the viewer's.
 */
export type MeshView = Pick<
  MeshIndex,
  "version" | "get" | "list" | "count" | "naming" | "selecting" | "selectedPods" | "owned" | "topOwner"
>;

/** Told of each change: what was there and what is there now; undefined for nothing. */
export type IndexObserver = (before: MeshObject | undefined, after: MeshObject | undefined) => void;

export class MeshIndex {
  #version = 0;
  readonly #kinds = new Map<KindKey, Map<string, Map<string, MeshObject>>>();
  readonly #hosts = new HostIndex();
  readonly #selectors = new SelectorIndex();
  readonly #owners = new OwnerIndex();
  readonly #observer: IndexObserver | undefined;

  constructor(observer?: IndexObserver) {
    this.#observer = observer;
  }

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

  /**
   * Objects that name a host (a full name, or a wildcard): "for" those that apply to it, "to" those that send requests
   * there. namedHosts.ts says what each kind names.
   */
  naming(host: string, role: HostRole = "for"): MeshObject[] {
    return this.#hosts.find(host, role);
  }

  /** Objects whose selector takes pods of a namespace with these labels; from Istio's root namespace too. */
  selecting(namespace: string, labels: Labels, rootNamespace = "istio-system"): MeshObject[] {
    return this.#selectors.selecting(namespace, labels, rootNamespace);
  }

  /** Pods of a namespace that a selector matches; an empty one matches all of them. */
  selectedPods(namespace: string, selector: LabelSelector): MeshObject[] {
    return this.#selectors.selectedPods(namespace, selector);
  }

  /** What an object made: pods of a ReplicaSet, ReplicaSets of a Deployment, slices of a Service. */
  owned({ namespace, kind, name }: Pick<ObjectRef, "namespace" | "kind" | "name">): MeshObject[] {
    return this.#owners.owned(namespace, kind, name);
  }

  /** What made the object, through everything in between that is known; the object itself where nothing did. */
  topOwner(object: MeshObject): MeshObject {
    return topOwner(object, (ref) => this.get(ref));
  }

  /** Adds or replaces an object. An unchanged resourceVersion is no change, unless it is read in another apiVersion now. */
  put(object: MeshObject): void {
    const key = kindKeyOf(object);
    let namespaces = this.#kinds.get(key);
    if (namespaces === undefined) this.#kinds.set(key, (namespaces = new Map()));
    let names = namespaces.get(object.metadata.namespace);
    if (names === undefined) namespaces.set(object.metadata.namespace, (names = new Map()));
    const before = names.get(object.metadata.name);
    const { resourceVersion } = object.metadata;
    if (
      before?.apiVersion === object.apiVersion &&
      resourceVersion !== undefined &&
      before.metadata.resourceVersion === resourceVersion
    )
      return;
    names.set(object.metadata.name, object);
    this.#follow(before, object);
  }

  /** Removes an object; says whether there was one. */
  remove(ref: ObjectRef): boolean {
    const names = this.#kinds.get(kindKey(ref))?.get(ref.namespace);
    const before = names?.get(ref.name);
    if (before === undefined) return false;
    names?.delete(ref.name);
    this.#follow(before, undefined);
    return true;
  }

  /** Makes the objects of a kind exactly these: what a (re-)list means. */
  replaceKind(kind: KindKey, objects: readonly MeshObject[]): void {
    const kept = new Set(objects.map((object) => `${object.metadata.namespace}/${object.metadata.name}`));
    for (const [namespace, names] of this.#kinds.get(kind) ?? []) {
      for (const [name, before] of [...names]) {
        if (kept.has(`${namespace}/${name}`)) continue;
        names.delete(name);
        this.#follow(before, undefined);
      }
    }
    for (const object of objects) this.put(object);
  }

  #follow(before: MeshObject | undefined, after: MeshObject | undefined): void {
    this.#version += 1;
    for (const index of [this.#hosts, this.#selectors, this.#owners]) {
      if (before !== undefined) index.delete(before);
      if (after !== undefined) index.add(after);
    }
    this.#observer?.(before, after);
  }
}
