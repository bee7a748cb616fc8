/** Why the ways between two nodes are an empty map. */
import type { Reading } from "#lib/api/reading.ts";
import { explainMissing } from "#lib/domain/graph/explain/explainMissing.ts";
import type { Explanation } from "#lib/domain/graph/explain/explanation.ts";
import { pathsBetween } from "#lib/domain/graph/select/hops.ts";
import { buildScene, planFolding } from "./foldPlan.ts";
import type { MapViewState } from "./viewState.ts";

export type NoPath =
  /** One end is not drawn at all in this view. */
  | { readonly kind: "absent"; readonly id: string }
  | {
      readonly kind: "none";
      /** Absent for folded boxes: they stand for many callers. */
      readonly explanation?: Explanation;
      /** Calls lead from the second to the first. */
      readonly leadsBack: boolean;
    };

/** Asked of the graph around the focus, idle nodes included: one that no call reached is what a viewer may ask about. */
export function explainPath(
  reading: Reading,
  view: MapViewState,
  { from, to }: { readonly from: string; readonly to: string },
): NoPath {
  const whole = { ...view, focus: undefined, idleNodes: true };
  const graph = buildScene(reading, undefined, whole, planFolding(reading, view));
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  const [source, target] = [nodes.get(from), nodes.get(to)];
  if (source === undefined) return { kind: "absent", id: from };
  if (target === undefined) return { kind: "absent", id: to };
  const leadsBack = pathsBetween(graph, to, from) !== undefined;
  if (source.type === "box" || target.type === "box") return { kind: "none", leadsBack };
  const explanation = explainMissing(source, target, graph, reading.mesh);
  return { kind: "none", leadsBack, ...(explanation && { explanation }) };
}
