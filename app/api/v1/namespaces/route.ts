import { toNamespaces } from "#lib/api/namespaces.ts";
import { loadMesh } from "#lib/server/loadReading.ts";
import { handle, respondJson } from "#lib/server/respond.ts";

/** Namespaces of every cluster, with how they take part in the mesh. */
export function GET(request: Request): Promise<Response> {
  return handle("namespaces", request, ({ clusters }) => respondJson(request, () => toNamespaces(loadMesh(clusters))));
}
