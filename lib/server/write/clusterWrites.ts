/** Of each cluster, whether the viewer may try to write to it. */
import type { ClustersDocument } from "#lib/api/clusters.ts";
import type { Viewer } from "../access/viewer.ts";
import type { Runtime } from "../running.ts";
import { permissionIn, toldPermission } from "./writePolicy.ts";

/** The document with `writes` beside each cluster; what Kubernetes allows in a namespace is another question. */
export function withWrites(
  running: Pick<Runtime, "clusters" | "settings" | "writing">,
  viewer: Viewer,
  { clusters, ...document }: ClustersDocument,
): ClustersDocument {
  return {
    ...document,
    clusters: clusters.map((facts) => {
      const writer = running.clusters.find(({ cluster }) => cluster === facts.cluster)?.writer;
      return { ...facts, writes: toldPermission(permissionIn(running, viewer, writer)) };
    }),
  };
}
