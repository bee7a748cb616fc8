"use client";
/** What changed in the configuration within a stretch of time. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { ChangesDocument } from "#lib/api/changes.ts";
import { changesUrl } from "#lib/api/urls.ts";
import { type ApiError, fetchJson } from "./apiClient.ts";

const MOST_CHANGES = 1000;

export type ChangesRange = {
  readonly startSeconds: number;
  readonly endSeconds: number;
  /** Empty: all of them. */
  readonly namespaces: readonly string[];
};

/** Asked again when the configuration has another version. */
export function useChanges({ startSeconds, endSeconds, namespaces }: ChangesRange, configurationVersion: number) {
  return useQuery<ChangesDocument, ApiError>({
    queryKey: ["changes", namespaces, startSeconds, endSeconds, configurationVersion],
    queryFn: ({ signal }) =>
      fetchJson<ChangesDocument>(
        changesUrl({ start: startSeconds, end: endSeconds, namespaces, limit: MOST_CHANGES }),
        signal,
      ),
    // Marks of an older stretch may stand in; those of other namespaces may not.
    placeholderData: (previous, query) =>
      JSON.stringify(query?.queryKey[1]) === JSON.stringify(namespaces) ? keepPreviousData(previous) : undefined,
    staleTime: Number.POSITIVE_INFINITY,
  });
}
