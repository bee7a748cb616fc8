/** Objects never change: what is read from one is read once, and forgotten with it. */
import type { MeshObject } from "./meshObject.ts";

/** The same reader, asked once for each object. Results must be small: they live as long as their object. */
export function readOnce<T>(read: (object: MeshObject) => T): (object: MeshObject) => T {
  const known = new WeakMap<MeshObject, { readonly value: T }>();
  return (object) => {
    let entry = known.get(object);
    if (entry === undefined) known.set(object, (entry = { value: read(object) }));
    return entry.value;
  };
}
