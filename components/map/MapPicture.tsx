"use client";
import { useEffect, useMemo, useRef } from "react";
import { usePreferences } from "#components/shell/preferences.ts";
import type { GraphDiff } from "#lib/domain/graph/diff.ts";
import type { Graph } from "#lib/domain/graph/graph.ts";
import type { Grouping } from "#lib/domain/graph/group.ts";
import { MapCanvas, type MapCanvasHandle } from "./canvas/MapCanvas.tsx";
import { useLayout } from "./canvas/useLayout.ts";
import { changeMarks } from "./compare/changeWords.ts";
import { LoadingMap } from "./MapStates.tsx";
import type { EdgeLabel, MapViewState } from "./viewState.ts";

/** The drawn map, laid out; what the find box steps to comes into view. */
export function MapPicture(props: {
  readonly graph: Graph;
  readonly grouping: Grouping;
  readonly arrangement: string;
  readonly matches: readonly string[];
  readonly labels: readonly EdgeLabel[];
  /** Drawn while two moments are compared. */
  readonly diff: GraphDiff | undefined;
  readonly view: MapViewState;
  readonly onSelect: (id: string | undefined) => void;
  readonly onToggleBox: (box: string) => void;
}) {
  const { graph, grouping, matches, view } = props;
  const { traffic } = usePreferences();
  const place = useRef<HTMLDivElement>(null);
  const layout = useLayout(graph, grouping, props.arrangement, place);
  const canvas = useRef<MapCanvasHandle>(null);
  const matching = useMemo(() => (view.find === "" ? undefined : new Set(matches)), [view.find, matches]);

  const marks = useMemo(() => props.diff && changeMarks(props.diff), [props.diff]);

  const found = view.find !== "" && view.selected !== undefined ? view.selected : undefined;
  useEffect(() => {
    if (found !== undefined) canvas.current?.zoomTo(found);
  }, [found]);

  return (
    <div ref={place} className="absolute inset-0">
      {layout === undefined ? (
        <LoadingMap />
      ) : (
        <MapCanvas
          ref={canvas}
          graph={graph}
          grouping={grouping}
          layout={layout}
          selected={view.selected}
          onSelect={props.onSelect}
          onToggleBox={props.onToggleBox}
          labels={props.labels}
          showTraffic={traffic}
          {...(matching === undefined ? {} : { matches: matching })}
          {...(marks === undefined ? {} : { marks })}
        />
      )}
    </div>
  );
}
