import { problem } from "#lib/server/respond.ts";

/** Nothing is here: said as the API says it, not as a page. */
function notFound(): Response {
  return problem(404, "Not found", {
    detail: "The API has no such path.",
    hint: "GET /api/v1/openapi.json lists what there is.",
  });
}

export {
  notFound as DELETE,
  notFound as GET,
  notFound as HEAD,
  notFound as OPTIONS,
  notFound as PATCH,
  notFound as POST,
  notFound as PUT,
};
