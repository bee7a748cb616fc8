import { parseQuery, readingQuerySchema } from "#lib/api/query.ts";
import { loadReading } from "#lib/server/loadReading.ts";
import { handle } from "#lib/server/respond.ts";
import { respondJson } from "#lib/server/respondJson.ts";

/** The compact tables the browser works from. */
export function GET(request: Request): Promise<Response> {
  return handle("reading", request, async (running, viewer) => {
    const query = parseQuery(readingQuerySchema, new URL(request.url));
    const { reading, key } = await loadReading(
      running,
      viewer,
      {
        windowSeconds: query.window,
        atSeconds: query.at,
        latencyNamespaces: query.latency,
        details: query.details,
        labels: query.labels,
      },
      request.signal,
    );
    return respondJson(request, () => reading, { key });
  });
}
