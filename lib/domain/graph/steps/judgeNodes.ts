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

export type JudgeContext = {
  /** By node id; none for nodes that are not ours to judge. */
  readonly tolerances: ReadonlyMap<string, ObjectTolerances>;
  readonly windowSeconds: number;
};

/** Responses that a node sent for and gave; absent where there are none. */
type Sides = Partial<Record<`${Direction} ${"http" | "grpc"}`, CodeRate[]>>;

export function judgeNodes(draft: GraphDraft, context: JudgeContext): void {
  const sides = new Map<string, Sides>();
  for (const edge of draft.edges.values()) {
    if (edge.protocol === "tcp") continue;
    const sent = (sidesOf(sides, edge.source)[`outbound ${edge.protocol}`] ??= []);
    const answered = (sidesOf(sides, edge.target)[`inbound ${edge.protocol}`] ??= []);
    for (const response of edge.responses.values()) {
      sent.push(response);
      answered.push(response);
    }
  }
  for (const node of draft.nodes.values()) {
    const tolerances = context.tolerances.get(node.id);
    if (tolerances !== undefined) node.judgement = judgeNode(node, sides.get(node.id), tolerances, context);
  }
}

/** The tolerances of every node that is ours to judge. */
export function toleranceByNode(draft: GraphDraft, rules: RateRules): Map<string, ObjectTolerances> {
  const tolerances = new Map<string, ObjectTolerances>();
  for (const node of draft.nodes.values()) {
    const kind = ratedKind(node);
    if (kind === undefined) continue;
    const name = node[kind] ?? node.label;
    tolerances.set(node.id, rules({ kind, namespace: node.namespace, name, healthRate: node.healthRate }));
  }
  return tolerances;
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
  if (entry === undefined) sides.set(id, (entry = {}));
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
      const responses = sides?.[`${direction} ${protocol}`];
      if (responses === undefined) continue;
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
