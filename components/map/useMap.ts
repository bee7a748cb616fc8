"use client";
/** What the map page shows, from the address, the preferences and the server. */
import { useMemo } from "react";
import { usePreferences } from "#components/shell/preferences.ts";
import { type ReadingState, useLatency, useReading } from "#components/shell/useReading.ts";
import type { Graph } from "#lib/domain/graph/graph.ts";
import { type Grouping, groupGraph } from "#lib/domain/graph/group.ts";
import { detailsOf } from "./details.ts";
import { buildScene, type FoldPlan, findNodes, openNamespaces, planFolding } from "./foldPlan.ts";
import { useViewState, type ViewState } from "./useViewState.ts";

/** Each namespace with percentiles costs the metrics server a query over histograms; averages cost one for all. */
const MOST_LATENCY_NAMESPACES = 20;

export type MapModel = {
  readonly viewState: ViewState;
  readonly readingState: ReadingState;
  /** Absent until the first reading. */
  readonly plan: FoldPlan | undefined;
  readonly graph: Graph | undefined;
  /** The boxes around its nodes. */
  readonly grouping: Grouping | undefined;
  /** Names what the viewer chose to see; while it stays, nodes keep their places. */
  readonly arrangement: string;
  /** Ids of nodes that the find box matches. */
  readonly matches: readonly string[];
};

export function useMap(): MapModel {
  const viewState = useViewState();
  const { refreshSeconds } = usePreferences();
  const { view } = viewState;
  const readingState = useReading(view, detailsOf(view), refreshSeconds);
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
  });
  const folding = useSame({ collapsed: view.collapsed, expanded: view.expanded });
  const plan = useMemo(
    () => (reading === undefined ? undefined : planFolding(reading, { ...scope, ...folding })),
    [reading, scope, folding],
  );
  const latencyNamespaces = useSame(plan === undefined ? [] : openNamespaces(plan, MOST_LATENCY_NAMESPACES));
  const latency = useLatency(view, latencyNamespaces, refreshSeconds);
  const graph = useMemo(
    () => (reading === undefined || plan === undefined ? undefined : buildScene(reading, latency, scope, plan)),
    [reading, latency, scope, plan],
  );
  const matches = useMemo(() => (graph === undefined ? [] : findNodes(graph, view.find)), [graph, view.find]);
  const boxes = useSame(view.boxes);
  const grouping = useMemo(() => (graph === undefined ? undefined : groupGraph(graph, new Set(boxes))), [graph, boxes]);
  const arrangement = useMemo(() => JSON.stringify([scope, folding, boxes]), [scope, folding, boxes]);
  return { viewState, readingState, plan, graph, grouping, arrangement, matches };
}

/** The same object while it says the same: a link with another selection must not rebuild the graph. */
function useSame<Value extends object>(value: Value): Value {
  const key = JSON.stringify(value);
  return useMemo(() => JSON.parse(key) as Value, [key]);
}
