/** Which objects go under a key, many under one. A key with a single object, as most are, costs no set of its own. */
import type { MeshObject } from "./meshObject.ts";

export class ObjectsBy {
  readonly #objects = new Map<string, MeshObject | Set<MeshObject>>();

  get size(): number {
    return this.#objects.size;
  }

  keys(): MapIterator<string> {
    return this.#objects.keys();
  }

  add(key: string, object: MeshObject): void {
    const known = this.#objects.get(key);
    if (known === undefined) this.#objects.set(key, object);
    else if (known instanceof Set) known.add(object);
    else if (known !== object) this.#objects.set(key, new Set([known, object]));
  }

  delete(key: string, object: MeshObject): void {
    const known = this.#objects.get(key);
    if (known === object) this.#objects.delete(key);
    if (!(known instanceof Set)) return;
    known.delete(object);
    if (known.size === 0) this.#objects.delete(key);
  }

  /** The objects under a key; nothing under one that nobody has. */
  get(key: string): Iterable<MeshObject> {
    const known = this.#objects.get(key);
    if (known === undefined) return [];
    return known instanceof Set ? known : [known];
  }

  count(key: string): number {
    const known = this.#objects.get(key);
    if (known === undefined) return 0;
    return known instanceof Set ? known.size : 1;
  }
}
