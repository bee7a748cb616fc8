/**
 * What changed lately in one cluster: configuration and what makes pods. What follows from these by itself is left out,
 * so that it does not fill the ring: pods, slices, ReplicaSets, nodes, Jobs of a CronJob, every change of a status.
 *
 *   ──●────●─●───────────────●──▶     a ring of the newest changes
 *     ▲ sinceSeconds: from here on it holds every change
 */
import { type KindKey, kindKeyOf } from "./meshIndex.ts";
import { type MeshObject, type ObjectRef, refOf } from "./meshObject.ts";
import { sameContent } from "./sameContent.ts";

export const CHANGE_ACTIONS = ["created", "changed", "removed"] as const;
/** By watching, or by what the object's metadata says. */
export const KNOWN_BY = ["seen", "fromMetadata"] as const;

export type Change = {
  readonly ref: ObjectRef;
  readonly action: (typeof CHANGE_ACTIONS)[number];
  /** Unix seconds: the API server's time of it where known, else when we heard of it. */
  readonly atSeconds: number;
  /** The field manager ("kubectl-client-side-apply"); who removes an object is not told. */
  readonly manager?: string;
};

/** The log as readers take it. */
export type ChangeHistory = Pick<ChangeLog, "sinceSeconds" | "between">;

const DERIVED: ReadonlySet<KindKey> = new Set([
  "/Pod",
  "/Node",
  "discovery.k8s.io/EndpointSlice",
  "apps/ReplicaSet",
  "batch/Job",
]);

/** Whether changes of an object are somebody's, rather than a controller's that follows from another's. */
export function isConfiguration(object: MeshObject): boolean {
  return !DERIVED.has(kindKeyOf(object)) || (object.kind === "Job" && object.metadata.ownerReferences === undefined);
}

export class ChangeLog {
  readonly #capacity: number;
  /** In the order we heard of them, oldest first from `#first` on. */
  readonly #ring: Change[] = [];
  #first = 0;
  #sinceSeconds: number;

  /** `sinceSeconds`: when it begins to be told of changes. */
  constructor(sinceSeconds: number, capacity = 5000) {
    this.#sinceSeconds = sinceSeconds;
    this.#capacity = capacity;
  }

  /** From when on every change is here. */
  get sinceSeconds(): number {
    return this.#sinceSeconds;
  }

  /** More was listed, of which nothing was heard before. */
  beginAt(seconds: number): void {
    this.#sinceSeconds = Math.max(this.#sinceSeconds, seconds);
  }

  /** Takes in what an index says of a change; undefined stands for no object. */
  observe(before: MeshObject | undefined, after: MeshObject | undefined, nowSeconds: number): void {
    const object = after ?? before;
    if (object === undefined || !isConfiguration(object)) return;
    if (before !== undefined && after !== undefined && sameContent(before, after)) return;
    const ref = refOf(object);
    if (after === undefined) return this.#add({ ref, action: "removed", atSeconds: nowSeconds });
    const last = newestChange(before, after);
    this.#add({
      ref,
      action: before === undefined ? "created" : "changed",
      atSeconds: last?.atSeconds ?? nowSeconds,
      ...(last !== undefined && { manager: last.manager }),
    });
  }

  /** Changes within [start, end], in no particular order. */
  between(startSeconds: number, endSeconds: number): Change[] {
    return this.#ring.filter(({ atSeconds }) => atSeconds >= startSeconds && atSeconds <= endSeconds);
  }

  #add(change: Change): void {
    if (this.#ring.length < this.#capacity) {
      this.#ring.push(change);
      return;
    }
    const dropped = this.#ring[this.#first];
    if (dropped !== undefined) this.beginAt(dropped.atSeconds + 1);
    this.#ring[this.#first] = change;
    this.#first = (this.#first + 1) % this.#capacity;
  }
}

/** The newest entry of managedFields that was not there before; undefined where none says who it was. */
function newestChange(
  before: MeshObject | undefined,
  after: MeshObject,
): { readonly manager: string; readonly atSeconds: number } | undefined {
  const known = new Set(before?.metadata.changes?.map(({ manager, time }) => `${manager} ${time}`));
  let newest: { manager: string; atSeconds: number } | undefined;
  for (const { manager, time } of after.metadata.changes ?? []) {
    const atSeconds = Date.parse(time) / 1000;
    if (known.has(`${manager} ${time}`) || Number.isNaN(atSeconds)) continue;
    if (newest === undefined || atSeconds > newest.atSeconds) newest = { manager, atSeconds };
  }
  return newest;
}
