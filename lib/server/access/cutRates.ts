/** One cut for each table and right, shared by all who have that right. */
import { type CutEdges, cutEdgeTable } from "#lib/domain/access/cutEdgeTable.ts";
import { seesIn } from "#lib/domain/access/sees.ts";
import type { Sight } from "#lib/domain/access/sight.ts";
import type { EdgeTable } from "#lib/domain/telemetry/edgeTable.ts";
import { RecentMap } from "../recentMap.ts";

/** Different rights that look at one reading; a cut of 3,000 edges has some hundred kilobytes (bench/cut.ts). */
const KEPT_CUTS = 32;

const cuts = new WeakMap<EdgeTable, RecentMap<string, CutEdges>>();

/** `clusters` are all that are read. */
export function cutRates(table: EdgeTable, sight: Sight, clusters: readonly string[]): CutEdges {
  let kept = cuts.get(table);
  if (kept === undefined) cuts.set(table, (kept = new RecentMap(KEPT_CUTS)));
  const key = JSON.stringify([sight.key, clusters]);
  let cut = kept.get(key);
  if (cut === undefined) kept.set(key, (cut = cutEdgeTable(table, seesIn(sight, clusters))));
  return cut;
}
