"use client";
import { CircleDashed } from "lucide-react";
import { type ReactNode, useMemo } from "react";
import { Button } from "#components/ui/Button.tsx";
import { EmptyState } from "#components/ui/EmptyState.tsx";
import type { Reading } from "#lib/api/reading.ts";
import type { Focus } from "#lib/domain/graph/select/narrow.ts";
import { Explanations } from "./inspector/Explanations.tsx";
import { explainPath } from "./noPath.ts";
import type { ViewChange } from "./useViewState.ts";
import type { MapViewState } from "./viewState.ts";
import { nameInId } from "./words.ts";

/** In place of the map when there may be traffic, but none of it is in focus, or all of it is hidden. */
export function NothingLeft(props: {
  readonly view: MapViewState;
  readonly reading: Reading;
  /** Something is in focus, and all of it is hidden. */
  readonly isAllHidden: boolean;
  readonly onChange: (change: ViewChange) => void;
}) {
  const { view, isAllHidden, onChange } = props;
  const { focus } = view;
  if (isAllHidden || focus === undefined) {
    return (
      <Nothing action={<Button onClick={() => onChange({ hide: "" })}>Show all again</Button>}>
        Everything in {focus === undefined ? "scope" : "focus"} matches what is hidden.
      </Nothing>
    );
  }
  const clear = (
    <Button look="primary" onClick={() => onChange({ focus: undefined })}>
      Clear the focus
    </Button>
  );
  if (focus.kind === "path") return <NoPath {...props} focus={focus} clear={clear} />;
  return (
    <Nothing action={clear}>
      {nameInId(focus.id)} is not here: no traffic in the window, folded away, or another graph type.
    </Nothing>
  );
}

/** Why no call leads from the one to the other, and whether one leads back. */
function NoPath(props: {
  readonly view: MapViewState;
  readonly reading: Reading;
  readonly focus: Focus & { readonly kind: "path" };
  readonly clear: ReactNode;
  readonly onChange: (change: ViewChange) => void;
}) {
  const { view, reading, focus, onChange } = props;
  const { from, to } = focus;
  const found = useMemo(() => explainPath(reading, view, { from, to }), [reading, view, from, to]);
  const explanation = found.kind === "none" ? found.explanation : undefined;
  const turned = { ...focus, from: to, to: from };
  return (
    <Nothing
      action={
        <>
          {props.clear}
          {found.kind === "none" && found.leadsBack && (
            <Button onClick={() => onChange({ focus: turned })}>Show the way back</Button>
          )}
        </>
      }
      below={explanation && <Explanations explanations={[explanation]} />}
    >
      {found.kind === "absent"
        ? `${nameInId(found.id)} is not here: no traffic in the window, or another graph type.`
        : "No call leads from the one to the other, directly or through others."}
    </Nothing>
  );
}

function Nothing(props: { readonly action: ReactNode; readonly below?: ReactNode; readonly children: ReactNode }) {
  return (
    <EmptyState
      icon={<CircleDashed aria-hidden size={28} />}
      title="Nothing is left to draw"
      action={props.action}
      below={props.below}
    >
      {props.children}
    </EmptyState>
  );
}
