/**
 * Keeps the edges of the chosen kinds of traffic, and the nodes they touch. A node whose only traffic is hidden goes with
 * it; one that had none at all (idle) stays.
 */
import type { Protocol } from "#lib/domain/telemetry/edgeTable.ts";
import type { GraphDraft } from "../draft.ts";

export function selectProtocols(draft: GraphDraft, protocols: ReadonlySet<Protocol>): void {
  const hidden = [...draft.edges.values()].filter((edge) => !protocols.has(edge.protocol));
  if (hidden.length === 0) return;
  for (const { id } of hidden) draft.edges.delete(id);
  const touched = new Set([...draft.edges.values()].flatMap(({ source, target }) => [source, target]));
  for (const { source, target } of hidden) {
    for (const id of [source, target]) if (!touched.has(id)) draft.nodes.delete(id);
  }
}
