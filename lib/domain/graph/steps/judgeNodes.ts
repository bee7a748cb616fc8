/**
 * Health of every node, from the draft's own edges, so that map, inspector and table cannot disagree.
 *
 * - Workloads and apps: responses in and out, and replicas.
 * - Services and operations: what they answer (inbound) only; the edges behind them are the workloads' own.
 * - Nodes that are not ours to judge (unknown, passthrough, black hole) stay "unknown".
 */
import {
  combineJudgements,
  type Judgement,
  judgeReplicas,
  judgeResponses,
  type ResponseRates,
} from "#lib/domain/health/tolerances.ts";
import { classifyResponse } from "#lib/domain/telemetry/responseCode.ts";
import type { EdgeDraft, GraphDraft, NodeDraft } from "../draft.ts";

type Sides = Record<"inbound" | "outbound", Record<"http" | "grpc", ResponseRates>>;

export function judgeNodes(draft: GraphDraft): void {
  const sides = new Map<string, Sides>();
  for (const edge of draft.edges.values()) {
    if (edge.protocol === "tcp") continue;
    addRates(sidesOf(sides, edge.source).outbound[edge.protocol], edge);
    addRates(sidesOf(sides, edge.target).inbound[edge.protocol], edge);
  }
  for (const node of draft.nodes.values()) {
    const judgement = judgeNode(node, sides.get(node.id));
    if (judgement !== undefined) node.judgement = judgement;
  }
}

/** Requests a second of an edge by class of response, added to `rates`. */
export function addRates(rates: ResponseRates, edge: EdgeDraft): void {
  if (edge.protocol === "tcp") return;
  for (const { code, perSecond } of edge.responses.values()) {
    const responseClass = classifyResponse(edge.protocol, code);
    rates[responseClass] = (rates[responseClass] ?? 0) + perSecond;
  }
}

function sidesOf(sides: Map<string, Sides>, id: string): Sides {
  let entry = sides.get(id);
  if (entry === undefined) {
    entry = { inbound: { http: {}, grpc: {} }, outbound: { http: {}, grpc: {} } };
    sides.set(id, entry);
  }
  return entry;
}

function judgeNode(node: NodeDraft, sides: Sides | undefined): Judgement | undefined {
  if (node.type === "unknown" || node.type === "passthrough" || node.type === "blackhole") return undefined;
  const isService = node.type === "service" || node.type === "serviceEntry" || node.type === "operation";
  const directions = isService ? (["inbound"] as const) : (["inbound", "outbound"] as const);
  const judgements = directions.flatMap((direction) =>
    (["http", "grpc"] as const).map((protocol) =>
      judgeResponses(protocol, sides?.[direction][protocol] ?? {}, direction),
    ),
  );
  if (node.replicas !== undefined) judgements.push(judgeReplicas(node.replicas));
  return combineJudgements(judgements);
}
