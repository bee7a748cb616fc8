/** Whether a namespace may be shown, also of clusters that telemetry names otherwise than we do. */
import { type Sight, seesNamespace } from "./sight.ts";

/** Of what is in no namespace at all (""): whether it may be shown by itself, with nothing visible at its other end. */
export type Sees = (cluster: string, namespace: string) => boolean;

/**
 * The question as rows of telemetry ask it. `clusters` are all that are read. A row whose cluster is none of them, or that
 * names none, may come from any: its namespace is seen only where it is seen in every cluster.
 */
export function seesIn(sight: Sight, clusters: readonly string[]): Sees {
  if (sight.clusters === "everything") return () => true;
  const known = new Set(clusters);
  return (cluster, namespace) =>
    known.has(cluster)
      ? seesNamespace(sight, cluster, namespace)
      : clusters.length > 0 && clusters.every((each) => seesNamespace(sight, each, namespace));
}
