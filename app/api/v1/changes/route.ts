import { changesQuerySchema, parseQuery } from "#lib/api/query.ts";
import { loadChanges } from "#lib/server/loadChanges.ts";
import { handle } from "#lib/server/respond.ts";
import { respondJson } from "#lib/server/respondJson.ts";

/** What changed in the configuration, when, and by whom. */
export function GET(request: Request): Promise<Response> {
  return handle("changes", request, async (running, viewer) => {
    const { start, end, namespaces, limit } = parseQuery(changesQuerySchema, new URL(request.url));
    const asked = { startSeconds: start, endSeconds: end, namespaces, limit };
    const changes = await loadChanges(running, viewer, asked, request.signal);
    return respondJson(request, () => changes);
  });
}
