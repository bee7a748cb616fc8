/** Workloads as Istio names them: what makes pods, with the pods it made. */
import { type PodShape, readTemplate } from "./dataPlaneMode.ts";
import { getOrAdd } from "./getOrAdd.ts";
import type { MeshView } from "./meshIndex.ts";
import type { MeshObject } from "./meshObject.ts";
import { finite, shape, shapes } from "./shape.ts";
import { mapInPieces, type Work } from "./work.ts";

export type Workload = {
  readonly namespace: string;
  readonly name: string;
  readonly kind: string;
  /** Absent where only pods are known: bare pods, and owners of kinds we do not read. */
  readonly template?: PodShape;
  /** Pods that run or are about to; finished ones are left out. */
  readonly pods: readonly MeshObject[];
  readonly desiredReplicas: number;
  readonly availableReplicas: number;
  /** Pods there are, ready or not; absent where the controller does not say. */
  readonly currentReplicas?: number;
  /** Of the controller, or of a bare pod. */
  readonly annotations: Readonly<Record<string, string>>;
};

type Owner = { readonly kind: string; readonly name: string };
type Replicas = { readonly desired: number; readonly available: number; readonly current?: number | undefined };

const CONTROLLERS = [
  "apps/Deployment",
  "apps/StatefulSet",
  "apps/DaemonSet",
  "argoproj.io/Rollout",
  "batch/CronJob",
  "batch/Job",
] as const;

/** Every workload of the cluster, controllers first, then what is known by its pods alone. */
export function* collectWorkloads(index: MeshView): Work<Workload[]> {
  const groups = yield* groupPods(index);
  const workloads: Workload[] = [];
  const add = (namespace: string, owner: Owner, object: MeshObject | undefined): void => {
    const named = groups.get(namespace)?.get(owner.kind);
    const pods = named?.get(owner.name) ?? [];
    // Claimed: what is left in the end has no controller that we read.
    named?.delete(owner.name);
    const template = object && templateOf(object, index);
    const { desired, available, current } = (object && declaredReplicas(object, index)) ?? countPods(pods);
    workloads.push({
      namespace,
      ...owner,
      ...(template && { template }),
      pods,
      desiredReplicas: desired,
      availableReplicas: available,
      ...(current !== undefined && { currentReplicas: current }),
      annotations: (object ?? pods[0])?.metadata.annotations ?? {},
    });
  };
  const templates = rolloutTemplates(index);
  for (const kind of [...CONTROLLERS, "apps/ReplicaSet"] as const) {
    for (const object of index.list(kind)) {
      const owned = object.metadata.ownerReferences !== undefined;
      if (owned && (kind === "apps/ReplicaSet" || kind === "batch/Job")) continue;
      if (templates.has(object) && shape(object.spec)["replicas"] === 0) continue;
      add(object.metadata.namespace, { kind: object.kind, name: object.metadata.name }, object);
    }
    yield;
  }
  for (const [namespace, kinds] of groups) {
    for (const [kind, names] of kinds) {
      for (const name of [...names.keys()]) add(namespace, { kind, name }, undefined);
    }
    yield;
  }
  return workloads;
}

/** namespace → kind → name of the workload → its pods. Finished pods are left out. */
type PodGroups = Map<string, Map<string, Map<string, MeshObject[]>>>;

function* groupPods(index: MeshView): Work<PodGroups> {
  const groups: PodGroups = new Map();
  yield* mapInPieces(index.list("/Pod"), (pod) => {
    const phase = shape(pod.status)["phase"];
    if (phase === "Succeeded" || phase === "Failed") return;
    const { kind, name } = workloadOf(pod, index);
    const kinds = getOrAdd(groups, pod.metadata.namespace, () => new Map<string, Map<string, MeshObject[]>>());
    const names = getOrAdd(kinds, kind, () => new Map<string, MeshObject[]>());
    getOrAdd(names, name, () => []).push(pod);
  });
  return groups;
}

/**
 * The workload a pod belongs to:  Pod ─▶ ReplicaSet ─▶ Deployment (or Rollout…) · Pod ─▶ Job ─▶ CronJob · Pod ─▶ StatefulSet.
 * Where the link in between may not be read it is guessed from the name, as Istio does (pkg/kube/controllers GetDeployMetaFromPod).
 */
