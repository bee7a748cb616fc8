/** A cluster that is named but cannot be read as it is named: it stands in the list with the reason. */
import { ChangeLog } from "#lib/domain/mesh/changeLog.ts";
import { MeshIndex } from "#lib/domain/mesh/meshIndex.ts";
import { type ClusterSource, SourceError, type SourceStatus } from "#lib/ports.ts";

export function unusableCluster(details: {
  readonly cluster: string;
  readonly message: string;
  readonly hint: string;
  readonly sinceSeconds: number;
}): ClusterSource {
  const { cluster, message, hint, sinceSeconds } = details;
  const status: SourceStatus = { state: "failing", sinceSeconds, kind: "rejected", message, hint };
  const index = new MeshIndex();
  // Nobody can be asked, and that must not mean that everything may be seen.
  const ask = () => Promise.reject(new SourceError({ source: "kubernetes", kind: "rejected", message, hint }));
  const changes = new ChangeLog(sinceSeconds);
  return {
    cluster,
    start() {},
    snapshot: () => ({ cluster, version: 0, index, changes, status, kinds: [] }),
    onChange: () => () => {},
    access: { identify: ask, may: ask, rules: ask },
    async close() {},
  };
}
