/**
 * Where marks of changes stand on the time strip. Changes closer than `gap` (a share of the strip) share a mark:
 *
 *   ──■───────────3────■──▶      one change, three within a moment, one change
 */
import type { ConfigurationChange } from "#lib/api/changes.ts";

export type ChangeMark = {
  /** 0 at the left end of the strip, 1 at the right. */
  readonly share: number;
  readonly startSeconds: number;
  readonly endSeconds: number;
  /** Oldest first. */
  readonly changes: readonly ConfigurationChange[];
};

/** Marks from left to right, at least `gap` apart. Changes outside of the range have none. */
export function groupChanges(
  changes: readonly ConfigurationChange[],
  range: { readonly startSeconds: number; readonly endSeconds: number },
  gap: number,
): ChangeMark[] {
  const { startSeconds, endSeconds } = range;
  const span = endSeconds - startSeconds;
  const groups: ConfigurationChange[][] = [];
  const within = changes.filter(({ at }) => at >= startSeconds && at <= endSeconds);
  for (const change of within.sort((left, right) => left.at - right.at)) {
    const group = groups.at(-1);
    const first = group?.[0];
    if (group === undefined || first === undefined || change.at - first.at >= gap * span) groups.push([change]);
    else group.push(change);
  }
  return groups.map((group) => {
    const first = group[0]?.at ?? startSeconds;
    const last = group.at(-1)?.at ?? first;
    return { share: (first - startSeconds) / span, startSeconds: first, endSeconds: last, changes: group };
  });
}
