/**
 * Health of every node, from the draft's own edges, so that map, inspector, table and lists cannot disagree.
 *
 * - Workloads and apps: responses in and out, replicas, and whether their proxies have the newest configuration.
 * - Services and operations: what they answer (inbound) only; the edges behind them are the workloads' own.
 * - Nodes that are not ours to judge (unknown, passthrough, black hole) stay "unknown".
 * - An annotation that cannot be read is noted as a reason, and does not count.
 */
import { combineJudgements, type Direction, type Judgement } from "#lib/domain/health/health.ts";
import { judgeProxies, judgeReplicas } from "#lib/domain/health/judgePods.ts";
import { type CodeRate, judgeResponses } from "#lib/domain/health/judgeResponses.ts";
import type { ObjectTolerances, RatedObject, RateRules } from "#lib/domain/health/rateRules.ts";
import type { GraphDraft, NodeDraft } from "../draft.ts";

export type JudgeContext = { readonly rules: RateRules; readonly windowSeconds: number };

type Sides = Record<Direction, Record<"http" | "grpc", CodeRate[]>>;

export function judgeNodes(draft: GraphDraft, context: JudgeContext): void {
  const sides = new Map<string, Sides>();
  for (const edge of draft.edges.values()) {
    if (edge.protocol === "tcp") continue;
    const sent = sidesOf(sides, edge.source).outbound[edge.protocol];
    const answered = sidesOf(sides, edge.target).inbound[edge.protocol];
    for (const response of edge.responses.values()) {
      sent.push(response);
      answered.push(response);
    }
  }
  for (const node of draft.nodes.values()) {
    const tolerances = tolerancesOf(node, context.rules);
    if (tolerances !== undefined) node.judgement = judgeNode(node, sides.get(node.id), tolerances, context);
  }
}

/** The tolerances of a node; undefined where it is not ours to judge. */
export function tolerancesOf(node: NodeDraft, rules: RateRules): ObjectTolerances | undefined {
  const kind = ratedKind(node);
  if (kind === undefined) return undefined;
  const name = node[kind] ?? node.label;
  return rules({ kind, namespace: node.namespace, name, healthRate: node.healthRate });
}

function ratedKind({ type, workload }: NodeDraft): RatedObject["kind"] | undefined {
  switch (type) {
    case "unknown":
    case "passthrough":
    case "blackhole":
    case "box":
      return undefined;
    case "service":
    case "serviceEntry":
    case "operation":
      return "service";
    default:
      return workload === undefined ? "app" : "workload";
  }
}

function sidesOf(sides: Map<string, Sides>, id: string): Sides {
  let entry = sides.get(id);
  if (entry === undefined) {
    entry = { inbound: { http: [], grpc: [] }, outbound: { http: [], grpc: [] } };
    sides.set(id, entry);
  }
  return entry;
}

const BOTH_SIDES = ["inbound", "outbound"] as const;
const INBOUND = ["inbound"] as const;

function judgeNode(
  node: NodeDraft,
  sides: Sides | undefined,
  tolerances: ObjectTolerances,
  { windowSeconds }: JudgeContext,
): Judgement {
  const judgements: Judgement[] = [];
  for (const direction of ratedKind(node) === "service" ? INBOUND : BOTH_SIDES) {
    for (const protocol of ["http", "grpc"] as const) {
      const responses = sides?.[direction][protocol];
      if (responses === undefined || responses.length === 0) continue;
      const judged = { protocol, direction, windowSeconds };
      judgements.push(judgeResponses(responses, tolerances[direction][protocol], judged));
    }
  }
  if (node.replicas !== undefined) judgements.push(judgeReplicas(node.replicas));
  if (node.proxies !== undefined) judgements.push(judgeProxies(node.proxies));
  const problem = tolerances.annotationProblem;
  if (problem !== undefined) {
    judgements.push({ health: "unknown", reasons: [{ kind: "annotation", health: "unknown", problem }] });
  }
  return combineJudgements(judgements);
}
