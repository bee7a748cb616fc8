"use client";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { Series } from "#lib/api/series.ts";
import { formatScope } from "#lib/api/series.ts";
import { seriesUrl } from "#lib/api/urls.ts";
import type { SeriesScope } from "#lib/domain/telemetry/timeSeries.ts";
import { type ApiError, fetchJson } from "./apiClient.ts";

export type SeriesRange = { readonly startSeconds: number; readonly endSeconds: number; readonly stepSeconds: number };

/** Ends snapped to the step, so that viewers a few seconds apart share one answer. */
export function alignRange(endSeconds: number, spanSeconds: number, points: number): SeriesRange {
  const step = Math.max(15, Math.ceil(spanSeconds / points / 15) * 15);
  const end = Math.floor(endSeconds / step) * step;
  return { startSeconds: end - Math.floor(spanSeconds / step) * step, endSeconds: end, stepSeconds: step };
}

/** Rates over time of one scope or object; undefined scope asks nothing. */
export function useSeries(
  scope: SeriesScope | undefined,
  direction: "inbound" | "outbound",
  range: SeriesRange | undefined,
) {
  return useQuery<Series, ApiError>({
    queryKey: ["series", scope === undefined ? "" : formatScope(scope), direction, range],
    queryFn: ({ signal }) => {
      if (scope === undefined || range === undefined) throw new Error("asked for the series of nothing");
      const url = seriesUrl({
        scope,
        direction,
        start: range.startSeconds,
        end: range.endSeconds,
        step: range.stepSeconds,
      });
      return fetchJson<Series>(url, signal);
    },
    enabled: scope !== undefined && range !== undefined,
    placeholderData: (previous, query) =>
      // Another object's curve must not stand in for this one's; an older stretch of the same may.
      query?.queryKey[1] === (scope === undefined ? "" : formatScope(scope)) ? keepPreviousData(previous) : undefined,
    staleTime: Number.POSITIVE_INFINITY,
  });
}
