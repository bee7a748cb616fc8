/** What somebody may see, said by cluster and namespace: `sightOf({ primary: { shop: "all", pay: ["/Pod"] } })`. */
import type { ClusterSight, Sight } from "#lib/domain/access/sight.ts";
import type { KindKey } from "#lib/domain/mesh/meshIndex.ts";
import { MESH_KINDS } from "#lib/domain/mesh/meshKinds.ts";

type Kinds = "all" | readonly KindKey[];

const ALL_KINDS: ReadonlySet<KindKey> = new Set(MESH_KINDS.map(({ group, kind }): KindKey => `${group}/${kind}`));

/** "*" as a namespace: all of them, with those kinds everywhere. */
export function sightOf(clusters: Readonly<Record<string, Readonly<Record<string, Kinds>>>>): Sight {
  return {
    key: JSON.stringify(clusters),
    clusters: new Map(Object.entries(clusters).map(([cluster, namespaces]) => [cluster, clusterSight(namespaces)])),
  };
}

function clusterSight({ "*": everywhere, ...namespaces }: Readonly<Record<string, Kinds>>): ClusterSight {
  return {
    everyNamespace: everywhere !== undefined,
    kinds: everywhere === undefined ? new Set() : kindsOf(everywhere),
    namespaces: new Map(Object.entries(namespaces).map(([name, kinds]) => [name, kindsOf(kinds)])),
  };
}

function kindsOf(kinds: Kinds): ReadonlySet<KindKey> {
  return kinds === "all" ? ALL_KINDS : new Set(kinds);
}
