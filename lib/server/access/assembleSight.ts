/** The sight that answers make, and its key: equal for equal rights, whoever has them. Pure. */
import { createHash } from "node:crypto";
import type { ClusterSight, Sight } from "#lib/domain/access/sight.ts";
import { type KindKey, kindKey } from "#lib/domain/mesh/meshIndex.ts";
import { MESH_KINDS } from "#lib/domain/mesh/meshKinds.ts";
import type { Rights } from "./askRights.ts";

const KINDS: readonly KindKey[] = MESH_KINDS.map(kindKey);
const EVERY_KIND: ReadonlySet<KindKey> = new Set(KINDS);

/** Of a cluster where nobody can be asked. */
export const WHOLE_CLUSTER: ClusterSight = { everyNamespace: true, kinds: EVERY_KIND, namespaces: new Map() };

/** Namespaces in which the same may be listed share one set: with thousands of them it is always the same few. */
export function sightOfRights({ everyNamespace, kinds, namespaces }: Rights): ClusterSight {
  const sets = new Map<string, ReadonlySet<KindKey>>();
  const seen = new Map<string, ReadonlySet<KindKey>>();
  for (const [namespace, listable] of namespaces) {
    if (listable === undefined) continue;
    const marks = marksOf(listable);
    const set = sets.get(marks) ?? listable;
    sets.set(marks, set);
    seen.set(namespace, set);
  }
  return { everyNamespace, kinds, namespaces: seen };
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
