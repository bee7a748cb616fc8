/**
 * Keeps the edges that touch one of the chosen namespaces, and the nodes those edges need.
 *
 *   chosen: bookinfo      gateway(istio-system) ─▶ productpage(bookinfo) ─▶ reviews(bookinfo)   all kept
 *                         gateway(istio-system) ─▶ cello(cello)                                 dropped
 */
import type { GraphDraft } from "../draft.ts";

/** An empty set means every namespace. */
export function selectNamespaces(draft: GraphDraft, namespaces: ReadonlySet<string>): void {
  if (namespaces.size === 0) return;
  const isChosen = (id: string) => namespaces.has(draft.nodes.get(id)?.namespace ?? "");
  const kept = new Set<string>();
  for (const [id, edge] of draft.edges) {
    if (isChosen(edge.source) || isChosen(edge.target)) kept.add(edge.source).add(edge.target);
    else draft.edges.delete(id);
  }
  for (const id of [...draft.nodes.keys()]) if (!kept.has(id) && !isChosen(id)) draft.nodes.delete(id);
}
