/** One cut for each table and right, shared by all who have that right. */
import { type CutEdges, cutEdgeTable } from "#lib/domain/access/cutEdgeTable.ts";
import { seesIn } from "#lib/domain/access/sees.ts";
import type { Sight } from "#lib/domain/access/sight.ts";
import type { EdgeTable } from "#lib/domain/telemetry/edgeTable.ts";
import { numberOf } from "../numberOf.ts";
import { RecentMap } from "../recentMap.ts";

/** Of all tables together: half a megabyte each for 1,000 services, two for 5,000 (bench/cut.ts). */
const KEPT_CUTS = 64;

const cuts = new RecentMap<string, CutEdges>(KEPT_CUTS);

/** `clusters` are all that are read. */
export function cutRates(table: EdgeTable, sight: Sight, clusters: readonly string[]): CutEdges {
  if (sight.clusters === "everything") return { table, rowOf: (edge) => edge, withheld: false };
  const key = JSON.stringify([numberOf(table), sight.key, clusters]);
  let cut = cuts.get(key);
  if (cut === undefined) cuts.set(key, (cut = cutEdgeTable(table, seesIn(sight, clusters))));
  return cut;
}
