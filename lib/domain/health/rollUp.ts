/**
 * From members to what holds them. An edge is judged by its own responses and a node by the sums over its edges
 * (steps/judgeEdges.ts, steps/judgeNodes.ts); from there on a whole is as bad as its worst member:
 *
 *   cart-v1 healthy ─┐
 *   cart-v2 failing ─┴▶ app cart failing ─▶ namespace shop failing ─▶ cluster failing ─▶ mesh failing
 */
import { type Health, worseHealth } from "./health.ts";

export type RollUp = {
  /** Of the worst member; "unknown" when nothing is known of any. */
  readonly health: Health;
  readonly counts: Readonly<Record<Health, number>>;
};

type Member = { readonly health: Health };

/** Worst health and number of members by health. */
export function rollUp(members: Iterable<Member>): RollUp {
  const counts = { unknown: 0, healthy: 0, notReady: 0, degraded: 0, failing: 0 };
  let health: Health = "unknown";
  for (const member of members) {
    counts[member.health] += 1;
    health = worseHealth(health, member.health);
  }
  return { health, counts };
}

/** One roll-up for each group; `groupOf` answers undefined for members of none. */
export function rollUpBy<Of extends Member>(
  members: Iterable<Of>,
  groupOf: (member: Of) => string | undefined,
): ReadonlyMap<string, RollUp> {
  const groups = new Map<string, Of[]>();
  for (const member of members) {
    const group = groupOf(member);
    if (group === undefined) continue;
    const known = groups.get(group);
    if (known === undefined) groups.set(group, [member]);
    else known.push(member);
  }
  return new Map(Array.from(groups, ([group, own]) => [group, rollUp(own)]));
}

/** Members that need somebody: degraded or failing. */
export function unhealthyCount({ counts }: RollUp): number {
  return counts.degraded + counts.failing;
}
