"use client";
import { useSyncExternalStore } from "react";

/** The same border as the `wide:` classes: below it the rail is a bottom bar and the inspector a sheet. */
const NARROW = "(max-width: 899.98px)";

/** Whether the window is narrow; false while the server renders. */
export function useIsNarrow(): boolean {
  return useSyncExternalStore(
    subscribe,
    () => matchMedia(NARROW).matches,
    () => false,
  );
}

function subscribe(listener: () => void): () => void {
  const query = matchMedia(NARROW);
  query.addEventListener("change", listener);
  return () => query.removeEventListener("change", listener);
}
