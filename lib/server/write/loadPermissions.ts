/** What a viewer may do in a namespace, kind by kind, so that buttons tell before anybody tries. */
import type { Permissions } from "#lib/api/objects.ts";
import { kindKey } from "#lib/domain/mesh/meshIndex.ts";
import type { MeshKind } from "#lib/domain/mesh/meshKinds.ts";
import { WRITABLE_KINDS } from "#lib/domain/mesh/writableKinds.ts";
import type { AccessQuestion, ClusterAccess, ClusterSource } from "#lib/ports.ts";
import { forEachAtOnce } from "../access/gate.ts";
import { rulesAllow } from "../access/namespaceRules.ts";
import type { Viewer } from "../access/viewer.ts";
import { RecentMap } from "../recentMap.ts";
import type { Runtime } from "../running.ts";
import { SharedCalls } from "../sharedCalls.ts";
import type { WriteParts } from "./changeObject.ts";
import { requireVisible } from "./place.ts";
import { permissionIn, toldPermission } from "./writePolicy.ts";
import { writeProblem } from "./writeProblem.ts";

/** A right that was granted or taken shows after this time; Kubernetes itself is asked at every write. */
const KEPT_SECONDS = 10;
const KEPT_ANSWERS = 500;
/** Questions at a time, where rules cannot be listed. */
const AT_ONCE = 8;

const VERBS = ["create", "update", "delete"] as const;

type Kinds = Permissions["kinds"];
type Memory = {
  readonly flights: SharedCalls<Kinds>;
  readonly recent: RecentMap<string, { readonly kinds: Kinds; readonly untilSeconds: number }>;
};

/** By cluster: one that is connected to anew is asked anew. */
const memories = new WeakMap<ClusterAccess, Memory>();

/** Rejects with ProblemError where the namespace is not visible, and with SourceError. */
export async function loadPermissions(
  running: WriteParts & Pick<Runtime, "clock">,
  viewer: Viewer,
  { cluster, namespace }: { readonly cluster: string; readonly namespace: string },
  signal: AbortSignal,
): Promise<Permissions> {
  const source = await requireVisible(running, viewer, cluster, namespace, undefined, signal);
  const permission = permissionIn(running, viewer, source.writer);
  const writes = toldPermission(permission);
  const kinds = servedKinds(source);
  if (permission.state !== "enabled") return { writes, kinds: kinds.map((kind) => verbsOf(kind, () => false)) };
  if (source.access === undefined) return { writes, kinds: kinds.map((kind) => verbsOf(kind, () => true)) };
  try {
    return { writes, kinds: await remembered(source.access, running.clock, viewer, namespace, kinds, signal) };
  } catch (error) {
    throw writeProblem(error, "checking", undefined, viewer.credentials);
  }
}

function servedKinds(source: ClusterSource): MeshKind[] {
  const absent = new Set(source.snapshot().kinds.flatMap((kind) => (kind.state === "absent" ? [kindKey(kind)] : [])));
  return WRITABLE_KINDS.filter((kind) => !absent.has(kindKey(kind)));
}

function verbsOf({ group, kind }: MeshKind, allows: (verb: (typeof VERBS)[number]) => boolean): Kinds[number] {
  return { group, kind, create: allows("create"), update: allows("update"), delete: allows("delete") };
}

async function remembered(
  access: ClusterAccess,
  clock: Runtime["clock"],
  viewer: Viewer,
  namespace: string,
  kinds: readonly MeshKind[],
  signal: AbortSignal,
): Promise<Kinds> {
  const memory = memories.get(access) ?? { flights: new SharedCalls(), recent: new RecentMap(KEPT_ANSWERS) };
  memories.set(access, memory);
  const key = JSON.stringify([viewer.id, namespace]);
  const known = memory.recent.get(key);
  if (known !== undefined && clock.nowSeconds() < known.untilSeconds) return known.kinds;
  return memory.flights.join(
    key,
    async (shared) => {
      const answered = await ask(access, viewer, namespace, kinds, shared);
      memory.recent.set(key, { kinds: answered, untilSeconds: clock.nowSeconds() + KEPT_SECONDS });
      return answered;
    },
    signal,
  );
}

/** One question for all; where an authorizer cannot list its rules, one more for each verb that they do not grant. */
async function ask(
  access: ClusterAccess,
  { credentials }: Viewer,
  namespace: string,
  kinds: readonly MeshKind[],
  signal: AbortSignal,
): Promise<Kinds> {
  const { rules, incomplete } = await access.rules(credentials, namespace, signal);
  const questions = kinds.flatMap((kind) => VERBS.map((verb) => questionOf(kind, verb, namespace)));
  const granted = new Set(questions.filter((question) => rulesAllow(rules, question)).map(textOf));
  const doubtful = incomplete ? questions.filter((question) => !granted.has(textOf(question))) : [];
  await forEachAtOnce(doubtful, AT_ONCE, async (question) => {
    if (await access.may(credentials, question, signal)) granted.add(textOf(question));
  });
  return kinds.map((kind) => verbsOf(kind, (verb) => granted.has(textOf(questionOf(kind, verb, namespace)))));
}

function questionOf({ group, plural }: MeshKind, verb: string, namespace: string): AccessQuestion {
  return { verb, group, resource: plural, namespace };
}

function textOf({ verb, group, resource }: AccessQuestion): string {
  return `${verb} ${resource}.${group}`;
}
