/** The map under the keyboard: arrows walk, brackets go through the edges of a node, Enter selects, b selects the box around, c folds, + − 0 zoom. */
import { useRef } from "react";
import type { Graph } from "#lib/domain/graph/graph.ts";
import { clusterBoxOf, type Grouping, namespaceBoxOf } from "#lib/domain/graph/group.ts";
import type { PlacedNode } from "#lib/layout/layout.ts";
import { type Direction, nearestInDirection, stepThroughEdges } from "./walk.ts";

const ARROWS: Readonly<Record<string, Direction>> = {
  ArrowLeft: "left",
  ArrowRight: "right",
  ArrowUp: "up",
  ArrowDown: "down",
};

export type MapKeyActions = {
  readonly selected: string | undefined;
  focus(id: string): void;
  select(id: string | undefined): void;
  toggleBox(box: string): void;
  zoomBy(factor: number): void;
  fit(): void;
};

/** A handler for the map's keydown events. What has the focus is read from the event. */
export function useMapKeys(
  graph: Graph,
  grouping: Grouping,
  places: ReadonlyMap<string, PlacedNode>,
  actions: MapKeyActions,
): (event: KeyboardEvent) => void {
  // The node whose edges the brackets go through, while an edge has the focus.
  const anchor = useRef<string>(undefined);
  return (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const focused = (event.target as Element).closest<SVGElement>("[data-select]")?.dataset.select;
    const edge = graph.edges.find((candidate) => candidate.id === focused);
    const place = focused === undefined ? undefined : places.get(focused);
    const direction = ARROWS[event.key];
    if (direction !== undefined) {
      const next =
        edge === undefined
          ? place && nearestInDirection([...places.values()], place, direction)?.id
          : endOf(edge, direction);
      if (next !== undefined) actions.focus(next);
    } else if (event.key === "[" || event.key === "]") {
      if (edge === undefined) anchor.current = focused;
      const around = anchor.current ?? edge?.source;
      if (around === undefined) return;
      const next = stepThroughEdges(graph.edges, places, around, edge?.id, event.key === "]" ? 1 : -1);
      if (next !== undefined) actions.focus(next.id);
    } else if (event.key === "Enter" || event.key === " ") {
      if (focused === undefined) return;
      actions.select(focused);
    } else if (event.key === "Escape") actions.select(undefined);
    else if (event.key === "c") {
      const node = graph.nodes.find((candidate) => candidate.id === focused);
      const box = node?.type === "box" ? node.id : node && namespaceBoxOf(node);
      if (box === undefined) return;
      actions.toggleBox(box);
    } else if (event.key === "C") {
      const node = graph.nodes.find((candidate) => candidate.id === focused);
      const isMany = graph.nodes.some(({ cluster }) => cluster !== "" && cluster !== node?.cluster);
      if (node === undefined || !isMany) return;
      actions.toggleBox(clusterBoxOf(node));
    } else if (event.key === "b") {
      const box = boxAround(grouping, focused, actions.selected);
      if (box === undefined) return;
      actions.select(box);
    } else if (event.key === "+" || event.key === "=") actions.zoomBy(1.3);
    else if (event.key === "-") actions.zoomBy(1 / 1.3);
    else if (event.key === "0") actions.fit();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
}

/** The innermost box around a node; the next one out when that one is selected already. */
function boxAround({ groups, groupOf }: Grouping, node: string | undefined, selected: string | undefined) {
  const around: string[] = [];
  for (let id = groupOf.get(node ?? ""); id !== undefined; id = groups.get(id)?.parent) around.push(id);
  return around[around.indexOf(selected ?? "") + 1] ?? around[0];
}

/** Left goes to where a call comes from, right to where it goes. */
function endOf(edge: { readonly source: string; readonly target: string }, direction: Direction): string | undefined {
  if (direction === "left") return edge.source;
  return direction === "right" ? edge.target : undefined;
}
