"use client";
import { useEffect } from "react";
import { setPreferences, usePreferences } from "#components/shell/preferences.ts";
import { ScopeBar } from "#components/shell/ScopeBar.tsx";
import { isTyping } from "#components/shell/typing.ts";
import { toggleBox } from "./foldPlan.ts";
import { Inspector } from "./inspector/Inspector.tsx";
import { SelectionInspector } from "./inspector/SelectionInspector.tsx";
import { Legend } from "./Legend.tsx";
import { MapNotices } from "./MapNotices.tsx";
import { MapPicture } from "./MapPicture.tsx";
import { EmptyMap, FailedMap, LoadingMap } from "./MapStates.tsx";
import { MapTables } from "./MapTables.tsx";
import { MapToolbar } from "./MapToolbar.tsx";
import { TimeStrip } from "./TimeStrip.tsx";
import { type MapModel, useMap } from "./useMap.ts";

/** The map page: scope bar, notices, picture or tables, inspector, time strip. */
export function MapView() {
  const model = useMap();
  const { viewState, readingState, plan, graph } = model;
  const { view, change } = viewState;
  const { reading } = readingState;
  const { inspector, legend } = usePreferences();

  const select = (selected: string | undefined) => {
    change({ selected }, "replace");
    if (selected !== undefined && !inspector) setPreferences({ inspector: true });
  };
  useEscape(() => change({ selected: undefined }, "replace"), view.selected !== undefined);

  return (
    <div className="flex min-h-0 min-w-0 flex-1 flex-col">
      <ScopeBar scope={view} state={readingState} onScope={change} />
      <MapToolbar view={view} matches={model.matches} onChange={change} />
      <MapNotices reading={reading} error={readingState.error} plan={plan} state={viewState} />
      <div className="relative flex min-h-0 flex-1">
        <main className="relative min-w-0 flex-1 overflow-hidden bg-canvas">
          <MapContent model={model} onSelect={select} />
          {legend && view.show === "map" && graph !== undefined && <Legend />}
        </main>
        {inspector && reading !== undefined && graph !== undefined && plan !== undefined && (
          <Inspector onClose={() => setPreferences({ inspector: false })}>
            <SelectionInspector
              selected={view.selected}
              graph={graph}
              reading={reading}
              namespaces={view.namespaces}
              collapsed={plan.collapsed}
              onSelect={select}
              onToggleBox={(box) => change(toggleBox(plan, view, box))}
              onOnlyNamespace={(namespace) => change({ namespaces: [namespace] })}
            />
          </Inspector>
        )}
      </div>
      {reading !== undefined && (
        <TimeStrip
          namespaces={view.namespaces}
          nowSeconds={reading.now}
          atSeconds={view.atSeconds}
          onMoment={(atSeconds) => change({ atSeconds })}
        />
      )}
    </div>
  );
}

function MapContent({
  model,
  onSelect,
}: {
  readonly model: MapModel;
  readonly onSelect: (id: string | undefined) => void;
}) {
  const { viewState, readingState, graph, plan } = model;
  const { view, change } = viewState;
  if (graph === undefined || plan === undefined) {
    if (readingState.error === undefined) return <LoadingMap />;
    return <FailedMap error={readingState.error} onRetry={readingState.refresh} />;
  }
  if (graph.nodes.length === 0) return <EmptyMap view={view} onChange={change} />;
  if (view.show === "table") return <MapTables graph={graph} selected={view.selected} onSelect={onSelect} />;
  return (
    <MapPicture
      graph={graph}
      plan={plan}
      matches={model.matches}
      view={view}
      onSelect={onSelect}
      onToggleBox={(box) => change(toggleBox(plan, view, box))}
    />
  );
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
