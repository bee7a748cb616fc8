import { runtime } from "#lib/server/running.ts";

/** Our own metrics, for Prometheus. */
export async function GET(): Promise<Response> {
  const { registry } = runtime().metrics;
  return new Response(await registry.metrics(), { headers: { "content-type": registry.contentType } });
}

export const dynamic = "force-dynamic";
