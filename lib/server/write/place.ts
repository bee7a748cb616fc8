/** The cluster and kind that a request names, for a viewer who sees them. */
import { seesKind, seesNamespace } from "#lib/domain/access/sight.ts";
import { kindKey } from "#lib/domain/mesh/meshIndex.ts";
import type { MeshKind } from "#lib/domain/mesh/meshKinds.ts";
import type { ObjectRef } from "#lib/domain/mesh/meshObject.ts";
import { writableKind } from "#lib/domain/mesh/writableKinds.ts";
import type { ClusterSource } from "#lib/ports.ts";
import type { Viewer } from "../access/viewer.ts";
import { ProblemError } from "../problemError.ts";
import type { Runtime } from "../running.ts";

/** The kind, where its objects may be read whole and written here. Throws ProblemError 403. */
export function requireWritableKind(ref: Pick<ObjectRef, "group" | "kind">): MeshKind {
  const kind = writableKind(ref);
  if (kind !== undefined) return kind;
  throw new ProblemError(403, "Not a kind that is written here", {
    detail: `${ref.kind}${ref.group === "" ? "" : `.${ref.group}`} is neither of Istio nor of the Gateway API.`,
    hint: "Use kubectl for other kinds.",
    extra: { reason: "kind" },
  });
}

/**
 * The cluster by its name. Throws ProblemError 403 where the viewer does not see the namespace, whether or not it exists,
 * and 404 where they do and there is no such cluster.
 */
export async function requireVisible(
  { access, clusters }: Pick<Runtime, "access" | "clusters">,
  viewer: Viewer,
  cluster: string,
  namespace: string,
  kind: MeshKind | undefined,
  signal: AbortSignal,
): Promise<ClusterSource> {
  const sight = await access.sightOf(viewer, signal);
  // With credentials of their own Kubernetes decides about the kind, and nobody has to guess.
  const isOurs = viewer.credentials.kind === "process" && kind !== undefined;
  const isVisible = isOurs
    ? seesKind(sight, cluster, kindKey(kind), namespace)
    : seesNamespace(sight, cluster, namespace);
  if (!isVisible) {
    throw new ProblemError(403, "Not visible to you", {
      detail: `You do not see the namespace ${namespace} of ${cluster}, or there is none.`,
      hint: "It takes the right to get the namespace.",
      extra: { reason: "not-visible" },
    });
  }
  const source = clusters.find((candidate) => candidate.cluster === cluster);
  if (source !== undefined) return source;
  throw new ProblemError(404, "No such cluster", {
    detail: `There is no cluster ${JSON.stringify(cluster)}.`,
    extra: { reason: "no-cluster" },
  });
}
