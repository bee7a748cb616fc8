import { handle } from "#lib/server/respond.ts";
import { streamEvents } from "#lib/server/streamEvents.ts";

/** Says what changed, never the data itself. */
export function GET(request: Request): Promise<Response> {
  return handle("events", request, (running, viewer) => streamEvents(running, viewer, request.signal));
}