function workloadOf(pod: MeshObject, index: MeshView): Owner {
  const { namespace, name, labels, ownerReferences } = pod.metadata;
  const owner = ownerReferences?.[0];
  // Static pods are owned by their Node.
  if (owner === undefined || owner.kind === "Node") return { kind: "Pod", name };
  if (owner.kind === "ReplicaSet") {
    const replicaSet = index.get({ group: "apps", kind: "ReplicaSet", namespace, name: owner.name });
    if (replicaSet !== undefined) return replicaSet.metadata.ownerReferences?.[0] ?? owner;
    return (
      makerOf(owner, "Deployment", labels["pod-template-hash"]) ??
      makerOf(owner, "Rollout", labels["rollouts-pod-template-hash"]) ??
      owner
    );
  }
  if (owner.kind === "Job") {
    const job = index.get({ group: "batch", kind: "Job", namespace, name: owner.name });
    if (job !== undefined) return job.metadata.ownerReferences?.[0] ?? owner;
    const schedule = /^(.+)-\d{8,10}$/.exec(owner.name)?.[1];
    return schedule === undefined ? owner : { kind: "CronJob", name: schedule };
  }
  return owner;
}

/** What made a ReplicaSet that ends in the hash of its template. */
function makerOf({ name }: Owner, kind: string, hash: string | undefined): Owner | undefined {
  const suffix = `-${hash ?? ""}`;
  return suffix !== "-" && name.endsWith(suffix) ? { kind, name: name.slice(0, -suffix.length) } : undefined;
}

/**
 * The Deployment whose template a Rollout uses in place of its own; once scaled to nothing it is no workload of its own.
 * @see https://argo-rollouts.readthedocs.io/en/stable/migrating/#reference-deployment-from-rollout
 */
function referenceOf(rollout: MeshObject, index: MeshView): MeshObject | undefined {
  const { kind, name } = shape(shape(rollout.spec)["workloadRef"]);
  const { namespace } = rollout.metadata;
  return kind === "Deployment" ? index.get({ group: "apps", kind, namespace, name: String(name) }) : undefined;
}

function rolloutTemplates(index: MeshView): ReadonlySet<MeshObject> {
  return new Set(index.list("argoproj.io/Rollout").flatMap((rollout) => referenceOf(rollout, index) ?? []));
}

function templateOf(object: MeshObject, index: MeshView): PodShape {
  const spec = shape((object.kind === "Rollout" ? (referenceOf(object, index) ?? object) : object).spec);
  const jobSpec = shape(shape(spec["jobTemplate"])["spec"]);
  return readTemplate(object.kind === "CronJob" ? jobSpec["template"] : spec["template"]);
}

/** Replicas as the controller counts them; undefined when it has not said. Jobs want what is running now. */
function declaredReplicas(object: MeshObject, index: MeshView): Replicas | undefined {
  const spec = shape(object.spec);
  const status = shape(object.status);
  switch (object.kind) {
    case "DaemonSet":
      return object.status === undefined
        ? undefined
        : {
            desired: finite(status["desiredNumberScheduled"]) ?? 0,
            available: finite(status["numberAvailable"]) ?? 0,
            current: finite(status["currentNumberScheduled"]),
          };
    case "Job":
      return runningJob(object);
    case "CronJob":
      return shapes(status["active"])
        .map(({ name }) =>
          index.get({ group: "batch", kind: "Job", namespace: object.metadata.namespace, name: String(name) }),
        )
        .map((job) => (job === undefined ? { desired: 0, available: 0 } : runningJob(job)))
        .reduce((sum, job) => ({ desired: sum.desired + job.desired, available: sum.available + job.available }), {
          desired: 0,
          available: 0,
        });
    default:
      return {
        desired: finite(spec["replicas"]) ?? 1,
        available: finite(status["availableReplicas"]) ?? 0,
        current: finite(status["replicas"]),
      };
  }
}

function runningJob(job: MeshObject): Replicas {
  const status = shape(job.status);
  const desired = finite(status["active"]) ?? 0;
  return { desired, available: finite(status["ready"]) ?? desired };
}

function countPods(pods: readonly MeshObject[]): Replicas {
  const ready = pods.filter((pod) =>
    shapes(shape(pod.status)["conditions"]).some(({ type, status }) => type === "Ready" && status === "True"),
  );
  return { desired: pods.length, available: ready.length };
}
