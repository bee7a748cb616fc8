/**
 * Changes of a stretch of time, from what was seen and from what objects say of themselves:
 *
 *   the log                 every change since it began, removals too
 *   creationTimestamp       when each object that is still there was created
 *   managedFields           when each field manager last changed it: its earlier changes are not known
 *
 * What was removed before the log began left no trace.
 */
import { type Change, type ChangeHistory, isConfiguration, type KNOWN_BY } from "./changeLog.ts";
import type { MeshIndex } from "./meshIndex.ts";
import { MESH_KINDS } from "./meshKinds.ts";
import { type MeshObject, type ObjectRef, refOf } from "./meshObject.ts";

export type KnownChange = Change & { readonly known: (typeof KNOWN_BY)[number] };

/** Times of metadata are whole seconds; an object is created and its fields are first managed in the same request. */
const SAME_SECONDS = 1;

/** Changes within [start, end], newest first, each once. */
export function changesBetween(
  index: Pick<MeshIndex, "list">,
  log: ChangeHistory,
  startSeconds: number,
  endSeconds: number,
): KnownChange[] {
  const seen = log.between(startSeconds, endSeconds).map((change): KnownChange => ({ ...change, known: "seen" }));
  const times = new Map<string, number[]>();
  for (const { ref, atSeconds } of log.between(startSeconds - SAME_SECONDS, endSeconds + SAME_SECONDS)) {
    const key = keyOf(ref);
    times.set(key, [...(times.get(key) ?? []), atSeconds]);
  }
  const isSeen = ({ ref, atSeconds }: Change): boolean =>
    times.get(keyOf(ref))?.some((known) => Math.abs(known - atSeconds) <= SAME_SECONDS) ?? false;
  const told: KnownChange[] = [];
  const span = { start: isoSecond(startSeconds - SAME_SECONDS), end: isoSecond(endSeconds + SAME_SECONDS) };
  for (const { group, kind } of MESH_KINDS) {
    for (const object of index.list(`${group}/${kind}`)) {
      if (!mayLieWithin(object, span)) continue;
      for (const change of toldBy(object)) {
        if (change.atSeconds < startSeconds || change.atSeconds > endSeconds || isSeen(change)) continue;
        told.push({ ...change, known: "fromMetadata" });
      }
    }
  }
  return [...seen, ...told].sort(
    (left, right) => right.atSeconds - left.atSeconds || (keyOf(left.ref) < keyOf(right.ref) ? -1 : 1),
  );
}

/** What an object says of itself: its creation, and the last change of each manager after that. */
function toldBy(object: MeshObject): Change[] {
  if (!isConfiguration(object)) return [];
  const { creationTimestamp, changes = [] } = object.metadata;
  const ref = refOf(object);
  const created = creationTimestamp === undefined ? Number.NaN : Date.parse(creationTimestamp) / 1000;
  const told: Change[] = [];
  let creator: string | undefined;
  for (const { manager, time } of changes) {
    const atSeconds = Date.parse(time) / 1000;
    if (Math.abs(atSeconds - created) <= SAME_SECONDS) creator ??= manager;
    else if (!Number.isNaN(atSeconds)) told.push({ ref, action: "changed", atSeconds, manager });
  }
  if (!Number.isNaN(created))
    told.push({ ref, action: "created", atSeconds: created, ...(creator !== undefined && { manager: creator }) });
  return told;
}

/** Times of the API server (RFC 3339, UTC) sort as text, which spares parsing those of ten thousand objects. */
function mayLieWithin({ metadata }: MeshObject, { start, end }: { start: string; end: string }): boolean {
  const lies = (time: string | undefined) => time !== undefined && time >= start && time <= end;
  return lies(metadata.creationTimestamp) || (metadata.changes?.some(({ time }) => lies(time)) ?? false);
}

function isoSecond(seconds: number): string {
  const latest = 253_402_300_799; // the end of the year 9999
  return new Date(Math.min(latest, Math.max(0, Math.ceil(seconds))) * 1000).toISOString().replace(".000Z", "Z");
}

function keyOf({ group, kind, namespace, name }: ObjectRef): string {
  return `${group}/${kind}/${namespace}/${name}`;
}
