/** How the cluster is doing as a whole, and each kind, from the states of the reflectors. Pure. */
import type { MeshKind } from "#lib/domain/mesh/meshKinds.ts";
import type { KindStatus, SourceError, SourceStatus } from "#lib/ports.ts";
import { statusCodeOf } from "./kubeError.ts";
import type { ReflectorState } from "./reflector.ts";

type Troubled = Extract<ReflectorState, { readonly error: SourceError }>;

export type Failure = { readonly error: SourceError; readonly retryAtSeconds: number };

/**
 * The cluster fails when nothing of it can be read: no kind is watched and the server does not answer, or it refuses
 * our credentials, which no request will survive. `sinceSeconds` stays the same while the state does.
 */
export function clusterStatus(
  before: SourceStatus,
  discovery: Failure | undefined,
  states: readonly ReflectorState[],
  nowSeconds: number,
): SourceStatus {
  const failures = states.filter((state): state is Troubled => state.state === "failing");
  const refused = [...(discovery ? [discovery] : []), ...failures].find(({ error }) => statusCodeOf(error) === 401);
  const present = states.filter(({ state }) => state !== "absent");
  const forbidden = present.find((state): state is Troubled => state.state === "denied");
  const watching = present.some(({ state }) => state === "watching");
  let failure: Failure | undefined = refused;
  if (!watching) {
    failure ??= discovery ?? failures[0];
    if (forbidden !== undefined && present.every(({ state }) => state === "denied")) failure ??= forbidden;
  }
  if (failure !== undefined) {
    const retries = [failure, ...failures].map(({ retryAtSeconds }) => retryAtSeconds);
    return {
      state: "failing",
      sinceSeconds: before.state === "failing" ? before.sinceSeconds : nowSeconds,
      kind: failure.error.kind,
      message: failure.error.message,
      hint: failure.error.hint,
      retryAtSeconds: Math.min(...retries),
    };
  }
  // While everything is being listed (again), the last word stands.
  if (!watching) return before;
  return before.state === "ok" ? before : { state: "ok", sinceSeconds: nowSeconds };
}

const WORST_FIRST = ["failing", "denied", "listing", "watching", "absent"] as const;

/** The status of one kind from its reflectors (one, or one a namespace). No reflector: the cluster has no such kind. */
export function kindStatus(
  { group, kind, plural }: MeshKind,
  reflectors: readonly {
    readonly state: ReflectorState;
    readonly namespace?: string;
    readonly name?: string;
    readonly skipped: number;
  }[],
): KindStatus {
  const state =
    WORST_FIRST.find((wanted) => reflectors.some((reflector) => reflector.state.state === wanted)) ?? "absent";
  const resource = group === "" ? plural : `${plural}.${group}`;
  const affected = reflectors.filter((reflector) => reflector.state.state === state);
  const places = affected.flatMap(({ namespace, name }) => namespace ?? name ?? []);
  const where = places.length === 0 ? "" : ` in ${places.join(", ")}`;
  const skipped = reflectors.reduce((sum, reflector) => sum + reflector.skipped, 0);
  const messages = [];
  if (state === "denied") messages.push(`not allowed to read ${resource}${where}: grant list and watch on ${resource}`);
  const failing = affected[0]?.state;
  if (failing?.state === "failing") messages.push(`cannot read ${resource}${where}: ${failing.error.message}`);
  if (skipped > 0)
    messages.push(`${skipped} unreadable ${skipped === 1 ? "answer" : "answers"} about ${resource} left out`);
  return { group, kind, state, ...(messages.length > 0 && { message: messages.join("; ") }) };
}
