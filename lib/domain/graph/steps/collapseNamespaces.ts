/**
 * Folds namespaces into single box nodes: semantic zoom. Edges between two boxes become one for each protocol, with
 * rates, latencies and mTLS of all they stand for; calls inside a box are not drawn.
 *
 *   [bookinfo]: productpage, reviews, ratings       gateway ─▶ productpage, gateway ─▶ reviews
 *   collapsed:                                      gateway ─▶ [bookinfo]
 */
import { combineJudgements, UNKNOWN_HEALTH } from "#lib/domain/health/tolerances.ts";
import { draftEdge, type GraphDraft, mergeEdge, type NodeDraft } from "../draft.ts";
import { formatNodeId } from "../ids.ts";

/** `collapsed` holds box ids (formatNodeId of kind "box"). Nodes must have been judged. */
export function collapseNamespaces(draft: GraphDraft, collapsed: ReadonlySet<string>): void {
  if (collapsed.size === 0) return;
  const boxOf = new Map<string, string>();
  for (const node of [...draft.nodes.values()]) {
    const { cluster, namespace } = node;
    const box = formatNodeId({ kind: "box", cluster, namespace });
    if (namespace === "" || !collapsed.has(box)) continue;
    boxOf.set(node.id, box);
    draft.nodes.delete(node.id);
    addMember(draft, box, node);
  }
  for (const [id, edge] of [...draft.edges]) {
    const source = boxOf.get(edge.source) ?? edge.source;
    const target = boxOf.get(edge.target) ?? edge.target;
    if (source === edge.source && target === edge.target) continue;
    draft.edges.delete(id);
    if (source !== target) mergeEdge(draftEdge(draft, source, target, edge.protocol), edge);
  }
}

function addMember(draft: GraphDraft, box: string, member: NodeDraft): void {
  let node = draft.nodes.get(box);
  if (node === undefined) {
    const { cluster, namespace } = member;
    node = { id: box, type: "box", cluster, namespace, label: namespace, hosts: new Set(), flags: new Set() };
    draft.nodes.set(box, node);
  }
  const members = (node.members ??= { workloads: 0, services: 0, unhealthy: 0 });
  if (member.type === "service" || member.type === "serviceEntry") members.services += 1;
  else if (member.type !== "operation") members.workloads += 1;
  const health = member.judgement?.health ?? "unknown";
  if (health === "degraded" || health === "failing") members.unhealthy += 1;
  node.judgement = combineJudgements([node.judgement ?? UNKNOWN_HEALTH, member.judgement ?? UNKNOWN_HEALTH]);
}
