"use client";
/** What the map page shows, from the address, the preferences and the server. */
import { useMemo } from "react";
import { usePreferences } from "#components/shell/preferences.ts";
import { type ReadingState, useLatency, useReading } from "#components/shell/useReading.ts";
import type { Graph } from "#lib/domain/graph/graph.ts";
import { type Grouping, groupGraph } from "#lib/domain/graph/group.ts";
import { overlayGraphs } from "#lib/domain/graph/overlay.ts";
import { compileExpression } from "#lib/domain/graph/select/evaluate.ts";
import { narrowGraph } from "#lib/domain/graph/select/narrow.ts";
import { type Comparison, useComparison } from "./compare/useComparison.ts";
import { detailsOf } from "./details.ts";
import { asksLabels, labelsWith, type Query, readQuery } from "./find/query.ts";
import { buildScene, type FoldPlan, openNamespaces, planFolding } from "./foldPlan.ts";
import { useViewState, type ViewState } from "./useViewState.ts";
import type { EdgeLabel } from "./viewState.ts";

/** Each namespace with percentiles costs the metrics server a query over histograms; averages cost one for all. */
const MOST_LATENCY_NAMESPACES = 20;

export type MapModel = {
  readonly viewState: ViewState;
  readonly readingState: ReadingState;
  /** Absent until the first reading. */
  readonly plan: FoldPlan | undefined;
  /** What is there now, hidden or not. */
  readonly scene: Graph | undefined;
  /** The same without what is hidden. */
  readonly graph: Graph | undefined;
  /** What is drawn: the graph and, while comparing, what is gone. */
  readonly picture: Graph | undefined;
  /** The boxes around its nodes. */
  readonly grouping: Grouping | undefined;
  /** Names what the viewer chose to see; while it stays, nodes keep their places. */
  readonly arrangement: string;
  readonly find: Query;
  /** Ids of nodes, then of edges, that the find box matches. */
  readonly matches: readonly string[];
  /** On edges: those chosen, and those of figures that are asked for. */
  readonly labels: readonly EdgeLabel[];
  /** Undefined while nothing is compared. */
  readonly comparison: Comparison | undefined;
};

export function useMap(): MapModel {
  const viewState = useViewState();
  const { refreshSeconds } = usePreferences();
  const { view } = viewState;
  const find = useMemo(() => readQuery(view.find), [view.find]);
  const hide = useMemo(() => readQuery(view.hide), [view.hide]);
  const labels = useSame(labelsWith(view.labels, [find, hide]));
  const extras = useSame({ details: detailsOf({ ...view, labels }), labels: asksLabels(view.find, view.hide) });
  const readingState = useReading(view, extras, refreshSeconds);
  const { reading } = readingState;

  const scope = useSame({
    graphType: view.graphType,
    serviceNodes: view.serviceNodes,
    idleNodes: view.idleNodes,
    operations: view.operations,
    tunnelLegs: view.tunnelLegs,
    protocols: view.protocols,
    namespaces: view.namespaces,
    clusters: view.clusters,
    focus: view.focus,
  });
  const folding = useSame({ collapsed: view.collapsed, expanded: view.expanded });
  const plan = useMemo(
    () => (reading === undefined ? undefined : planFolding(reading, { ...scope, ...folding })),
    [reading, scope, folding],
  );
  const latencyNamespaces = useSame(plan === undefined ? [] : openNamespaces(plan, MOST_LATENCY_NAMESPACES));
  const latency = useLatency(view, latencyNamespaces, refreshSeconds);
  const scene = useMemo(
    () => (reading === undefined || plan === undefined ? undefined : buildScene(reading, latency, scope, plan)),
    [reading, latency, scope, plan],
  );
  const comparison = useComparison({ view, reading, scene, plan, scope, folding, extras, latencyNamespaces });

  const before = comparison?.before;
  const { graph, picture } = useMemo(() => {
    if (scene === undefined) return {};
    const without = (whole: Graph) => narrowGraph(whole, { clusters: [], hide: hide.expression });
    const graph = without(scene);
    return { graph, picture: before === undefined ? graph : without(overlayGraphs(before, scene)) };
  }, [scene, hide, before]);
  const matches = useMemo(() => {
    if (graph === undefined || find.expression === undefined) return [];
    const { nodes, edges } = compileExpression(find.expression)(graph);
    return [...nodes, ...edges];
  }, [graph, find]);
  const boxes = useSame(view.boxes);
  const grouping = useMemo(
    () => (picture === undefined ? undefined : groupGraph(picture, new Set(boxes))),
    [picture, boxes],
  );
  const arrangement = useMemo(
    () => JSON.stringify([scope, folding, boxes, hide.expression, view.compare]),
    [scope, folding, boxes, hide, view.compare],
  );
  return {
    viewState,
    readingState,
    plan,
    scene,
    graph,
    picture,
    grouping,
    arrangement,
    find,
    matches,
    labels,
    comparison,
  };
}

/** The same object while it says the same: a link with another selection must not rebuild the graph. */
function useSame<Value extends object>(value: Value): Value {
  const key = JSON.stringify(value);
  return useMemo(() => JSON.parse(key) as Value, [key]);
}
