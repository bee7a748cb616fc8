"use client";
import { X } from "lucide-react";
import type { ReactNode } from "react";
import { useTimeFormat } from "#components/shell/useTimeFormat.ts";
import { Button } from "#components/ui/Button.tsx";
import { ChoiceMenu } from "#components/ui/ChoiceMenu.tsx";
import type { Graph } from "#lib/domain/graph/graph.ts";
import type { Focus } from "#lib/domain/graph/select/narrow.ts";
import { MOST_HOPS } from "#lib/domain/graph/select/narrow.ts";
import { formatCount } from "#lib/format/quantity.ts";
import type { Comparison } from "./compare/useComparison.ts";
import type { ViewChange } from "./useViewState.ts";
import type { MapViewState } from "./viewState.ts";
import { nameInId, nodeName } from "./words.ts";

const HOP_CHOICES = [1, 2, 3].map((value) => ({ value, label: value === 1 ? "1 hop" : `${value} hops` }));
const DIRECTION_CHOICES = [
  { value: "both" as const, label: "up and down" },
  { value: "up" as const, label: "upstream" },
  { value: "down" as const, label: "downstream" },
];
const WAY_CHOICES = [
  { value: "shortest" as const, label: "shortest ways" },
  { value: "all" as const, label: `all ways up to ${MOST_HOPS} hops` },
];

/** Why the map is not all there is, or not only what is: one line with a way out of each. */
export function ViewChips(props: {
  readonly view: MapViewState;
  readonly graph: Graph | undefined;
  readonly comparison: Comparison | undefined;
  readonly onChange: (change: ViewChange) => void;
}) {
  const { view, graph, comparison, onChange } = props;
  if (view.focus === undefined && view.compare === undefined) return null;
  return (
    <section
      aria-label="What is shown"
      className="flex min-h-9 shrink-0 flex-wrap items-center gap-x-4 gap-y-1 border-b border-hairline bg-raised px-3 py-1"
    >
      {view.focus !== undefined && (
        <FocusChip focus={view.focus} graph={graph} onFocus={(focus) => onChange({ focus })} />
      )}
      {view.compare !== undefined && (
        <CompareChip comparison={comparison} onStop={() => onChange({ compare: undefined })} />
      )}
    </section>
  );
}

function FocusChip(props: {
  readonly focus: Focus;
  readonly graph: Graph | undefined;
  readonly onFocus: (focus: Focus | undefined) => void;
}) {
  const { focus, graph, onFocus } = props;
  const nameOf = (id: string) => {
    const node = graph?.nodes.find((candidate) => candidate.id === id);
    return node === undefined ? nameInId(id) : nodeName(node);
  };
  if (focus.kind === "path") {
    return (
      <Chip clear="Clear the focus" onClear={() => onFocus(undefined)}>
        <span className="truncate">
          Path from <b className="font-medium">{nameOf(focus.from)}</b> to{" "}
          <b className="font-medium">{nameOf(focus.to)}</b>
        </span>
        <ChoiceMenu
          name="Ways"
          value={focus.ways}
          choices={WAY_CHOICES}
          onChange={(ways) => onFocus({ ...focus, ways })}
        />
      </Chip>
    );
  }
  return (
    <Chip clear="Clear the focus" onClear={() => onFocus(undefined)}>
      <span className="truncate">
        Only around <b className="font-medium">{nameOf(focus.id)}</b>
      </span>
      <ChoiceMenu
        name="Hops"
        value={focus.hops}
        choices={HOP_CHOICES}
        onChange={(hops) => onFocus({ ...focus, hops })}
      />
      <ChoiceMenu
        name="Direction"
        value={focus.direction}
        choices={DIRECTION_CHOICES}
        onChange={(direction) => onFocus({ ...focus, direction })}
      />
    </Chip>
  );
}

function CompareChip({
  comparison,
  onStop,
}: {
  readonly comparison: Comparison | undefined;
  readonly onStop: () => void;
}) {
  const { formatMoment } = useTimeFormat();
  const diff = comparison?.diff;
  const count = diff?.edges.filter(({ significant }) => significant).length ?? 0;
  const moment = comparison === undefined ? "another moment" : formatMoment(comparison.withSeconds);
  const found =
    diff === undefined
      ? (comparison?.problem ?? `Reading ${moment}`)
      : count === 0
        ? `Nothing more than noise since ${moment}`
        : `${formatCount(count)} ${count === 1 ? "edge" : "edges"} changed since ${moment}`;
  return (
    <Chip clear="Stop comparing" onClear={onStop}>
      <span className="truncate" role="status">
        {found}
      </span>
    </Chip>
  );
}

function Chip(props: { readonly clear: string; readonly onClear: () => void; readonly children: ReactNode }) {
  return (
    <div className="flex min-w-0 items-center gap-1.5">
      {props.children}
      <Button look="quiet" aria-label={props.clear} title={props.clear} className="w-7 px-0!" onClick={props.onClear}>
        <X aria-hidden size={14} />
      </Button>
    </div>
  );
}
