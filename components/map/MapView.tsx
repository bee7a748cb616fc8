"use client";
import { useEffect, useState } from "react";
import { setPreferences, usePreferences } from "#components/shell/preferences.ts";
import { ScopeBar } from "#components/shell/ScopeBar.tsx";
import { isTyping } from "#components/shell/typing.ts";
import { useIsNarrow } from "#components/ui/useIsNarrow.ts";
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
  const { legend } = usePreferences();
  const inspector = useInspector(view.selected !== undefined);

  const select = (selected: string | undefined) => {
    change({ selected }, "replace");
    if (selected !== undefined) inspector.setOpen(true);
  };
  useEscape(() => change({ selected: undefined }, "replace"), view.selected !== undefined);

  return (
    <div className="flex min-h-0 min-w-0 flex-1 flex-col">
      <ScopeBar scope={view} state={readingState} onScope={change} />
      <MapToolbar
        view={view}
        matches={model.matches}
        inspector={inspector.isOpen}
        onSelect={select}
        onInspector={inspector.setOpen}
        onChange={change}
      />
      <MapNotices reading={reading} error={readingState.error} plan={plan} state={viewState} />
      <div className="flex min-h-0 flex-1 flex-col wide:flex-row">
        <main className="relative min-h-0 min-w-0 flex-1 overflow-hidden bg-canvas">
          <MapContent model={model} onSelect={select} />
          {legend && view.show === "map" && graph !== undefined && <Legend />}
        </main>
        {inspector.isOpen && reading !== undefined && graph !== undefined && plan !== undefined && (
          <Inspector onClose={() => inspector.setOpen(false)}>
            <SelectionInspector
              selected={view.selected}
              graph={graph}
              reading={reading}
              namespaces={view.namespaces}
              collapsed={plan.collapsed}
              onSelect={select}
              onToggleBox={(box) => change(toggleBox(plan, view, box))}
              onOnlyNamespace={(namespace) => change({ namespaces: [namespace] })}
              onOnlyCluster={(cluster) => change({ clusters: [cluster] })}
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
  const { viewState, readingState, graph, grouping, plan } = model;
  const { view, change } = viewState;
  if (graph === undefined || grouping === undefined || plan === undefined) {
    if (readingState.error === undefined) return <LoadingMap />;
    return <FailedMap error={readingState.error} onRetry={readingState.refresh} />;
  }
  if (graph.nodes.length === 0) return <EmptyMap view={view} onChange={change} />;
  if (view.show === "table") return <MapTables graph={graph} selected={view.selected} onSelect={onSelect} />;
  return (
    <MapPicture
      graph={graph}
      grouping={grouping}
      arrangement={model.arrangement}
      matches={model.matches}
      view={view}
      onSelect={onSelect}
      onToggleBox={(box) => change(toggleBox(plan, view, box))}
    />
  );
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
