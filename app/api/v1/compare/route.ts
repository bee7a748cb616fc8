import { toCompare } from "#lib/api/compare.ts";
import { compareQuerySchema, parseQuery } from "#lib/api/query.ts";
import { loadComparison } from "#lib/server/loadComparison.ts";
import { handle } from "#lib/server/respond.ts";
import { respondJson } from "#lib/server/respondJson.ts";

/** What changed between two moments, and what of it is more than noise. */
export function GET(request: Request): Promise<Response> {
  return handle("compare", request, async (running, viewer) => {
    const {
      duration: windowSeconds,
      at: atSeconds,
      with: withSeconds,
      ...view
    } = parseQuery(compareQuerySchema, new URL(request.url));
    const { before, after, diff } = await loadComparison(
      running,
      viewer,
      { ...view, windowSeconds, atSeconds, withSeconds },
      request.signal,
    );
    return respondJson(request, () => toCompare(view.graphType, before, after, diff));
  });
}
