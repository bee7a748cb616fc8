import { namespacesQuerySchema, parseQuery } from "#lib/api/query.ts";
import { loadNamespaces } from "#lib/server/loadNamespaces.ts";
import { handle } from "#lib/server/respond.ts";
import { respondJson } from "#lib/server/respondJson.ts";

/** Namespaces of every cluster: how they take part in the mesh, and how they are. */
export function GET(request: Request): Promise<Response> {
  return handle("namespaces", request, async (running, viewer) => {
    const { duration: windowSeconds, at: atSeconds } = parseQuery(namespacesQuerySchema, new URL(request.url));
    const namespaces = await loadNamespaces(running, viewer, { windowSeconds, atSeconds }, request.signal);
    return respondJson(request, () => namespaces);
  });
}
