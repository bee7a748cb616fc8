/**
 * From a reading and the view in the URL to the graph that is drawn, searched and tabulated, with namespaces folded
 * where the whole would be hair. Pure: no server round trip.
 */
import type { Reading } from "#lib/api/reading.ts";
import { buildGraph, DEFAULT_GRAPH_OPTIONS } from "#lib/domain/graph/buildGraph.ts";
import type { Graph, GraphEdge } from "#lib/domain/graph/graph.ts";
import { clusterBoxOf, namespaceBoxOf } from "#lib/domain/graph/group.ts";
import { parseNodeId } from "#lib/domain/graph/ids.ts";
import { type Focus, narrowGraph } from "#lib/domain/graph/select/narrow.ts";
import type { LatencyIndex } from "#lib/domain/telemetry/latency.ts";
import { callEdges } from "./inspector/traffic.ts";
import type { MapViewState } from "./viewState.ts";

/** Above this many nodes a picture is hair: namespaces start folded. */
export const FOLD_ABOVE_NODES = 250;
/** What can be drawn at 60 frames a second, and so the most that "expand all" gives. */
export const MOST_DRAWN_NODES = 1000;

/** Which namespaces and clusters are drawn as one node each, and why. */
export type FoldPlan = {
  /** Box ids folded into one node. */
  readonly collapsed: ReadonlySet<string>;
  /** Box ids of the namespaces of the scope. */
  readonly boxes: readonly string[];
  /** Nodes there would be with every namespace unfolded. */
  readonly fullNodeCount: number;
  /** Namespaces started folded because of that number. */
  readonly startsFolded: boolean;
  /** All calls of the scope, each once: those inside folded boxes too, which are not drawn. */
  readonly calls: readonly GraphEdge[];
};

type ScopedView = { readonly focus?: Focus | undefined } & Pick<
  MapViewState,
  "graphType" | "serviceNodes" | "idleNodes" | "operations" | "tunnelLegs" | "protocols" | "namespaces" | "clusters"
>;
type FoldingView = ScopedView & Pick<MapViewState, "collapsed" | "expanded">;

/** Decides what is folded. Comes before the graph, since percentiles are asked for only where nodes are drawn. */
export function planFolding(reading: Reading, view: FoldingView): FoldPlan {
  const full = graphOf(reading, undefined, isAroundBox(view) ? { ...view, focus: undefined } : view, new Set());
  const boxes = [...new Set(full.nodes.flatMap((node) => namespaceBoxOf(node) ?? []))].sort();
  const clusters = [...new Set(full.nodes.map(clusterBoxOf))];
  const fullNodeCount = full.nodes.length;
  const startsFolded = fullNodeCount > FOLD_ABOVE_NODES;
  const foldedClusters = clusters.length > 1 ? clusters.filter((box) => view.collapsed.includes(box)) : [];
  const collapsed = new Set([...collapsedBoxes(boxes, view, startsFolded, fullNodeCount), ...foldedClusters]);
  return { collapsed, boxes, fullNodeCount, startsFolded, calls: callEdges(full) };
}

/** A folded namespace has a place only where namespaces are folded: what is folded does not follow from its focus. */
function isAroundBox({ focus }: ScopedView): boolean {
  const ends = focus === undefined ? [] : focus.kind === "path" ? [focus.from, focus.to] : [focus.id];
  return ends.some((id) => parseNodeId(id)?.kind === "box" || parseNodeId(id)?.kind === "clusterBox");
}

/** The graph to draw and to tabulate. */
export function buildScene(
  reading: Reading,
  latency: LatencyIndex | undefined,
  view: ScopedView,
  plan: FoldPlan,
): Graph {
  return graphOf(reading, latency, view, plan.collapsed);
}

function graphOf(
  reading: Reading,
  latency: LatencyIndex | undefined,
  view: ScopedView,
  collapsed: ReadonlySet<string>,
): Graph {
  const graph = buildGraph(
    {
      edges: reading.edges,
      mesh: reading.mesh,
      latency,
      windowSeconds: reading.windowSeconds,
      health: reading.health,
    },
    {
      ...DEFAULT_GRAPH_OPTIONS,
      graphType: view.graphType,
      serviceNodes: view.serviceNodes,
      idleNodes: view.idleNodes,
      operations: view.operations,
      tunnelLegs: view.tunnelLegs,
      protocols: new Set(view.protocols),
      namespaces: new Set(view.namespaces),
      collapsed,
    },
  );
  return narrowGraph(graph, { clusters: view.clusters, focus: view.focus });
}

/** Another moment folded as one is, so that the two can be compared; a namespace that only the other has is folded if all start so. */
export function foldLike(plan: FoldPlan, other: Reading, view: FoldingView): FoldPlan {
  if (!plan.startsFolded || view.expanded === "all") return plan;
  const unknown = planFolding(other, view).boxes.filter((box) => !plan.boxes.includes(box));
  return { ...plan, collapsed: new Set([...plan.collapsed, ...unknown.filter((box) => !view.expanded.includes(box))]) };
}

function collapsedBoxes(
  boxes: readonly string[],
  view: FoldingView,
  startsFolded: boolean,
  fullNodeCount: number,
): ReadonlySet<string> {
  if (!startsFolded) return new Set(boxes.filter((box) => view.collapsed.includes(box)));
  if (view.expanded === "all" && fullNodeCount <= MOST_DRAWN_NODES)
    return new Set(boxes.filter((box) => view.collapsed.includes(box)));
  const expanded = view.expanded === "all" ? [] : view.expanded;
  return new Set(boxes.filter((box) => !expanded.includes(box)));
}

/** Folds or unfolds one namespace or cluster: the change to the view. Clusters never start folded. */
export function toggleBox(plan: FoldPlan, view: FoldingView, box: string): Partial<MapViewState> {
  const folds = !plan.collapsed.has(box);
  if (!plan.startsFolded || view.expanded === "all" || parseNodeId(box)?.kind === "clusterBox") {
    return { collapsed: folds ? [...view.collapsed, box].sort() : view.collapsed.filter((id) => id !== box) };
  }
  return { expanded: folds ? view.expanded.filter((id) => id !== box) : [...view.expanded, box].sort() };
}

/** Namespaces whose percentiles are worth asking for: those drawn open, at most `limit` of them. */
export function openNamespaces(plan: FoldPlan, limit: number): readonly string[] {
  const names = plan.boxes.flatMap((box) => {
    const key = parseNodeId(box);
    if (key?.kind !== "box") return [];
    return plan.collapsed.has(box) || plan.collapsed.has(clusterBoxOf(key)) ? [] : [key.namespace];
  });
  return [...new Set(names)].sort().slice(0, limit);
}
