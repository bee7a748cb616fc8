/** One object whole, as it is now, and what the viewer may do with it. */
import type { ObjectAnswer } from "#lib/api/objects.ts";
import type { MeshKind } from "#lib/domain/mesh/meshKinds.ts";
import type { ObjectRef } from "#lib/domain/mesh/meshObject.ts";
import type { ClusterSource } from "#lib/ports.ts";
import type { Viewer } from "../access/viewer.ts";
import { ProblemError } from "../problemError.ts";
import type { WriteParts } from "./changeObject.ts";
import { requireVisible, requireWritableKind } from "./place.ts";
import { permissionIn, toldPermission } from "./writePolicy.ts";
import { writeProblem } from "./writeProblem.ts";

/** Reads with the viewer's own credentials. Rejects with ProblemError 403 or 404, and with SourceError. */
export async function loadObject(
  running: WriteParts,
  viewer: Viewer,
  { cluster, ...ref }: ObjectRef & { readonly cluster: string },
  signal: AbortSignal,
): Promise<ObjectAnswer> {
  const kind = requireWritableKind(ref);
  const source = await requireVisible(running, viewer, cluster, ref.namespace, kind, signal);
  const { writer } = source;
  const writes = permissionIn(running, viewer, writer);
  const as = viewer.credentials;
  try {
    const object = await writer?.read(ref, as, signal);
    if (object === undefined) {
      throw new ProblemError(404, "It is not there", {
        detail: `There is no ${ref.kind} ${ref.namespace}/${ref.name} in ${cluster}.`,
        extra: { reason: "missing" },
      });
    }
    const isOn = writes.state === "enabled";
    const may = (verb: "delete" | "update") => (isOn ? mayDo(source, viewer, verb, kind, ref, signal) : false);
    const [update, remove] = await Promise.all([may("update"), may("delete")]);
    return { object, permissions: { update, delete: remove }, writes: toldPermission(writes) };
  } catch (error) {
    throw writeProblem(error, "checking", undefined, as);
  }
}

/** Asks Kubernetes about one object; where there is nobody to ask, everything may be done. */
async function mayDo(
  { access }: ClusterSource,
  { credentials }: Viewer,
  verb: "delete" | "update",
  { group, plural: resource }: MeshKind,
  { namespace, name }: ObjectRef,
  signal: AbortSignal,
): Promise<boolean> {
  return (await access?.may(credentials, { verb, group, resource, namespace, name }, signal)) ?? true;
}
