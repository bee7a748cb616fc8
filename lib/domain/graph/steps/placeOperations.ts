/**
 * Leads the calls of a row through the operations they ask for.
 *
 *   web ─▶ GetCart ─▶ [cart]       6 of 8 calls
 *   web ─▶ AddItem ─▶ [cart]       1
 *   web ────────────▶ [cart]       1, whose operation is not known
 *
 * - An operation belongs to the service called, or to the workload where the row names no service: two services with an
 *   operation of the same name have a node each, and all callers of one share its node.
 * - An edge that carries parts of rows is marked `split`.
 */
import type { EdgeDraft, GraphDraft } from "../draft.ts";
import { formatNodeId } from "../ids.ts";
import type { RowPart } from "./fillEdges.ts";
import type { OperationShare } from "./operationShares.ts";

type FirstHop = {
  readonly caller: string;
  /** The node the call goes to next: a service, or a workload where services are not drawn. */
  readonly called: string;
  /** Name of the service called; "" where the row names none. */
  readonly service: string;
  readonly shares: readonly OperationShare[];
};

/** The edges of a row's first hop, by operation. `edge` adds one to the draft. */
export function placeOperations(
  draft: GraphDraft,
  { caller, called, service, shares }: FirstHop,
  edge: (source: string, target: string) => EdgeDraft,
): RowPart[] {
  const parts = shares.map((share): RowPart => {
    if (share.operation === undefined) return { ...share, edges: [edge(caller, called)] };
    const operation = placeOperation(draft, called, service, share.operation);
    return { ...share, edges: [edge(caller, operation), edge(operation, called)] };
  });
  if (parts.length > 1) for (const { edges } of parts) for (const part of edges) part.split = true;
  return parts;
}

function placeOperation(draft: GraphDraft, called: string, service: string, operation: string): string {
  const target = draft.nodes.get(called);
  if (target === undefined) throw new Error(`Operation ${operation} leads to ${called}, which is not in the draft`);
  const { cluster, namespace } = target;
  const owner = service === "" ? target.label : service;
  const id = formatNodeId({ kind: "operation", cluster, namespace, service: owner, operation });
  if (!draft.nodes.has(id)) {
    draft.nodes.set(id, {
      id,
      type: "operation",
      cluster,
      namespace,
      label: operation,
      operation,
      ...(service === "" ? {} : { service }),
      hosts: new Set(),
      flags: new Set(),
    });
  }
  return id;
}
