"use client";
import { useEffect, useState } from "react";
import { setPreferences, usePreferences } from "#components/shell/preferences.ts";
import { ScopeBar } from "#components/shell/ScopeBar.tsx";
import { isTyping } from "#components/shell/typing.ts";
import { useIsNarrow } from "#components/ui/useIsNarrow.ts";
import type { Graph } from "#lib/domain/graph/graph.ts";
import { PROTOCOLS } from "#lib/domain/telemetry/edgeTable.ts";
import { ChangeSection } from "./compare/ChangeSection.tsx";
import { NodeActions } from "./find/NodeActions.tsx";
import { nextFocus } from "./find/nextFocus.ts";
import { toggleBox } from "./foldPlan.ts";
import { Inspector } from "./inspector/Inspector.tsx";
import { SelectionInspector } from "./inspector/SelectionInspector.tsx";
import { Legend } from "./Legend.tsx";
import { MapNotices } from "./MapNotices.tsx";
import { MapPicture } from "./MapPicture.tsx";
import { EmptyMap, FailedMap, LoadingMap } from "./MapStates.tsx";
import { MapTables } from "./MapTables.tsx";
import { MapToolbar } from "./MapToolbar.tsx";
import { NothingLeft } from "./NothingLeft.tsx";
import { TimeStrip } from "./TimeStrip.tsx";
import { type MapModel, useMap } from "./useMap.ts";
import { ViewChips } from "./ViewChips.tsx";

/** The map page: scope bar, notices, picture or tables, inspector, time strip. */
export function MapView() {
  const model = useMap();
  const { viewState, readingState, plan, graph } = model;
  const { view, change } = viewState;
  const { reading } = readingState;
  const { legend } = usePreferences();
  const inspector = useInspector(view.selected !== undefined);

  const select = (selected: string | undefined) => {
    change({ selected }, "replace");
    if (selected !== undefined) inspector.setOpen(true);
  };
  useFocusKey(model);
  useEscape(() => change({ selected: undefined }, "replace"), view.selected !== undefined);

  return (
    <div className="flex min-h-0 min-w-0 flex-1 flex-col">
      <ScopeBar scope={view} state={readingState} onScope={change} />
      <MapToolbar
        model={model}
        inspector={inspector.isOpen}
        onSelect={select}
        onInspector={inspector.setOpen}
        onChange={change}
      />
      <ViewChips view={view} graph={model.picture} comparison={model.comparison} onChange={change} />
      <MapNotices reading={reading} error={readingState.error} plan={plan} state={viewState} />
      <div className="flex min-h-0 flex-1 flex-col wide:flex-row">
        <main className="relative min-h-0 min-w-0 flex-1 overflow-hidden bg-canvas">
          <MapContent model={model} onSelect={select} />
          {legend && view.show === "map" && graph !== undefined && <Legend />}
        </main>
        {inspector.isOpen && reading !== undefined && graph !== undefined && plan !== undefined && (
          <Inspector onClose={() => inspector.setOpen(false)}>
            {model.comparison !== undefined && model.picture !== undefined && (
              <ChangeSection
                comparison={model.comparison}
                picture={model.picture}
                selected={view.selected}
                onSelect={select}
              />
            )}
            <SelectionInspector
              selected={view.selected}
              graph={withSelected(graph, model.picture, view.selected)}
              reading={reading}
              shown={{ namespaces: view.namespaces, isNarrowed: isNarrowed(view), calls: plan.calls }}
              collapsed={plan.collapsed}
              onSelect={select}
              onToggleBox={(box) => change(toggleBox(plan, view, box))}
              onOnlyNamespace={(namespace) => change({ namespaces: [namespace] })}
              onOnlyCluster={(cluster) => change({ clusters: [cluster] })}
              nodeActions={
                <NodeActions
                  id={view.selected}
                  graph={model.scene ?? graph}
                  focus={view.focus}
                  onFocus={(focus) => change({ focus })}
                />
              }
            />
          </Inspector>
        )}
      </div>
      {reading !== undefined && (
        <TimeStrip
          namespaces={view.namespaces}
          nowSeconds={reading.now}
          atSeconds={view.atSeconds}
          configurationVersion={reading.configurationVersion}
          onMoment={(atSeconds) => change({ atSeconds })}
        />
      )}
    </div>
  );
}

