/** What may be written here: configuration of the mesh within a namespace, and nothing that runs, grants or hides. */
import { MESH_KINDS, type MeshKind } from "./meshKinds.ts";

const GROUPS = /^(?:networking|security|telemetry|extensions)\.istio\.io$|^gateway\.networking\.k8s\.io$/;

/** Kinds of Istio and of the Gateway API; a GatewayClass is the whole cluster's, and left to its installer. */
export const WRITABLE_KINDS: readonly MeshKind[] = MESH_KINDS.filter(
  ({ group, namespaced }) => namespaced && GROUPS.test(group),
);

/** The kind, where its objects may be written. */
export function writableKind(wanted: { readonly group: string; readonly kind: string }): MeshKind | undefined {
  return WRITABLE_KINDS.find(({ group, kind }) => group === wanted.group && kind === wanted.kind);
}
