/** The simulated mesh as a ClusterSource: an API server of one process, with controllers, whose writer is on. */
import type { ChangeHistory } from "#lib/domain/mesh/changeLog.ts";
import type { MeshIndex } from "#lib/domain/mesh/meshIndex.ts";
import { MESH_KINDS } from "#lib/domain/mesh/meshKinds.ts";
import { type MeshObject, type ObjectRef, refOf } from "#lib/domain/mesh/meshObject.ts";
import { type Clock, type ClusterSource, type ClusterWriter, WriteError } from "#lib/ports.ts";
import { reconcile } from "./controllers.ts";
import { createDemoWriter } from "./demoWriter.ts";
import { nameSuffix } from "./random.ts";

/** Gives objects what an API server gives them: uid, resourceVersion, times, and who changed them. */
export type Stamp = (object: MeshObject, manager: string, atSeconds: number) => MeshObject;

/** A stamp that counts resource versions upwards. */
export function createStamp(index: MeshIndex): Stamp {
  let resourceVersion = 1000;
  return (object, manager, atSeconds) => {
    resourceVersion += 1;
    const time = new Date(Math.floor(atSeconds) * 1000).toISOString().replace(".000Z", "Z");
    const known = index.get(refOf(object));
    const before = known?.metadata;
    const { namespace, name } = object.metadata;
    return {
      ...object,
      metadata: {
        ...object.metadata,
        uid: before?.uid ?? `${nameSuffix(`${object.kind} ${namespace}/${name}`, 8)}-demo`,
        resourceVersion: String(resourceVersion),
        creationTimestamp: before?.creationTimestamp ?? object.metadata.creationTimestamp ?? time,
        changes: isStatusOnly(known, object)
          ? (before?.changes ?? [])
          : [...(before?.changes ?? []).filter((change) => change.manager !== manager), { manager, time }],
      },
    };
  };
}

/** Managed by the status subresource, which is left out of who changed an object. */
function isStatusOnly(before: MeshObject | undefined, after: MeshObject): boolean {
  return before !== undefined && before.spec === after.spec && before.metadata === after.metadata;
}

export type ClusterHooks = { beforeChange(nowSeconds: number): void; afterChange(nowSeconds: number): void };

/** Besides what every source does: changes by whoever runs the simulation, of any kind and without preconditions. */
export type DemoCluster = ClusterSource & {
  readonly writer: ClusterWriter;
  /** Adds or replaces. Rejects with WriteError. */
  apply(object: MeshObject): Promise<MeshObject>;
  /** Rejects with WriteError where there is no such object. */
  remove(ref: ObjectRef): Promise<void>;
};

/** Wraps an index; `hooks` learn of each change before and after it happens. */
export function createDemoCluster(options: {
  readonly cluster: string;
  readonly index: MeshIndex;
  readonly changes: ChangeHistory;
  readonly clock: Clock;
  readonly stamp: Stamp;
  readonly hooks: ClusterHooks;
}): DemoCluster {
  const { cluster, index, changes, clock, stamp, hooks } = options;
  const listeners = new Set<() => void>();
  const sinceSeconds = clock.nowSeconds();

  const change = <T>(namespace: string, act: (nowSeconds: number) => T): T => {
    const nowSeconds = clock.nowSeconds();
    hooks.beforeChange(nowSeconds);
    const result = act(nowSeconds);
    reconcile(index, namespace, (object) => stamp(object, "kube-controller-manager", nowSeconds));
    hooks.afterChange(nowSeconds);
    for (const listener of listeners) listener();
    return result;
  };

  const check = (object: MeshObject): void => refuseImpossible(index, object);

  async function apply(object: MeshObject): Promise<MeshObject> {
    check(object);
    return change(namespaceOf(object), (nowSeconds) => {
      // As with an API server, whoever applies a spec leaves the status alone.
      const status = index.get(refOf(object))?.status;
      const stored = stamp({ ...object, ...(status !== undefined && { status }) }, "meshscope", nowSeconds);
      index.put(stored);
      return stored;
    });
  }

  async function remove(ref: ObjectRef): Promise<void> {
    if (index.get(ref) === undefined)
      throw new WriteError({ reason: "missing", message: `${ref.kind} ${ref.namespace}/${ref.name} not found` });
    change(ref.kind === "Namespace" ? ref.name : ref.namespace, () => index.remove(ref));
  }

  return {
    cluster,
    start() {},
    snapshot: () => ({
      cluster,
      version: index.version,
      index,
      changes,
      status: { state: "ok", sinceSeconds },
      kinds: MESH_KINDS.map(({ group, kind }) => ({ group, kind, state: "watching" })),
    }),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    apply,
    remove,
    writer: createDemoWriter({ index, check, apply, remove }),
    async close() {
      listeners.clear();
    },
  };
}

/** The namespace whose derived objects a change may touch. */
function namespaceOf(object: MeshObject): string {
  return object.kind === "Namespace" ? object.metadata.name : object.metadata.namespace;
}

function refuseImpossible(index: MeshIndex, object: MeshObject): void {
  const { name, namespace } = object.metadata;
  if (!/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/.test(name)) {
    const message = `metadata.name ${JSON.stringify(name)} is invalid: use lower-case letters, digits, '-' and '.'`;
    throw new WriteError({ reason: "invalid", message, causes: [{ field: "metadata.name", message: "is invalid" }] });
  }
  const exists = index.get({ group: "", kind: "Namespace", namespace: "", name: namespace }) !== undefined;
  if (namespace !== "" && !exists)
    throw new WriteError({ reason: "missing", message: `namespaces ${JSON.stringify(namespace)} not found` });
}
