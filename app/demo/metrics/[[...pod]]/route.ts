import { problem } from "#lib/server/respond.ts";
import { runtime } from "#lib/server/running.ts";

/** Istio's metrics as the demo mesh's proxies expose them: all of them, or those of /demo/metrics/<namespace>/<pod>. */
export async function GET(request: Request, { params }: { params: Promise<{ pod?: string[] }> }): Promise<Response> {
  const { demoMetrics } = runtime();
  const { pod: path = [] } = await params;
  const [namespace, pod] = path;
  if (demoMetrics === undefined || path.length === 1 || path.length > 2) return notFound();
  const one = namespace === undefined || pod === undefined ? undefined : { namespace, pod };
  const text = await demoMetrics(one, request.signal);
  if (text === undefined) return notFound();
  return new Response(text, { headers: { "content-type": "text/plain; version=0.0.4; charset=utf-8" } });
}

function notFound(): Response {
  return problem(404, "Not found", {
    detail: "There are demo metrics in demo mode only, at /demo/metrics/<namespace>/<pod>.",
  });
}
