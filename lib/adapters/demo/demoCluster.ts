/** The simulated mesh as a ClusterSource: an API server of one process, with controllers, whose writer is on. */
import type { MeshIndex } from "#lib/domain/mesh/meshIndex.ts";
import { MESH_KINDS } from "#lib/domain/mesh/meshKinds.ts";
import { type MeshObject, refOf } from "#lib/domain/mesh/meshObject.ts";
import type { Clock, ClusterSource } from "#lib/ports.ts";
import { SourceError } from "#lib/ports.ts";
import { reconcile } from "./controllers.ts";
import { nameSuffix } from "./random.ts";

/** Gives objects what an API server gives them: uid, resourceVersion, times, and who changed them. */
export type Stamp = (object: MeshObject, manager: string, atSeconds: number) => MeshObject;

/** A stamp that counts resource versions upwards. */
export function createStamp(index: MeshIndex): Stamp {
  let resourceVersion = 1000;
  return (object, manager, atSeconds) => {
    resourceVersion += 1;
    const time = new Date(Math.floor(atSeconds) * 1000).toISOString().replace(".000Z", "Z");
    const before = index.get(refOf(object))?.metadata;
    const { namespace, name } = object.metadata;
    return {
      ...object,
      metadata: {
        ...object.metadata,
        uid: before?.uid ?? `${nameSuffix(`${object.kind} ${namespace}/${name}`, 8)}-demo`,
        resourceVersion: String(resourceVersion),
        creationTimestamp: before?.creationTimestamp ?? object.metadata.creationTimestamp ?? time,
        changes: [...(before?.changes ?? []).filter((change) => change.manager !== manager), { manager, time }],
      },
    };
  };
}

export type ClusterHooks = { beforeChange(nowSeconds: number): void; afterChange(nowSeconds: number): void };

/** Wraps an index; `hooks` learn of each change before and after it happens. */
export function createDemoCluster(options: {
  readonly cluster: string;
  readonly index: MeshIndex;
  readonly clock: Clock;
  readonly stamp: Stamp;
  readonly hooks: ClusterHooks;
}): ClusterSource {
  const { cluster, index, clock, stamp, hooks } = options;
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

  return {
    cluster,
    start() {},
    snapshot: () => ({
      cluster,
      version: index.version,
      index,
      status: { state: "ok", sinceSeconds },
      kinds: MESH_KINDS.map(({ group, kind }) => ({ group, kind, state: "watching" })),
    }),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    writer: {
      async apply(object) {
        refuseMalformed(cluster, index, object);
        return change(namespaceOf(object), (nowSeconds) => {
          // As with an API server, whoever applies a spec leaves the status alone.
          const status = index.get(refOf(object))?.status;
          const stored = stamp({ ...object, ...(status !== undefined && { status }) }, "meshscope", nowSeconds);
          index.put(stored);
          return stored;
        });
      },
      async remove(ref) {
        if (index.get(ref) === undefined)
          throw rejected(
            cluster,
            `${ref.kind} ${ref.namespace}/${ref.name} not found`,
            "It may have been removed already: reload.",
          );
        change(ref.kind === "Namespace" ? ref.name : ref.namespace, () => index.remove(ref));
      },
    },
    async close() {
      listeners.clear();
    },
  };
}

/** The namespace whose derived objects a change may touch. */
function namespaceOf(object: MeshObject): string {
  return object.kind === "Namespace" ? object.metadata.name : object.metadata.namespace;
}

function refuseMalformed(cluster: string, index: MeshIndex, object: MeshObject): void {
  const { name, namespace } = object.metadata;
  if (!/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/.test(name))
    throw rejected(
      cluster,
      `metadata.name ${JSON.stringify(name)} is invalid`,
      "Use lower-case letters, digits, '-' and '.'.",
    );
  const exists = index.get({ group: "", kind: "Namespace", namespace: "", name: namespace }) !== undefined;
  if (namespace !== "" && !exists)
    throw rejected(cluster, `namespaces ${JSON.stringify(namespace)} not found`, "Create the namespace first.");
}

function rejected(cluster: string, message: string, hint: string): SourceError {
  return new SourceError({ source: `cluster/${cluster}`, kind: "rejected", message, hint });
}
