import { handle } from "#lib/server/respond.ts";
import { changeObject } from "#lib/server/write/changeObject.ts";

/** Creates, updates or deletes one object, or only checks whether that would do. */
export function POST(request: Request): Promise<Response> {
  return handle("objects", request, async (running, viewer) => {
    const answer = await changeObject(running, viewer, request);
    return Response.json(answer, { headers: { "cache-control": "no-store" } });
  });
}
