/**
 * Health of every edge, from its own responses: by what its source tolerates of what it sends, and by what its target
 * tolerates of what it answers, whichever is worse.
 *
 *   web ──▶ cart     web: 4XX degrade from 1 % outbound     cart: the defaults     2 % are 404 → degraded
 *
 * - TCP alone says nothing of success: such edges stay "unknown".
 * - Ends that are not ours (unknown, passthrough, black hole) tolerate nothing of their own; between two of them the
 *   defaults count.
 */
import { judgeResponses } from "#lib/domain/health/judgeResponses.ts";
import { type CompiledTolerance, DEFAULT_OBJECT_TOLERANCES } from "#lib/domain/health/rateRules.ts";
import type { EdgeDraft, GraphDraft } from "../draft.ts";
import type { JudgeContext } from "./judgeNodes.ts";

export function judgeEdges(draft: GraphDraft, context: JudgeContext): void {
  for (const edge of draft.edges.values()) {
    const { protocol } = edge;
    if (protocol === "tcp") continue;
    const tolerances = edgeTolerances(edge, protocol, context);
    edge.judgement = judgeResponses([...edge.responses.values()], tolerances, {
      protocol,
      direction: "edge",
      windowSeconds: context.windowSeconds,
    });
  }
}

function edgeTolerances(
  edge: EdgeDraft,
  protocol: "http" | "grpc",
  { tolerances }: JudgeContext,
): readonly CompiledTolerance[] {
  const outbound = tolerances.get(edge.source)?.outbound[protocol];
  const inbound = tolerances.get(edge.target)?.inbound[protocol];
  if (outbound === undefined || inbound === undefined) {
    return outbound ?? inbound ?? DEFAULT_OBJECT_TOLERANCES.inbound[protocol];
  }
  // What both ends tolerate by the same words is one reason, not two.
  const isSame = outbound.length === inbound.length && outbound.every((tolerance, at) => tolerance === inbound[at]);
  return isSame ? outbound : [...new Set([...outbound, ...inbound])];
}
