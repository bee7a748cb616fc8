import { setImmediate } from "node:timers/promises";
import type { Work } from "#lib/domain/mesh/work.ts";

/** Other requests and watches wait no longer than this, and the piece that was begun by then. */
const SLICE_MS = 10;

/** Runs work to its end, and lets everything else happen between slices of it. */
export async function inSlices<T>(work: Work<T>): Promise<T> {
  let begun = performance.now();
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return value;
    if (performance.now() - begun < SLICE_MS) continue;
    await setImmediate();
    begun = performance.now();
  }
}