/** Whether the view leaves out more than namespaces. */
function isNarrowed({ focus, hide, clusters, protocols }: MapModel["viewState"]["view"]): boolean {
  return focus !== undefined || hide !== "" || clusters.length > 0 || protocols.length < PROTOCOLS.length;
}

function MapContent({
  model,
  onSelect,
}: {
  readonly model: MapModel;
  readonly onSelect: (id: string | undefined) => void;
}) {
  const { viewState, readingState, scene, graph, picture, grouping, plan } = model;
  const { view, change } = viewState;
  const { reading } = readingState;
  if (graph === undefined || picture === undefined || grouping === undefined || plan === undefined) {
    if (readingState.error === undefined) return <LoadingMap />;
    return <FailedMap error={readingState.error} onRetry={readingState.refresh} />;
  }
  if (graph.nodes.length === 0) {
    const isNarrowed = view.focus !== undefined || view.hide !== "";
    if (reading === undefined || reading.edges.edges.source.length === 0 || !isNarrowed)
      return <EmptyMap view={view} warnings={reading?.warnings ?? []} onChange={change} />;
    return (
      <NothingLeft
        view={view}
        reading={reading}
        isAllHidden={scene !== undefined && scene.nodes.length > 0}
        onChange={change}
      />
    );
  }
  if (view.show === "table") {
    return <MapTables graph={graph} selected={view.selected} matches={model.matches} onSelect={onSelect} />;
  }
  return (
    <MapPicture
      graph={picture}
      grouping={grouping}
      arrangement={model.arrangement}
      matches={model.matches}
      labels={model.labels}
      diff={model.comparison?.diff}
      view={view}
      onSelect={onSelect}
      onToggleBox={(box) => change(toggleBox(plan, view, box))}
    />
  );
}

/** While comparing, what is gone can be selected too. */
function withSelected(graph: Graph, picture: Graph | undefined, selected: string | undefined): Graph {
  const isThere = [...graph.nodes, ...graph.edges].some(({ id }) => id === selected);
  return isThere || selected === undefined ? graph : (picture ?? graph);
}

/**
 * Beside a wide map the inspector is open or closed as the viewer prefers. On a narrow one it covers half of the map, so
 * it opens for a selection or when asked, and that is not remembered.
 */
function useInspector(hasSelection: boolean): { readonly isOpen: boolean; readonly setOpen: (open: boolean) => void } {
  const { inspector } = usePreferences();
  const isNarrow = useIsNarrow();
  const [sheet, setSheet] = useState(hasSelection);
  if (isNarrow) return { isOpen: sheet, setOpen: setSheet };
  return { isOpen: inspector, setOpen: (open) => setPreferences({ inspector: open }) };
}

/** f draws what lies around the selected node alone: one hop, two, three, and the whole map again. */
function useFocusKey({ viewState, scene }: MapModel): void {
  const { view, change } = viewState;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "f" || event.ctrlKey || event.metaKey || event.altKey || isTyping(event)) return;
      const pointed = (event.target as Element | null)?.closest<SVGElement>("[data-select]")?.dataset.select;
      const id = [pointed, view.selected].find((known) => scene?.nodes.some((node) => node.id === known));
      if (id === undefined) return;
      event.preventDefault();
      change({ focus: nextFocus(view.focus, id) });
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  });
}

/** Escape clears the selection, unless something nearer took it: a field, a dialog, a menu. */
function useEscape(clear: () => void, active: boolean): void {
  useEffect(() => {
    if (!active) return;
    const onKey = (event: KeyboardEvent) => {
      if (event.key === "Escape" && !event.defaultPrevented && !isTyping(event)) clear();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  });
}
