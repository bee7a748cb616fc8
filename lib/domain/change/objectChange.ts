/**
 * One change of one object, whole: objects of an index are trimmed, so what is written back is always what the API server
 * itself sent, changed by a person.
 */
import { groupOf, type ObjectRef } from "../mesh/meshObject.ts";

/** An object as the API server sends it, with every field it has. */
export type KubernetesObject = Readonly<Record<string, unknown>> & {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Readonly<Record<string, unknown>> & {
    readonly name: string;
    /** Absent for cluster-scoped objects. */
    readonly namespace?: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
  };
};

export type ObjectChange =
  | { readonly action: "create"; readonly object: KubernetesObject }
  /** `metadata.resourceVersion` is the version that was read and edited: any other there now is a conflict. */
  | { readonly action: "update"; readonly object: KubernetesObject }
  | { readonly action: "delete"; readonly ref: ObjectRef; readonly resourceVersion: string; readonly uid?: string };

/** Which object a change is about. */
export function refOfChange(change: ObjectChange): ObjectRef {
  if (change.action === "delete") return change.ref;
  const { apiVersion, kind, metadata } = change.object;
  return { group: groupOf(apiVersion), kind, namespace: metadata.namespace ?? "", name: metadata.name };
}

/** What the API server fills in; a new object must not bring it along. */
const SERVER_POPULATED: ReadonlySet<string> = new Set([
  "creationTimestamp",
  "deletionGracePeriodSeconds",
  "deletionTimestamp",
  "generateName",
  "generation",
  "managedFields",
  "resourceVersion",
  "selfLink",
  "uid",
]);

/** Fields of metadata that say which version of which object is meant: an update keeps them as preconditions. */
const PRECONDITIONS: ReadonlySet<string> = new Set(["resourceVersion", "uid"]);

/**
 * The object without what only the API server and controllers may say: status and the server's part of metadata. Owners,
 * finalizers, labels and annotations are the writer's. `keep: "preconditions"` leaves uid and resourceVersion.
 */
export function withoutServerFields(object: KubernetesObject, keep: "nothing" | "preconditions"): KubernetesObject {
  const { status: _status, metadata, ...rest } = object;
  const { apiVersion, kind } = object;
  const kept = Object.entries(metadata).filter(
    ([field]) => !SERVER_POPULATED.has(field) || (keep === "preconditions" && PRECONDITIONS.has(field)),
  );
  return { ...rest, apiVersion, kind, metadata: { ...Object.fromEntries(kept), name: metadata.name } };
}

/**
 * The change that takes another one back, by what was there before and what is there now. Undefined where that is not
 * known, or where a deleted object still waits for its finalizers.
 */
export function undoOf(
  change: ObjectChange,
  { before, after }: { readonly before?: KubernetesObject; readonly after?: KubernetesObject },
): ObjectChange | undefined {
  if (change.action === "delete") {
    if (before === undefined || after !== undefined) return undefined;
    return { action: "create", object: withoutServerFields(before, "nothing") };
  }
  const resourceVersion = after?.metadata.resourceVersion;
  if (after === undefined || resourceVersion === undefined) return undefined;
  if (change.action === "create") {
    const { uid } = after.metadata;
    return { action: "delete", ref: refOfChange(change), resourceVersion, ...(uid !== undefined && { uid }) };
  }
  if (before === undefined) return undefined;
  const restored = withoutServerFields(before, "preconditions");
  return { action: "update", object: { ...restored, metadata: { ...restored.metadata, resourceVersion } } };
}
