/** The sight that answers make, and its key: equal for equal rights, whoever has them. */
import { createHash } from "node:crypto";
import type { ClusterSight, Sight } from "#lib/domain/access/sight.ts";
import { type KindKey, kindKey } from "#lib/domain/mesh/meshIndex.ts";
import { MESH_KINDS } from "#lib/domain/mesh/meshKinds.ts";
import { RecentMap } from "../recentMap.ts";
import type { Rights } from "./rights.ts";

const KINDS: readonly KindKey[] = MESH_KINDS.map(kindKey);
const EVERY_KIND: ReadonlySet<KindKey> = new Set(KINDS);

/** Of a cluster where nobody can be asked. */
export const WHOLE_CLUSTER: ClusterSight = { everyNamespace: true, kinds: EVERY_KIND, namespaces: new Map() };

/** What may be seen of a cluster. */
export function sightOfRights({ everyNamespace, kinds, namespaces }: Rights): ClusterSight {
  const seen = [...namespaces].filter((entry): entry is [string, ReadonlySet<KindKey>] => entry[1] !== undefined);
  return { everyNamespace, kinds, namespaces: new Map(seen) };
}

/** Far more than any cluster has different roles. */
const KEPT_SETS = 1_000;
const sets = new RecentMap<string, ReadonlySet<KindKey>>(KEPT_SETS);

/** The same set for the same kinds: of thousands of namespaces and hundreds of viewers it is always the same few. */
export function sharedKinds(kinds: Iterable<KindKey>): ReadonlySet<KindKey> {
  const set = new Set(kinds);
  const text = marksOf(set);
  const shared = sets.get(text) ?? set;
  sets.set(text, shared);
  return shared;
}

/** The whole sight. `warnings` are no part of the key. */
export function assembleSight(clusters: ReadonlyMap<string, ClusterSight>, warnings: Sight["warnings"] = []): Sight {
  const content = [...clusters.entries()].sort(byName).map(([cluster, { everyNamespace, kinds, namespaces }]) => {
    const places = [...namespaces.entries()].sort(byName).map(([name, listable]) => [name, marksOf(listable)]);
    return [cluster, everyNamespace, marksOf(kinds), places];
  });
  const key = createHash("sha256").update(JSON.stringify(content)).digest("base64url");
  return { key, clusters, ...(warnings.length > 0 && { warnings }) };
}

const marks = new WeakMap<ReadonlySet<KindKey>, string>();

/** One bit a kind, in the order of MESH_KINDS. */
function marksOf(kinds: ReadonlySet<KindKey>): string {
  let text = marks.get(kinds);
  if (text === undefined) marks.set(kinds, (text = KINDS.map((kind) => (kinds.has(kind) ? "1" : "0")).join("")));
  return text;
}

function byName([left]: readonly [string, unknown], [right]: readonly [string, unknown]): number {
  return left < right ? -1 : 1;
}
