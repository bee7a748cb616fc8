/** Rates over time of a scope that the viewer may see. */
import type { SeriesRequest, TimeSeries } from "#lib/domain/telemetry/timeSeries.ts";
import type { Viewer } from "./access/viewer.ts";
import type { ReadingSources } from "./loadReading.ts";

/** Rejects with SourceError. */
export function loadSeries(
  { telemetry }: ReadingSources,
  _viewer: Viewer,
  request: SeriesRequest,
  signal: AbortSignal,
): Promise<TimeSeries> {
  return telemetry.series(request, signal);
}
