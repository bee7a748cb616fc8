/**
 * Which objects were made by which:  Deployment ─▶ ReplicaSets ─▶ Pods · CronJob ─▶ Jobs ─▶ Pods · Service ─▶ EndpointSlices.
 * By kind and name within a namespace, the first owner alone, as Kubernetes' controllers set it.
 */
import type { MeshObject, ObjectRef } from "./meshObject.ts";
import { ObjectsBy } from "./objectsBy.ts";

export class OwnerIndex {
  readonly #owned = new ObjectsBy();

  add(object: MeshObject): void {
    const key = ownerKey(object);
    if (key !== undefined) this.#owned.add(key, object);
  }

  delete(object: MeshObject): void {
    const key = ownerKey(object);
    if (key !== undefined) this.#owned.delete(key, object);
  }

  owned(namespace: string, kind: string, name: string): MeshObject[] {
    return [...this.#owned.get(keyOf(namespace, kind, name))];
  }
}

/** The groups of kinds that make pods, since what is owned names only their kind. */
const GROUPS: Readonly<Record<string, string>> = {
  ReplicaSet: "apps",
  Deployment: "apps",
  StatefulSet: "apps",
  DaemonSet: "apps",
  Job: "batch",
  CronJob: "batch",
  Rollout: "argoproj.io",
  Gateway: "gateway.networking.k8s.io",
};

/** The group of an owner's kind; "" for kinds of the core group. */
function ownerGroup(kind: string): string {
  return GROUPS[kind] ?? "";
}

/** What made an object, as far as `get` knows what is in between; the object itself where nothing is known. */
export function topOwner(object: MeshObject, get: (ref: ObjectRef) => MeshObject | undefined): MeshObject {
  const { namespace } = object.metadata;
  let top = object;
  // Owners that own each other are malformed, and no reason to hang.
  for (let steps = 0; steps < 8; steps += 1) {
    const owner = top.metadata.ownerReferences?.[0];
    const next = owner && get({ group: ownerGroup(owner.kind), namespace, ...owner });
    if (next === undefined) break;
    top = next;
  }
  return top;
}

function ownerKey({ metadata }: MeshObject): string | undefined {
  const owner = metadata.ownerReferences?.[0];
  return owner && keyOf(metadata.namespace, owner.kind, owner.name);
}

function keyOf(namespace: string, kind: string, name: string): string {
  return `${namespace}/${kind}/${name}`;
}
