/** The API's link to the graph that a view shows. */
import { API } from "#lib/api/urls.ts";
import { PROTOCOLS } from "#lib/domain/telemetry/edgeTable.ts";
import { readQuery } from "./find/query.ts";
import type { FoldPlan } from "./foldPlan.ts";
import { type MapViewState, writeFocus } from "./viewState.ts";

/** Links have room for so many; above that, namespaces are exported unfolded. */
const MOST_FOLDED = 100;

/** The same moment, scope, focus and folding, without what is hidden. */
export function exportUrl(
  view: MapViewState,
  plan: Pick<FoldPlan, "collapsed"> | undefined,
  format: "json" | "csv" | "dot" | "cytoscape",
): string {
  const parameters = new URLSearchParams({ graphType: view.graphType, duration: `${view.windowSeconds}s`, format });
  const list = (name: string, values: readonly string[]) => {
    if (values.length > 0) parameters.set(name, values.join(","));
  };
  list("clusters", view.clusters);
  list("namespaces", view.namespaces);
  if (view.atSeconds !== undefined) parameters.set("at", String(view.atSeconds));
  if (!view.serviceNodes) parameters.set("serviceNodes", "false");
  for (const flag of ["idleNodes", "operations", "tunnelLegs"] as const) if (view[flag]) parameters.set(flag, "true");
  if (view.protocols.length < PROTOCOLS.length) parameters.set("protocols", view.protocols.join(","));
  const folded = [...(plan?.collapsed ?? [])];
  if (folded.length <= MOST_FOLDED) list("collapsed", folded);
  if (view.focus !== undefined) writeFocus(view.focus, parameters);
  if (readQuery(view.hide).expression !== undefined) parameters.set("hide", view.hide);
  return `${API}/graph?${parameters}`;
}
