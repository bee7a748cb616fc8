import { emptyQuerySchema, parseQuery } from "#lib/api/query.ts";
import { loadClusters } from "#lib/server/loadClusters.ts";
import { handle } from "#lib/server/respond.ts";
import { respondJson } from "#lib/server/respondJson.ts";
import { withWrites } from "#lib/server/write/clusterWrites.ts";

/** Each cluster by itself: state, kinds, objects, certificates. */
export function GET(request: Request): Promise<Response> {
  return handle("clusters", request, async (running, viewer) => {
    parseQuery(emptyQuerySchema, new URL(request.url));
    const clusters = withWrites(running, viewer, await loadClusters(running, viewer, request.signal));
    return respondJson(request, () => clusters);
  });
}
