"use client";
/** The other moment, read by the same ways, and what changed since. */
import { useMemo } from "react";
import { type Extras, useLatency, usePastReading } from "#components/shell/useReading.ts";
import type { Reading } from "#lib/api/reading.ts";
import { diffGraphs, type GraphDiff } from "#lib/domain/graph/diff.ts";
import type { Graph } from "#lib/domain/graph/graph.ts";
import { buildScene, type FoldPlan, foldLike } from "../foldPlan.ts";
import type { CompareMoment, MapViewState } from "../viewState.ts";

export type Comparison = {
  /** Unix seconds compared with: as asked for until the reading is there, then its own. */
  readonly withSeconds: number;
  /** Absent until both readings are there. */
  readonly before?: Graph;
  readonly diff?: GraphDiff;
  /** Why the other moment could not be read. */
  readonly problem?: string;
};

const GRID_SECONDS = 60;

/** On whole minutes, so that a moment that moves with the present is read once a minute, and shared. */
export function compareSeconds(compare: CompareMoment, asOf: number): number {
  if ("atSeconds" in compare) return compare.atSeconds;
  return Math.floor((asOf - compare.agoSeconds) / GRID_SECONDS) * GRID_SECONDS;
}

type Input = {
  readonly view: MapViewState;
  readonly reading: Reading | undefined;
  readonly scene: Graph | undefined;
  readonly plan: FoldPlan | undefined;
  readonly scope: Parameters<typeof buildScene>[2];
  readonly folding: Pick<MapViewState, "collapsed" | "expanded">;
  readonly extras: Extras;
  readonly latencyNamespaces: readonly string[];
};

/** Undefined while the view compares nothing. */
export function useComparison(input: Input): Comparison | undefined {
  const { view, reading, scene, plan, scope, folding, extras } = input;
  const { compare, windowSeconds } = view;
  const withSeconds =
    compare === undefined || reading === undefined ? undefined : compareSeconds(compare, reading.asOf);
  const moment = withSeconds === undefined ? undefined : { windowSeconds, atSeconds: withSeconds };
  const { reading: past, error } = usePastReading(moment, extras);
  const latency = useLatency(moment ?? { windowSeconds }, moment === undefined ? [] : input.latencyNamespaces, 0);
  const before = useMemo(
    () =>
      past === undefined || plan === undefined
        ? undefined
        : buildScene(past, latency, scope, foldLike(plan, past, { ...scope, ...folding })),
    [past, latency, scope, plan, folding],
  );
  return useMemo(() => {
    if (withSeconds === undefined) return undefined;
    if (error !== undefined) return { withSeconds, problem: `${error.message} ${error.hint}` };
    if (before === undefined || past === undefined || scene === undefined || reading === undefined)
      return { withSeconds };
    const diff = diffGraphs(
      { graph: before, windowSeconds: past.windowSeconds },
      { graph: scene, windowSeconds: reading.windowSeconds },
    );
    return { withSeconds: past.asOf, before, diff };
  }, [withSeconds, error, before, past, scene, reading]);
}
