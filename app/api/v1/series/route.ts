import { parseQuery, seriesQuerySchema } from "#lib/api/query.ts";
import { toSeries } from "#lib/api/series.ts";
import { loadSeries } from "#lib/server/loadSeries.ts";
import { handle } from "#lib/server/respond.ts";
import { respondJson } from "#lib/server/respondJson.ts";

/** Rates over time, for sparklines and the time strip. */
export function GET(request: Request): Promise<Response> {
  return handle("series", request, async (running, viewer) => {
    const { start, end, step, scope, direction } = parseQuery(seriesQuerySchema, new URL(request.url));
    const asked = { scope, direction, startSeconds: start, endSeconds: end, stepSeconds: step };
    const series = await loadSeries(running, viewer, asked, request.signal);
    return respondJson(request, () => toSeries(series, step));
  });
}
