/** Each cluster by itself: one that fails says so without a word about the others. */
import type { ClustersDocument } from "#lib/api/clusters.ts";
import { type Sight, seesKind } from "#lib/domain/access/sight.ts";
import { viewOfIndex } from "#lib/domain/access/viewOfIndex.ts";
import { type KindKey, kindKey } from "#lib/domain/mesh/meshIndex.ts";
import type { ClusterSnapshot, KindStatus } from "#lib/ports.ts";
import { generalStatus } from "./access/generalWords.ts";
import type { Viewer } from "./access/viewer.ts";
import type { Runtime } from "./running.ts";
import { searchWarnings } from "./searchWarnings.ts";
import { seenCertificates } from "./seenCertificates.ts";

/** Rejects with ProblemError 401 as sightOf does. */
export async function loadClusters(
  { clusters, clusterSearch, access, clock }: Pick<Runtime, "clusters" | "clusterSearch" | "access" | "clock">,
  viewer: Viewer,
  signal: AbortSignal,
): Promise<ClustersDocument> {
  const sight = await access.sightOf(viewer, signal);
  const seen = clusters.filter(({ cluster }) => sight.clusters === "everything" || sight.clusters.has(cluster));
  const now = clock.nowSeconds();
  return {
    warnings: searchWarnings(clusterSearch, sight),
    clusters: seen.map((source) => describe(source.snapshot(), sight, now)),
  };
}

function describe(snapshot: ClusterSnapshot, sight: Sight, nowSeconds: number): ClustersDocument["clusters"][number] {
  const { cluster, status, version, index } = snapshot;
  const view = viewOfIndex(index, cluster, sight);
  const kinds = snapshot.kinds.filter(({ state }) => state !== "absent");
  return {
    cluster,
    status: sight.clusters === "everything" ? status : generalStatus("kubernetes", status),
    version,
    namespaces: view.count("/Namespace"),
    kinds: kinds
      .filter((kind) => listsSomewhere(sight, cluster, kindKey(kind)))
      .map((kind) => ({ ...stateOf(kind, sight), objects: view.count(kindKey(kind)) })),
    ...(snapshot.certificates && { certificates: seenCertificates(snapshot.certificates, cluster, sight, nowSeconds) }),
  };
}

/** Why a kind cannot be read names namespaces: that is for who sees all of them. */
function stateOf({ message, ...state }: KindStatus, sight: Sight): KindStatus {
  return message !== undefined && sight.clusters === "everything" ? { ...state, message } : state;
}

function listsSomewhere(sight: Sight, cluster: string, kind: KindKey): boolean {
  if (sight.clusters === "everything") return true;
  const seen = sight.clusters.get(cluster);
  if (seen === undefined) return false;
  if (seen.kinds.has(kind)) return true;
  return [...seen.namespaces.keys()].some((namespace) => seesKind(sight, cluster, kind, namespace));
}
