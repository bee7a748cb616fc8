/** What changed in the configuration that the viewer may see. */
import type { ChangesDocument, ConfigurationChange } from "#lib/api/changes.ts";
import { type Sight, seesKind, seesNamespace } from "#lib/domain/access/sight.ts";
import { changesBetween } from "#lib/domain/mesh/changesBetween.ts";
import { kindKey, type MeshIndex } from "#lib/domain/mesh/meshIndex.ts";
import type { ObjectRef } from "#lib/domain/mesh/meshObject.ts";
import type { Viewer } from "./access/viewer.ts";
import type { Runtime } from "./running.ts";

const DEFAULT_SPAN_SECONDS = 3600;

export type ChangesQuery = {
  /** An hour before the end where absent. */
  readonly startSeconds?: number | undefined;
  /** Now where absent. */
  readonly endSeconds?: number | undefined;
  /** Empty: every namespace, and objects outside all of them. */
  readonly namespaces: readonly string[];
  readonly limit: number;
};

/** Newest first, of every cluster that the viewer sees. Rejects with ProblemError 401 as sightOf does. */
export async function loadChanges(
  { clusters, access, clock }: Pick<Runtime, "clusters" | "access" | "clock">,
  viewer: Viewer,
  query: ChangesQuery,
  signal: AbortSignal,
): Promise<ChangesDocument> {
  const sight = await access.sightOf(viewer, signal);
  const end = query.endSeconds ?? clock.nowSeconds();
  const start = query.startSeconds ?? end - DEFAULT_SPAN_SECONDS;
  const wanted = new Set(query.namespaces);
  const found: ConfigurationChange[] = [];
  const begins: number[] = [];
  for (const source of clusters) {
    const { cluster, index, changes } = source.snapshot();
    if (sight.clusters !== "everything" && !sight.clusters.has(cluster)) continue;
    begins.push(changes.sinceSeconds);
    const isOfBefore = sight.clusters === "everything" ? () => false : beforeNamespace(index);
    for (const { ref, atSeconds, ...change } of changesBetween(index, changes, start, end)) {
      if (!seesRef(sight, cluster, ref) || (wanted.size > 0 && !wanted.has(homeOf(ref)))) continue;
      if (isOfBefore(homeOf(ref), atSeconds)) continue;
      found.push({ cluster, ...ref, ...change, at: atSeconds });
    }
  }
  found.sort((left, right) => right.at - left.at);
  return {
    start,
    end,
    ...(begins.length > 0 && { since: Math.max(...begins) }),
    truncated: found.length > query.limit,
    changes: found.slice(0, query.limit),
  };
}

/** Who may see a namespace that was deleted and made anew has no right to what was in the one before: it was others'. */
function beforeNamespace(index: Pick<MeshIndex, "get">): (namespace: string, atSeconds: number) => boolean {
  const begins = new Map<string, number>();
  return (namespace, atSeconds) => {
    let begin = begins.get(namespace);
    if (begin === undefined) {
      const { metadata } = index.get({ group: "", kind: "Namespace", namespace: "", name: namespace }) ?? {};
      begin = Date.parse(metadata?.creationTimestamp ?? "") / 1000;
      begins.set(namespace, begin);
    }
    // A namespace whose age is not known (NaN) hides nothing.
    return atSeconds < begin;
  };
}

/** The namespace an object belongs to; a Namespace belongs to itself. */
function homeOf(ref: ObjectRef): string {
  return isNamespace(ref) ? ref.name : ref.namespace;
}

function isNamespace({ group, kind }: ObjectRef): boolean {
  return group === "" && kind === "Namespace";
}

function seesRef(sight: Sight, cluster: string, ref: ObjectRef): boolean {
  return isNamespace(ref)
    ? seesNamespace(sight, cluster, ref.name)
    : seesKind(sight, cluster, kindKey(ref), ref.namespace);
}
