/**
 * Takes away edges that carried nothing in the window, and the nodes that only they led to. What configuration knows of
 * comes back as idle when that is asked for; what it does not know is gone.
 */
import type { EdgeDraft, GraphDraft } from "../draft.ts";

export function dropSilentEdges(draft: GraphDraft): void {
  const silent = [...draft.edges.values()].filter(isSilent);
  if (silent.length === 0) return;
  for (const { id } of silent) draft.edges.delete(id);
  const touched = new Set([...draft.edges.values()].flatMap(({ source, target }) => [source, target]));
  for (const id of [...draft.nodes.keys()]) if (!touched.has(id)) draft.nodes.delete(id);
}

function isSilent({
  responses,
  sentBytes,
  receivedBytes,
  connectionsOpened,
  messages,
  throughput,
}: EdgeDraft): boolean {
  for (const { perSecond } of responses.values()) if (perSecond > 0) return false;
  const bytes = sentBytes + receivedBytes + (throughput?.request ?? 0) + (throughput?.response ?? 0);
  return bytes + connectionsOpened + (messages?.sent ?? 0) + (messages?.received ?? 0) <= 0;
}
