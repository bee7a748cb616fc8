/**
 * Asks one cluster what one viewer may see in it, with as few questions as can be.
 *
 *   get namespaces everywhere?  list everything everywhere? 2 questions; both yes: that is all
 *   list <kind> everywhere?                               one a kind that the cluster serves
 *   the rules in <namespace>                              one a namespace; where namespaces are seen anyway, only for
 *                                                         those that hold objects of the kinds that are left
 *   get <namespace>?    list <kind> there?                instead, where the rules cannot be listed in full
 */

import { type KindKey, kindKey } from "#lib/domain/mesh/meshIndex.ts";
import { MESH_KINDS, type MeshKind } from "#lib/domain/mesh/meshKinds.ts";
import type { AccessQuestion, ClusterAccess, ClusterSnapshot, Credentials } from "#lib/ports.ts";
import { sharedKinds } from "./assembleSight.ts";
import { forEachAtOnce, type Gate } from "./gate.ts";
import { listableKinds, listKind, rulesAllow, seeNamespace } from "./namespaceRules.ts";
import type { Rights } from "./rights.ts";

/** How many questions of one viewer are under way. */
const AT_ONCE = 32;

export type Asking = {
  readonly access: ClusterAccess;
  readonly as: Credentials;
  /** Shared by everybody who asks this cluster. */
  readonly gate: Gate;
  readonly snapshot: () => ClusterSnapshot;
  /** Namespaces that settings name: they are known where they cannot be listed. */
  readonly namedNamespaces: readonly string[];
  readonly signal: AbortSignal;
};

/** What is allowed in the whole cluster; no namespace yet. Rejects with SourceError. */
export async function askClusterWide(asking: Asking): Promise<Rights> {
  const may = questioner(asking);
  const [everyNamespace, everyKind] = await Promise.all([
    may({ verb: "get", group: "", resource: "namespaces" }),
    may({ verb: "list", group: "*", resource: "*" }),
  ]);
  const namespaces = new Map<string, undefined>();
  if (everyKind) return { everyNamespace, kinds: sharedKinds(MESH_KINDS.map(kindKey)), namespaces, questions: 2 };
  const kinds = new Set<KindKey>();
  const served = servedKinds(asking.snapshot());
  await forEachAtOnce(served, AT_ONCE, async (kind) => {
    if (await may(listKind(kind))) kinds.add(kindKey(kind));
  });
  return { everyNamespace, kinds: sharedKinds(kinds), namespaces, questions: 2 + served.length };
}

/** Namespaces of which something must be known that `rights` do not tell. */
export function unansweredNamespaces(
  { snapshot, namedNamespaces }: Pick<Asking, "snapshot" | "namedNamespaces">,
  { everyNamespace, kinds, namespaces }: Rights,
): string[] {
  const now = snapshot();
  const left = servedKinds(now).filter((kind) => kind.namespaced && !kinds.has(kindKey(kind)));
  const wanted = everyNamespace
    ? left.flatMap((kind) => now.index.list(kindKey(kind)).map(({ metadata }) => metadata.namespace))
    : [...now.index.list("/Namespace").map(({ metadata }) => metadata.name), ...namedNamespaces];
  return [...new Set(wanted)].filter((namespace) => !namespaces.has(namespace));
}

/** Adds the answers for these namespaces; with a failure, those that came before it. */
export async function askNamespaces(
  asking: Asking,
  rights: Rights,
  wanted: readonly string[],
): Promise<{ readonly rights: Rights; readonly failure?: unknown }> {
  const { access, as, gate, snapshot, signal } = asking;
  const namespaces = new Map(rights.namespaces);
  const left = servedKinds(snapshot()).filter((kind) => kind.namespaced && !rights.kinds.has(kindKey(kind)));
  const may = questioner(asking);
  let { questions } = rights;
  let areRulesWhole = true;

  async function byRules(namespace: string): Promise<ReadonlySet<KindKey> | "hidden" | "incomplete"> {
    const { rules, incomplete } = await gate.run(() => access.rules(as, namespace, signal));
    if (incomplete) return "incomplete";
    const isSeen = rights.everyNamespace || rulesAllow(rules, seeNamespace(namespace));
    return isSeen ? sharedKinds(listableKinds(rules, left)) : "hidden";
  }

  /** An authorizer that cannot list its rules may forbid what those of others allow: only a question is certain. */
  async function byQuestions(namespace: string): Promise<ReadonlySet<KindKey> | "hidden"> {
    questions += 1;
    if (!rights.everyNamespace && !(await may(seeNamespace(namespace)))) return "hidden";
    const { index } = snapshot();
    const kinds = new Set<KindKey>();
    // Of a kind without objects there, nothing is shown either way.
    const present = left.filter((kind) => index.list(kindKey(kind), namespace).length > 0);
    questions += present.length;
    await forEachAtOnce(present, AT_ONCE, async (kind) => {
      if (await may(listKind(kind, namespace))) kinds.add(kindKey(kind));
    });
    return sharedKinds(kinds);
  }

  try {
    await forEachAtOnce(wanted, AT_ONCE, async (namespace) => {
      questions += 1;
      const told = areRulesWhole ? await byRules(namespace) : "incomplete";
      if (told === "incomplete") areRulesWhole = false;
      const answer = told === "incomplete" ? await byQuestions(namespace) : told;
      namespaces.set(namespace, answer === "hidden" ? undefined : answer);
    });
    return { rights: { ...rights, namespaces, questions } };
  } catch (failure) {
    return { rights: { ...rights, namespaces, questions }, failure };
  }
}

function questioner({ access, as, gate, signal }: Asking): (question: AccessQuestion) => Promise<boolean> {
  return (question) => gate.run(() => access.may(as, question, signal));
}

/** Kinds that the cluster may hold objects of. */
function servedKinds({ kinds }: ClusterSnapshot): MeshKind[] {
  const absent = new Set(kinds.filter(({ state }) => state === "absent").map(kindKey));
  return MESH_KINDS.filter((kind) => !absent.has(kindKey(kind)));
}
