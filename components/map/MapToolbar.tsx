"use client";
import { PanelRight, Table2, Waypoints } from "lucide-react";
import { Button, IconButton } from "#components/ui/Button.tsx";
import { ChoiceMenu } from "#components/ui/ChoiceMenu.tsx";
import { GRAPH_TYPES } from "#lib/domain/graph/graph.ts";
import { ComparePicker } from "./compare/ComparePicker.tsx";
import { DisplayMenu } from "./DisplayMenu.tsx";
import { ExportMenu } from "./ExportMenu.tsx";
import { FindBox } from "./FindBox.tsx";
import { HideBox } from "./HideBox.tsx";
import type { MapModel } from "./useMap.ts";
import type { ViewChange } from "./useViewState.ts";
import { GRAPH_TYPE_WORDS } from "./words.ts";

const GRAPH_TYPE_CHOICES = GRAPH_TYPES.map((value) => ({ value, label: GRAPH_TYPE_WORDS[value] }));

/** How the map is drawn and searched. */
export function MapToolbar(props: {
  readonly model: MapModel;
  readonly inspector: boolean;
  readonly onSelect: (id: string) => void;
  readonly onInspector: (open: boolean) => void;
  readonly onChange: (change: ViewChange, how?: "push" | "replace") => void;
}) {
  const { model, inspector, onChange } = props;
  const { view } = model.viewState;
  const table = view.show === "table";
  return (
    <div
      role="toolbar"
      aria-label="Map"
      className="flex shrink-0 flex-wrap items-center gap-1.5 border-b border-hairline bg-panel px-3 py-1.5 wide:h-10 wide:flex-nowrap wide:gap-2 wide:py-0"
    >
      <ChoiceMenu
        name="Graph type"
        value={view.graphType}
        choices={GRAPH_TYPE_CHOICES}
        onChange={(graphType) => onChange({ graphType })}
      />
      <DisplayMenu view={view} onChange={onChange} />
      <ComparePicker
        compare={view.compare}
        nowSeconds={model.readingState.reading?.now}
        onChange={(compare) => onChange({ compare })}
      />
      <div className="order-last flex w-full min-w-0 items-center gap-2 wide:order-none wide:ml-auto wide:w-auto">
        <FindBox
          text={view.find}
          query={model.find}
          graph={model.graph}
          matches={model.matches}
          selected={view.selected}
          onText={(find) => onChange({ find }, "replace")}
          onSelect={props.onSelect}
        />
        <HideBox text={view.hide} graph={model.scene} onText={(hide) => onChange({ hide })} />
      </div>
      <div className="ml-auto flex items-center gap-1.5 wide:ml-0 wide:gap-2">
        <ExportMenu view={view} plan={model.plan} />
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
