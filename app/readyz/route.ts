import { loadSources } from "#lib/server/loadSources.ts";
import { runtime } from "#lib/server/running.ts";

/** Ready when pages can be served. Sources that fail do not take the dashboard down: it is there to say so. */
export function GET(): Response {
  const { telemetry, clusters } = runtime();
  const sources = loadSources(telemetry, clusters).map(({ id, status }) => ({ id, state: status.state }));
  return Response.json({ ready: true, sources }, { headers: { "cache-control": "no-store" } });
}

export const dynamic = "force-dynamic";
