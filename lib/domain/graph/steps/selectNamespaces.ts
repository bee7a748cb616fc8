/**
 * Keeps the edges that touch one of the chosen namespaces, and the nodes those edges need. Kept nodes of other
 * namespaces are marked "outside".
 *
 *   chosen: bookinfo      gateway(istio-system) ─▶ productpage(bookinfo) ─▶ reviews(bookinfo)   all kept
 *                         gateway(istio-system) ─▶ cello(cello)                                 dropped
 *
 * - An operation is no end of a call: what it leads to is kept with the calls that ask for it.
 */
import type { GraphDraft } from "../draft.ts";

/** An empty set means every namespace. */
export function selectNamespaces(draft: GraphDraft, namespaces: ReadonlySet<string>): void {
  if (namespaces.size === 0) return;
  const isChosen = (id: string) => namespaces.has(draft.nodes.get(id)?.namespace ?? "");
  const kept = new Set<string>();
  const keptEdges = new Set<string>();
  for (const [id, { source, target }] of draft.edges) {
    if (!isChosen(source) && !isChosen(target)) continue;
    keptEdges.add(id);
    kept.add(source).add(target);
  }
  for (const [id, { source, target }] of draft.edges) {
    if (draft.nodes.get(source)?.type === "operation" && kept.has(source)) {
      keptEdges.add(id);
      kept.add(target);
    }
  }
  for (const id of [...draft.edges.keys()]) if (!keptEdges.has(id)) draft.edges.delete(id);
  for (const [id, node] of [...draft.nodes]) {
    if (isChosen(id)) continue;
    if (!kept.has(id)) draft.nodes.delete(id);
    else if (node.namespace !== "") node.flags.add("outside");
  }
}
