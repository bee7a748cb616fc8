/** What a view shows beyond the rate lane, and so asks for: each detail costs the metrics server a query of its own. */
import { DETAILS, type Detail } from "#lib/domain/telemetry/reports.ts";
import type { MapViewState } from "./viewState.ts";

/** Bytes and messages for labels on edges, and for the inspector of an edge; operations for their nodes. */
export function detailsOf(view: Pick<MapViewState, "labels" | "operations" | "selected">): readonly Detail[] {
  const inspectsEdge = view.selected?.includes("|") === true;
  const wanted: Readonly<Record<Detail, boolean>> = {
    throughput: inspectsEdge || view.labels.includes("throughput"),
    messages: inspectsEdge || view.labels.includes("messages"),
    operations: view.operations,
  };
  return DETAILS.filter((detail) => wanted[detail]);
}
