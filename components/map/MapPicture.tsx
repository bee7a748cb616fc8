"use client";
import type { Graph } from "#lib/domain/graph/graph.ts";
import type { FoldPlan } from "./foldPlan.ts";
import type { MapViewState } from "./viewState.ts";

/** The drawn map. */
export function MapPicture(_props: {
  readonly graph: Graph;
  readonly plan: FoldPlan;
  readonly matches: readonly string[];
  readonly view: MapViewState;
  readonly onSelect: (id: string | undefined) => void;
  readonly onToggleBox: (box: string) => void;
}) {
  return null;
}
