/**
 * Which objects were made by which:  Deployment ─▶ ReplicaSets ─▶ Pods · CronJob ─▶ Jobs ─▶ Pods · Service ─▶ EndpointSlices.
 * By kind and name within a namespace, the first owner alone, as Kubernetes' controllers set it.
 */
import type { MeshObject } from "./meshObject.ts";
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
export function ownerGroup(kind: string): string {
  return GROUPS[kind] ?? "";
}

function ownerKey({ metadata }: MeshObject): string | undefined {
  const owner = metadata.ownerReferences?.[0];
  return owner && keyOf(metadata.namespace, owner.kind, owner.name);
}

function keyOf(namespace: string, kind: string, name: string): string {
  return `${namespace}/${kind}/${name}`;
}
