import { formatGraph } from "#lib/api/graph.ts";
import { graphQuerySchema, parseQuery } from "#lib/api/query.ts";
import { loadGraph } from "#lib/server/loadGraph.ts";
import { handle } from "#lib/server/respond.ts";
import { respondJson } from "#lib/server/respondJson.ts";

/** The same graph the map draws, for scripts. */
export function GET(request: Request): Promise<Response> {
  return handle("graph", request, async (running, viewer) => {
    const query = parseQuery(graphQuerySchema, new URL(request.url));
    const { duration: windowSeconds, at: atSeconds, format, ...view } = query;
    const loaded = await loadGraph(running, viewer, { ...view, windowSeconds, atSeconds }, request.signal);
    const { body, type } = formatGraph(loaded, format);
    return respondJson(request, () => body, { type });
  });
}
