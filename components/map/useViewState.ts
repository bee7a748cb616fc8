"use client";
import { useSearchParams } from "next/navigation";
import { useCallback, useMemo } from "react";
import { formatView, type MapViewState, parseView } from "./viewState.ts";

/** Fields to change; undefined takes one away (selected, atSeconds). */
export type ViewChange = { readonly [Field in keyof MapViewState]?: MapViewState[Field] | undefined };

export type ViewState = {
  readonly view: MapViewState;
  readonly problems: readonly string[];
  /** "push" makes the change a step that the back button undoes. */
  readonly change: (change: ViewChange, how?: "push" | "replace") => void;
};

/** The view lives in the address. Changing it asks the server for nothing: Next follows the History API. */
export function useViewState(): ViewState {
  const parameters = useSearchParams();
  const text = parameters.toString();
  const { view, problems } = useMemo(() => parseView(new URLSearchParams(text)), [text]);
  const change = useCallback((change: ViewChange, how: "push" | "replace" = "push") => {
    // Read from the address, not from the render: two changes in one tick must both survive.
    const { view } = parseView(new URLSearchParams(location.search));
    const query = formatView(applyChange(view, change));
    const url = query === "" ? location.pathname : `${location.pathname}?${query}`;
    if (how === "push") history.pushState(null, "", url);
    else history.replaceState(null, "", url);
  }, []);
  return { view, problems, change };
}

/** The view after a change; a field changed to undefined is gone. */
export function applyChange(view: MapViewState, change: ViewChange): MapViewState {
  const entries = Object.entries({ ...view, ...change }).filter(([, value]) => value !== undefined);
  // Only optional fields can be changed to undefined and lose their entry.
  return Object.fromEntries(entries) as MapViewState;
}
