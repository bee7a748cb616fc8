"use client";
/** The reading a page draws from: rates first, percentiles when they come, refreshed while someone looks. */
import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import type { Reading } from "#lib/api/reading.ts";
import { readingUrl } from "#lib/api/urls.ts";
import { indexLatency, type LatencyIndex } from "#lib/domain/telemetry/latency.ts";
import type { Detail } from "#lib/domain/telemetry/reports.ts";
import { type ApiError, fetchReading } from "./apiClient.ts";
import { listenForChanges } from "./eventStream.ts";
import type { Scope } from "./scope.ts";

export type ReadingState = {
  readonly reading: Reading | undefined;
  /** When the browser received it, for its age. */
  readonly receivedAtMs: number;
  /** Why the last attempt failed; the reading may still be there, from before. */
  readonly error: ApiError | undefined;
  readonly fetching: boolean;
  /** Asks for everything again, percentiles and curves too. */
  readonly refresh: () => void;
};

type Moment = Pick<Scope, "windowSeconds" | "atSeconds">;

/** What a page shows beyond rates: details of traffic, and labels of workloads and services. */
export type Extras = { readonly details: readonly Detail[]; readonly labels: boolean };

/** Rates of the whole mesh, and what else the page shows. `refreshSeconds` 0 asks only once; hidden tabs do not ask. */
export function useReading(scope: Moment, extras: Extras, refreshSeconds: number): ReadingState {
  const client = useQueryClient();
  const moment = momentOf(scope);
  const query = useQuery<Reading, ApiError>({
    queryKey: ["reading", "rates", moment, extras],
    queryFn: ({ signal }) => fetchReading(readingUrl({ ...moment, ...extras }), signal),
    placeholderData: keepPreviousData,
    refetchInterval: refreshInterval(scope, refreshSeconds),
    structuralSharing: false,
  });
  useChangeRefetch(scope.atSeconds === undefined ? refreshSeconds : 0);
  return {
    reading: query.data,
    receivedAtMs: query.dataUpdatedAt,
    // The first failure is said at once, not after the retries that may mend it.
    error: query.error ?? query.failureReason ?? undefined,
    fetching: query.isFetching,
    refresh: () => void client.invalidateQueries(),
  };
}

/** Rates of the whole mesh at one past moment, which do not change; undefined asks for nothing. */
export function usePastReading(
  moment: Required<Moment> | undefined,
  extras: Extras,
): Pick<ReadingState, "reading" | "error"> {
  const asked = momentOf(moment ?? { windowSeconds: 0 });
  const query = useQuery<Reading, ApiError>({
    queryKey: ["past reading", asked, extras],
    queryFn: ({ signal }) => fetchReading(readingUrl({ ...asked, ...extras }), signal),
    enabled: moment !== undefined,
    // A moment later stands in while a sliding one is on its way; nothing stands in for none.
    placeholderData: (previous) => (moment === undefined ? undefined : previous),
    staleTime: Number.POSITIVE_INFINITY,
    structuralSharing: false,
  });
  return { reading: moment === undefined ? undefined : query.data, error: query.error ?? undefined };
}

/**
 * Latencies of the whole mesh, percentiles where calls go into `namespaces`. They may be one refresh older than the
 * rates they are shown with: they must not blink while newer ones are on their way. Undefined until the first are there.
 */
export function useLatency(
  scope: Moment,
  namespaces: readonly string[],
  refreshSeconds: number,
): LatencyIndex | undefined {
  const moment = momentOf(scope);
  const { data } = useQuery<Reading, ApiError>({
    queryKey: ["reading", "latency", moment, namespaces],
    queryFn: ({ signal }) => fetchReading(readingUrl({ ...moment, latency: namespaces }), signal),
    enabled: namespaces.length > 0,
    // Other namespaces of the same moment may stand in; percentiles of another moment may not.
    placeholderData: (previous, query) => (isSame(query?.queryKey[2], moment) ? previous : undefined),
    refetchInterval: refreshInterval(scope, refreshSeconds),
    structuralSharing: false,
  });
  return useMemo(() => (data?.latency === undefined ? undefined : indexLatency(data.edges, data.latency)), [data]);
}

function momentOf({ windowSeconds, atSeconds }: Moment): { window: number; at?: number } {
  return { window: windowSeconds, ...(atSeconds === undefined ? {} : { at: atSeconds }) };
}

function refreshInterval(scope: Moment, refreshSeconds: number): number | false {
  return scope.atSeconds === undefined && refreshSeconds > 0 ? refreshSeconds * 1000 : false;
}

function isSame(previous: unknown, moment: object): boolean {
  return JSON.stringify(previous) === JSON.stringify(moment);
}

/** Asks again when the server says that something changed; 0 does not listen. */
function useChangeRefetch(refreshSeconds: number): void {
  const client = useQueryClient();
  useEffect(() => {
    if (refreshSeconds === 0) return;
    return listenForChanges((event) => {
      void client.invalidateQueries({
        queryKey: ["reading"],
        predicate: ({ state }) => event === "configuration" || isDue(Date.now() - state.dataUpdatedAt, refreshSeconds),
      });
    });
  }, [client, refreshSeconds]);
}

/**
 * Whether a reading received this long ago has had its time when the server has a new one. The server may be quicker
 * than the viewer wants; nine tenths leave room for the time an answer takes.
 */
export function isDue(ageMs: number, refreshSeconds: number): boolean {
  return ageMs >= refreshSeconds * 900;
}
