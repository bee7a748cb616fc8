/** URLs and headers of our own API, in one place so that routes, hooks and scripts agree. */
import type { Detail } from "#lib/domain/telemetry/reports.ts";
import type { SeriesScope } from "#lib/domain/telemetry/timeSeries.ts";
import { BASE_PATH } from "./basePath.ts";
import { formatScope } from "./series.ts";

export const API = `${BASE_PATH}/api/v1`;

/**
 * `at` absent means "now". `latency` lists the namespaces whose percentiles are wanted; averages come with it. `details`
 * are the figures beyond the rate lane that the view shows, `labels` those of workloads and services.
 */
export function readingUrl(query: {
  window: number;
  at?: number;
  latency?: readonly string[];
  details?: readonly Detail[];
  labels?: boolean;
}): string {
  const parameters = new URLSearchParams({ window: String(query.window) });
  if (query.at !== undefined) parameters.set("at", String(query.at));
  if (query.latency !== undefined) parameters.set("latency", [...query.latency].sort().join(","));
  if (query.details !== undefined && query.details.length > 0) {
    parameters.set("details", [...query.details].sort().join(","));
  }
  if (query.labels === true) parameters.set("labels", "true");
  return `${API}/reading?${parameters}`;
}

export function seriesUrl(query: {
  scope: SeriesScope;
  direction: "inbound" | "outbound";
  start: number;
  end: number;
  step: number;
}): string {
  const parameters = new URLSearchParams({
    scope: formatScope(query.scope),
    direction: query.direction,
    start: String(query.start),
    end: String(query.end),
    step: String(query.step),
  });
  return `${API}/series?${parameters}`;
}

/** Changes within [start, end], unix seconds; no namespaces are all of them. */
export function changesUrl(query: {
  start: number;
  end: number;
  namespaces: readonly string[];
  limit: number;
}): string {
  const parameters = new URLSearchParams({
    start: String(query.start),
    end: String(query.end),
    limit: String(query.limit),
  });
  if (query.namespaces.length > 0) parameters.set("namespaces", [...query.namespaces].sort().join(","));
  return `${API}/changes?${parameters}`;
}

/** How each cluster does. */
export const CLUSTERS_URL = `${API}/clusters`;

/** Server-sent events that say what changed, never the data itself. */
export const EVENTS_URL = `${API}/events`;

/** Header of every answer: the server's clock in unix seconds. Also right on a 304, whose body is older. */
export const NOW_HEADER = "meshscope-now";
