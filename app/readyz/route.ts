import { runtime } from "#lib/server/running.ts";

/**
 * Ready when pages can be served. Sources that fail do not take the dashboard down: it is there to say so. Asked without a
 * login, it names nothing.
 */
export function GET(): Response {
  const { telemetry, clusters } = runtime();
  const sources = [
    { kind: "telemetry", state: telemetry.status.state },
    ...clusters.map((source) => ({ kind: "cluster", state: source.snapshot().status.state })),
  ];
  return Response.json({ ready: true, sources }, { headers: { "cache-control": "no-store" } });
}

export const dynamic = "force-dynamic";
