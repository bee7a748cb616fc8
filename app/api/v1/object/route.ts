import { objectQuerySchema } from "#lib/api/objects.ts";
import { parseQuery } from "#lib/api/query.ts";
import { handle } from "#lib/server/respond.ts";
import { loadObject } from "#lib/server/write/loadObject.ts";

/** One object, whole and as it is now. */
export function GET(request: Request): Promise<Response> {
  return handle("object", request, async (running, viewer) => {
    const wanted = parseQuery(objectQuerySchema, new URL(request.url));
    const answer = await loadObject(running, viewer, wanted, request.signal);
    return Response.json(answer, { headers: { "cache-control": "no-store" } });
  });
}
