import { runtime } from "#lib/server/running.ts";
import { streamEvents } from "#lib/server/streamEvents.ts";

/** Says what changed, never the data itself. */
export function GET(request: Request): Response {
  return streamEvents(runtime(), request.signal);
}
