"use client";
/** The reading a page draws from: rates first, percentiles when they come, refreshed while someone looks. */
import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import type { Reading } from "#lib/api/reading.ts";
import { readingUrl } from "#lib/api/urls.ts";
import { type ApiError, fetchJson } from "./apiClient.ts";
import { listenForChanges } from "./eventStream.ts";
import type { Scope } from "./scope.ts";

export type ReadingState = {
  readonly reading: Reading | undefined;
  /** When the browser received it, for its age. */
  readonly receivedAtMs: number;
  /** Why the last attempt failed; the reading may still be there, from before. */
  readonly error: ApiError | undefined;
  readonly fetching: boolean;
  readonly refresh: () => void;
};

/**
 * Asks for rates of the whole mesh, then for the same with the percentiles of `latencyNamespaces`.
 * `refreshSeconds` 0 asks only once. Hidden tabs do not ask.
 */
export function useReading(
  scope: Pick<Scope, "windowSeconds" | "atSeconds">,
  latencyNamespaces: readonly string[],
  refreshSeconds: number,
): ReadingState {
  const { windowSeconds: window, atSeconds } = scope;
  const moment = { window, ...(atSeconds === undefined ? {} : { at: atSeconds }) };
  const live = atSeconds === undefined && refreshSeconds > 0;
  const options = {
    placeholderData: keepPreviousData<Reading>,
    refetchInterval: live ? refreshSeconds * 1000 : (false as const),
    // The tables are rebuilt at every refresh; comparing them to the last would only cost time.
    structuralSharing: false as const,
  };

  const rates = useQuery<Reading, ApiError>({
    queryKey: ["reading", moment, "rates"],
    queryFn: ({ signal }) => fetchJson<Reading>(readingUrl(moment), signal),
    ...options,
  });
  const latencies = useQuery<Reading, ApiError>({
    queryKey: ["reading", moment, "latencies", latencyNamespaces],
    queryFn: ({ signal }) => fetchJson<Reading>(readingUrl({ ...moment, latency: latencyNamespaces }), signal),
    enabled: rates.data !== undefined && latencyNamespaces.length > 0,
    ...options,
  });

  useChangeRefetch(live);
  const client = useQueryClient();
  const shown = chooseReading(rates, latencies);
  return {
    reading: shown.data,
    receivedAtMs: shown.dataUpdatedAt,
    error: rates.error ?? undefined,
    fetching: rates.isFetching,
    refresh: () => void client.invalidateQueries({ queryKey: ["reading"] }),
  };
}

type Lane = {
  readonly data: Reading | undefined;
  readonly dataUpdatedAt: number;
  readonly isFetching: boolean;
  readonly isPlaceholderData: boolean;
};

/**
 * The lane to draw. Percentiles must not blink at every refresh, so a reading with latencies stays until its successor
 * is there; it never stays for a lane that has ended with less.
 *
 *   rates      t0 ──────── t15 ───────────
 *   latencies  ···t0 ─────────── t15 ─────
 *   drawn      r0 l0 ──────────  l15 ─────
 */
export function chooseReading(rates: Lane, latencies: Lane): Lane {
  if (rates.data === undefined || latencies.data === undefined) return rates;
  // Kept from another window or moment while the new one loads: the rates of the new one are worth more.
  if (latencies.isPlaceholderData && !rates.isPlaceholderData) return rates;
  if (latencies.data.asOf >= rates.data.asOf || latencies.isFetching) return latencies;
  return rates;
}

function useChangeRefetch(live: boolean): void {
  const client = useQueryClient();
  useEffect(() => {
    if (!live) return;
    return listenForChanges(() => void client.invalidateQueries({ queryKey: ["reading"] }));
  }, [client, live]);
}
