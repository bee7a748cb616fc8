/**
 * Folds namespaces and clusters into single box nodes: semantic zoom. Edges between two boxes become one for each
 * protocol, with rates, latencies and mTLS of all they stand for; calls inside a box are not drawn.
 *
 *   [bookinfo]: productpage, reviews, ratings       gateway ─▶ productpage, gateway ─▶ reviews
 *   collapsed:                                      gateway ─▶ [bookinfo]
 *
 * A folded cluster takes its folded namespaces in.
 */
import { combineJudgements, UNKNOWN_HEALTH } from "#lib/domain/health/tolerances.ts";
import { draftEdge, type GraphDraft, mergeEdge, type NodeDraft } from "../draft.ts";
import type { NodeType } from "../graph.ts";
import { clusterBoxOf, namespaceBoxOf } from "../group.ts";

/** `collapsed` holds box ids (formatNodeId of kinds "box" and "clusterBox"). Nodes must have been judged. */
export function collapseBoxes(draft: GraphDraft, collapsed: ReadonlySet<string>): void {
  if (collapsed.size === 0) return;
  const boxOf = new Map<string, string>();
  const namespaces = new Map<string, Set<string>>();
  for (const node of [...draft.nodes.values()]) {
    const box = [clusterBoxOf(node), namespaceBoxOf(node)].find((id) => id !== undefined && collapsed.has(id));
    if (box === undefined) continue;
    boxOf.set(node.id, box);
    draft.nodes.delete(node.id);
    const { members } = addMember(draft, box, node);
    if (members?.namespaces === undefined || node.namespace === "") continue;
    const known = namespaces.get(box) ?? new Set();
    namespaces.set(box, known.add(node.namespace));
    members.namespaces = known.size;
  }
  for (const [id, edge] of [...draft.edges]) {
    const source = boxOf.get(edge.source) ?? edge.source;
    const target = boxOf.get(edge.target) ?? edge.target;
    if (source === edge.source && target === edge.target) continue;
    draft.edges.delete(id);
    if (source !== target) mergeEdge(draftEdge(draft, source, target, edge.protocol), edge);
  }
}

function addMember(draft: GraphDraft, box: string, member: NodeDraft): NodeDraft {
  let node = draft.nodes.get(box);
  if (node === undefined) {
    const { cluster } = member;
    const namespace = box === clusterBoxOf(member) ? "" : member.namespace;
    const label = namespace === "" ? cluster : namespace;
    node = { id: box, type: "box", cluster, namespace, label, hosts: new Set(), flags: new Set() };
    node.members = { ...(namespace === "" ? { namespaces: 0 } : {}), workloads: 0, services: 0, unhealthy: 0 };
    draft.nodes.set(box, node);
  }
  const { members } = node;
  if (members === undefined) return node;
  if (member.type === "service" || member.type === "serviceEntry") members.services += 1;
  else if (RUNS.has(member.type)) members.workloads += 1;
  const health = member.judgement?.health ?? "unknown";
  if (health === "degraded" || health === "failing") members.unhealthy += 1;
  node.judgement = combineJudgements([node.judgement ?? UNKNOWN_HEALTH, member.judgement ?? UNKNOWN_HEALTH]);
  return node;
}

const RUNS: ReadonlySet<NodeType> = new Set(["workload", "app", "gateway", "waypoint"]);
