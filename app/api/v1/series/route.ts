import { parseQuery, seriesQuerySchema } from "#lib/api/query.ts";
import { toSeries } from "#lib/api/series.ts";
import { handle, respondJson } from "#lib/server/respond.ts";

/** Rates over time, for sparklines and the time strip. */
export function GET(request: Request): Promise<Response> {
  return handle("series", request, async ({ telemetry }) => {
    const { start, end, step, scope, direction } = parseQuery(seriesQuerySchema, new URL(request.url));
    const series = await telemetry.series(
      { scope, direction, startSeconds: start, endSeconds: end, stepSeconds: step },
      request.signal,
    );
    return respondJson(request, () => toSeries(series, step));
  });
}
