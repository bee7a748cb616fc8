import { type Focus, HOPS } from "#lib/domain/graph/select/narrow.ts";

/** One hop around a node, then two, three, and then no focus. */
export function nextFocus(focus: Focus | undefined, id: string): Focus | undefined {
  if (focus?.kind !== "around" || focus.id !== id) return { kind: "around", id, hops: 1, direction: "both" };
  return focus.hops >= HOPS.length ? undefined : { ...focus, hops: focus.hops + 1 };
}
