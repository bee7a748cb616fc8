/** The demo's API server as far as writing goes: versions, conflicts, dry runs. There is nobody whose rights to ask about. */
import { type KubernetesObject, type ObjectChange, refOfChange } from "#lib/domain/change/objectChange.ts";
import { decodeMeshObject } from "#lib/domain/mesh/decodeMeshObject.ts";
import type { MeshIndex } from "#lib/domain/mesh/meshIndex.ts";
import { type MeshObject, type ObjectRef, refOf } from "#lib/domain/mesh/meshObject.ts";
import { type ClusterWriter, WriteError, type Written } from "#lib/ports.ts";

/** What a simulated cluster lets be done to it. Both reject with WriteError. */
export type DemoChanges = {
  readonly index: MeshIndex;
  /** Throws WriteError where the object could not be there. */
  readonly check: (object: MeshObject) => void;
  readonly apply: (object: MeshObject) => Promise<MeshObject>;
  readonly remove: (ref: ObjectRef) => Promise<void>;
};

export function createDemoWriter({ index, check, apply, remove }: DemoChanges): ClusterWriter {
  async function create(object: MeshObject, dryRun: boolean): Promise<Written> {
    const current = index.get(refOf(object));
    if (current !== undefined) {
      const message = `${nameOf(refOf(object))} already exists`;
      throw new WriteError({ reason: "exists", message, current: toWhole(current) });
    }
    check(object);
    return { after: toWhole(dryRun ? object : await apply(object)), warnings: [] };
  }

  async function update(object: MeshObject, dryRun: boolean): Promise<Written> {
    const before = present(refOf(object), object.metadata.resourceVersion, object.metadata.uid);
    check(object);
    const stored = dryRun ? { ...object, status: before.status } : await apply(object);
    return { before: toWhole(before), after: toWhole(stored), warnings: [] };
  }

  /** The object, if it is still in the version that was read. */
  function present(ref: ObjectRef, resourceVersion: string | undefined, uid?: string): MeshObject {
    const current = index.get(ref);
    if (current === undefined) throw new WriteError({ reason: "missing", message: `${nameOf(ref)} not found` });
    const { metadata } = current;
    if (metadata.resourceVersion === resourceVersion && (uid ?? metadata.uid) === metadata.uid) return current;
    const message = `${nameOf(ref)} has been modified: it is in version ${metadata.resourceVersion} now`;
    throw new WriteError({ reason: "conflict", message, current: toWhole(current) });
  }

  return {
    processIs: "nobody",
    async read(ref) {
      const object = index.get(ref);
      return object === undefined ? undefined : toWhole(object);
    },
    async write(change, { dryRun }) {
      if (change.action === "delete") {
        const before = present(change.ref, change.resourceVersion);
        if (!dryRun) await remove(change.ref);
        return { before: toWhole(before), warnings: [] };
      }
      const object = decoded(change);
      return change.action === "create" ? create(object, dryRun) : update(object, dryRun);
    },
  };
}

function decoded(change: Exclude<ObjectChange, { action: "delete" }>): MeshObject {
  const { object, problem } = decodeMeshObject(change.object);
  if (object !== undefined) return object;
  throw new WriteError({ reason: "invalid", message: `${nameOf(refOfChange(change))}: ${problem}` });
}

function toWhole({ metadata, ...object }: MeshObject): KubernetesObject {
  const { namespace, labels, annotations, changes: _changes, ...rest } = metadata;
  return {
    ...object,
    metadata: {
      ...rest,
      ...(namespace !== "" && { namespace }),
      ...(Object.keys(labels).length > 0 && { labels }),
      ...(Object.keys(annotations).length > 0 && { annotations }),
    },
  };
}

function nameOf({ kind, namespace, name }: ObjectRef): string {
  return `${kind} ${namespace === "" ? "" : `${namespace}/`}${name}`;
}
