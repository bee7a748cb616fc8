/** Kubernetes objects for tests: a line says only what the test is about. */
import { decodeMeshObject } from "#lib/domain/mesh/decodeMeshObject.ts";
import { MeshIndex } from "#lib/domain/mesh/meshIndex.ts";
import type { MeshObject } from "#lib/domain/mesh/meshObject.ts";

type Fields = {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly owner?: { readonly kind: string; readonly name: string };
  readonly [field: string]: unknown;
};

/** Builds "apiVersion/kind" at "namespace/name" ("name" for cluster-scoped kinds), through the decoder. */
export function meshObject(type: string, path: string, fields: Fields = {}): MeshObject {
  const { labels, annotations, owner, ...rest } = fields;
  const slash = type.lastIndexOf("/");
  const [namespace, name] = path.includes("/") ? path.split("/") : [undefined, path];
  const decoded = decodeMeshObject({
    apiVersion: type.slice(0, slash),
    kind: type.slice(slash + 1),
    metadata: { name, namespace, labels, annotations, ...(owner && { ownerReferences: [owner] }) },
    ...rest,
  });
  if (decoded.object === undefined) throw new Error(`builder made no object: ${decoded.problem}`);
  return decoded.object;
}

/** An index of these objects. */
export function indexOf(...objects: readonly MeshObject[]): MeshIndex {
  const index = new MeshIndex();
  for (const object of objects) index.put(object);
  return index;
}
