/**
 * Folds namespaces and clusters into single box nodes: semantic zoom. Edges between two boxes become one for each
 * protocol, with rates, latencies and mTLS of all they stand for; calls inside a box are not drawn.
 *
 *   [bookinfo]: productpage, reviews, ratings       gateway ─▶ productpage, gateway ─▶ reviews
 *   collapsed:                                      gateway ─▶ [bookinfo]
 *
 * A folded cluster takes its folded namespaces in.
 *
 * A box is as bad as its worst member, and an edge as the worst of those it stands for: what is small and broken must not
 * vanish in what is large and well. Reasons say whose they are.
 */
import { combineJudgements, type HealthReason, type Judgement, UNKNOWN_HEALTH } from "#lib/domain/health/health.ts";
import { rollUp, unhealthyCount } from "#lib/domain/health/rollUp.ts";
import { draftEdge, type EdgeDraft, type GraphDraft, mergeEdge, type NodeDraft } from "../draft.ts";
import type { NodeType } from "../graph.ts";
import { clusterBoxOf, namespaceBoxOf, RUNS, SERVES } from "../group.ts";

/** `collapsed` holds box ids (formatNodeId of kinds "box" and "clusterBox"). Nodes and edges must have been judged. */
export function collapseBoxes(draft: GraphDraft, collapsed: ReadonlySet<string>): void {
  if (collapsed.size === 0) return;
  const folded = new Map<string, NodeDraft>();
  const boxOf = new Map<string, string>();
  const membersOf = new Map<string, NodeDraft[]>();
  for (const node of draft.nodes.values()) {
    const box = [clusterBoxOf(node), namespaceBoxOf(node)].find((id) => id !== undefined && collapsed.has(id));
    if (box === undefined) continue;
    folded.set(node.id, node);
    boxOf.set(node.id, box);
    append(membersOf, box, node);
  }
  for (const id of folded.keys()) draft.nodes.delete(id);
  const nameOf = (id: string) => (folded.get(id) ?? draft.nodes.get(id))?.label ?? id;

  const partsOf = new Map<EdgeDraft, Judgement[]>();
  for (const [id, edge] of [...draft.edges]) {
    const source = boxOf.get(edge.source) ?? edge.source;
    const target = boxOf.get(edge.target) ?? edge.target;
    if (source === edge.source && target === edge.target) continue;
    draft.edges.delete(id);
    if (source === target) continue;
    const merged = draftEdge(draft, source, target, edge.protocol);
    mergeEdge(merged, edge);
    append(
      partsOf,
      merged,
      judgementOf(edge, () => `${nameOf(edge.source)} → ${nameOf(edge.target)}`),
    );
  }
  for (const [edge, parts] of partsOf) edge.judgement = worstOf(parts);
  for (const [id, members] of membersOf) draft.nodes.set(id, boxNode(id, members));
}

function append<Key, Value>(lists: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}

function boxNode(id: string, members: readonly NodeDraft[]): NodeDraft {
  const { cluster = "", namespace: firstNamespace = "" } = members[0] ?? {};
  const isCluster = id === clusterBoxOf({ cluster });
  const namespace = isCluster ? "" : firstNamespace;
  const parts = members.map((member) => judgementOf(member, () => member.label));
  const count = (types: ReadonlySet<NodeType>) => members.filter(({ type }) => types.has(type)).length;
  const namespaces = new Set(members.map((member) => member.namespace).filter((name) => name !== ""));
  return {
    id,
    type: "box",
    cluster,
    namespace,
    label: isCluster ? cluster : namespace,
    hosts: new Set(),
    flags: new Set(),
    judgement: worstOf(parts),
    members: {
      ...(isCluster ? { namespaces: namespaces.size } : {}),
      workloads: count(RUNS),
      services: count(SERVES),
      unhealthy: unhealthyCount(rollUp(parts)),
    },
  };
}

/** The judgement of a part, its reasons marked as those of the part. */
function judgementOf(
  { judgement = UNKNOWN_HEALTH }: { readonly judgement?: Judgement },
  name: () => string,
): Judgement {
  if (judgement.reasons.length === 0) return judgement;
  const of = name();
  return { health: judgement.health, reasons: judgement.reasons.map((reason): HealthReason => ({ ...reason, of })) };
}

/** A large namespace in trouble has hundreds of reasons; these are the worst. */
const MOST_REASONS = 8;

function worstOf(parts: readonly Judgement[]): Judgement {
  const { health, reasons } = combineJudgements(parts);
  return { health, reasons: reasons.slice(0, MOST_REASONS) };
}
