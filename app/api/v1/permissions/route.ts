import { permissionsQuerySchema } from "#lib/api/objects.ts";
import { parseQuery } from "#lib/api/query.ts";
import { handle } from "#lib/server/respond.ts";
import { loadPermissions } from "#lib/server/write/loadPermissions.ts";

/** What the viewer may write in a namespace. */
export function GET(request: Request): Promise<Response> {
  return handle("permissions", request, async (running, viewer) => {
    const wanted = parseQuery(permissionsQuerySchema, new URL(request.url));
    const answer = await loadPermissions(running, viewer, wanted, request.signal);
    return Response.json(answer, { headers: { "cache-control": "no-store" } });
  });
}
