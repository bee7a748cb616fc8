"use client";
import { useSearchParams } from "next/navigation";
import { useMemo, useSyncExternalStore } from "react";
import { formatView, type MapViewState, parseView } from "./viewState.ts";

/** Fields to change; undefined takes one away (selected, atSeconds). */
export type ViewChange = { readonly [Field in keyof MapViewState]?: MapViewState[Field] | undefined };

export type ViewState = {
  readonly view: MapViewState;
  readonly problems: readonly string[];
  /** "push" makes the change a step that the back button undoes. */
  readonly change: (change: ViewChange, how?: "push" | "replace") => void;
};

const listeners = new Set<() => void>();

/**
 * The view lives in the address; changing it asks the server for nothing. The address is read directly: Next tells of
 * changes in a transition, too late for a box that was just ticked.
 */
export function useViewState(): ViewState {
  const rendered = useSearchParams();
  const query = useSyncExternalStore(
    subscribe,
    () => location.search,
    () => `?${rendered.toString()}`,
  );
  const { view, problems } = useMemo(() => parseView(new URLSearchParams(query)), [query]);
  return { view, problems, change: changeView };
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  addEventListener("popstate", listener);
  return () => {
    listeners.delete(listener);
    removeEventListener("popstate", listener);
  };
}

function changeView(change: ViewChange, how: "push" | "replace" = "push"): void {
  // From the address, not from a render: two changes in one tick must both survive.
  const { view } = parseView(new URLSearchParams(location.search));
  const query = formatView(applyChange(view, change));
  const url = query === "" ? location.pathname : `${location.pathname}?${query}`;
  if (how === "push") history.pushState(null, "", url);
  else history.replaceState(null, "", url);
  for (const listener of listeners) listener();
}

/** The view after a change; a field changed to undefined is gone. */
function applyChange(view: MapViewState, change: ViewChange): MapViewState {
  const entries = Object.entries({ ...view, ...change }).filter(([, value]) => value !== undefined);
  // Only optional fields can be changed to undefined and lose their entry.
  return Object.fromEntries(entries) as MapViewState;
}
