import { openApiDocument } from "#lib/api/openapi.ts";
import { handle } from "#lib/server/respond.ts";
import { respondJson } from "#lib/server/respondJson.ts";

/** This API, described: generated from the schemas the routes use. */
export function GET(request: Request): Promise<Response> {
  return handle("openapi", request, () => respondJson(request, openApiDocument));
}
