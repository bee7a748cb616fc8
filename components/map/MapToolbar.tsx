"use client";
import { PanelRight, Table2, Waypoints } from "lucide-react";
import { Button, IconButton } from "#components/ui/Button.tsx";
import { ChoiceMenu } from "#components/ui/ChoiceMenu.tsx";
import { GRAPH_TYPES } from "#lib/domain/graph/graph.ts";
import { DisplayMenu } from "./DisplayMenu.tsx";
import { FindBox } from "./FindBox.tsx";
import type { ViewChange } from "./useViewState.ts";
import type { MapViewState } from "./viewState.ts";
import { GRAPH_TYPE_WORDS } from "./words.ts";

const GRAPH_TYPE_CHOICES = GRAPH_TYPES.map((value) => ({ value, label: GRAPH_TYPE_WORDS[value] }));

/** How the map is drawn and searched. */
export function MapToolbar(props: {
  readonly view: MapViewState;
  readonly matches: readonly string[];
  readonly inspector: boolean;
  readonly onSelect: (id: string) => void;
  readonly onInspector: (open: boolean) => void;
  readonly onChange: (change: ViewChange, how?: "push" | "replace") => void;
}) {
  const { view, inspector, onChange } = props;
  const table = view.show === "table";
  return (
    <div
      role="toolbar"
      aria-label="Map"
      className="flex h-10 shrink-0 items-center gap-2 border-b border-hairline bg-panel px-3"
    >
      <ChoiceMenu
        name="Graph type"
        value={view.graphType}
        choices={GRAPH_TYPE_CHOICES}
        onChange={(graphType) => onChange({ graphType })}
      />
      <DisplayMenu view={view} onChange={onChange} />
      <div className="ml-auto flex min-w-0 items-center gap-2">
        <FindBox
          text={view.find}
          matches={props.matches}
          selected={view.selected}
          onText={(find) => onChange({ find }, "replace")}
          onSelect={props.onSelect}
        />
        <fieldset className="flex shrink-0">
          <legend className="sr-only">Show as</legend>
          <Button
            pressed={!table}
            title="Draw the map"
            className="rounded-r-none"
            onClick={() => onChange({ show: "map" })}
          >
            <Waypoints aria-hidden size={14} />
            <span className="sr-only wide:not-sr-only">Map</span>
          </Button>
          <Button
            pressed={table}
            title="The same as tables"
            className="-ml-px rounded-l-none"
            onClick={() => onChange({ show: "table" })}
          >
            <Table2 aria-hidden size={14} />
            <span className="sr-only wide:not-sr-only">Table</span>
          </Button>
        </fieldset>
        <IconButton
          name={inspector ? "Close the inspector" : "Open the inspector"}
          pressed={inspector}
          onClick={() => props.onInspector(!inspector)}
        >
          <PanelRight aria-hidden size={15} />
        </IconButton>
      </div>
    </div>
  );
}
