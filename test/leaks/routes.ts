/** Every route of the product, found in the file system: nobody has to remember to add one to a list. */
import { globSync } from "node:fs";
import path from "node:path";
import { openApiDocument } from "#lib/api/openapi.ts";

type Handler = (request: Request, context: { readonly params: Promise<unknown> }) => Response | Promise<Response>;

export type Route = {
  /** "GET /api/v1/graph"; segments in braces as OpenAPI writes them. */
  readonly name: string;
  readonly answer: Handler;
  /** Names of its query parameters, those that must be given first; undefined where OpenAPI does not describe it. */
  readonly parameters: { readonly required: readonly string[]; readonly optional: readonly string[] } | undefined;
};

const APP = path.resolve(import.meta.dirname, "../../app");
/** What a route may export to answer. */
export const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

type Operation = {
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required: boolean }[];
};

/** Each exported method of each app/**∕route.ts. */
export async function findRoutes(): Promise<Route[]> {
  const { paths } = openApiDocument() as { readonly paths: Record<string, Record<string, Operation>> };
  const files = globSync("**/route.{ts,tsx}", { cwd: APP }).sort();
  const found = await Promise.all(
    files.map(async (file) => {
      const exported: Record<string, unknown> = await import(path.join(APP, file));
      const url = `/${path.dirname(file).replaceAll(path.sep, "/")}`;
      return Object.entries(exported).flatMap(([method, answer]): Route[] => {
        if (!METHODS.includes(method) || typeof answer !== "function") return [];
        const described = url.replaceAll(/\[(\w+)\]/g, "{$1}");
        const operation = paths[described]?.[method.toLowerCase()];
        const query = (operation?.parameters ?? []).filter((parameter) => parameter.in === "query");
        const named = (isRequired: boolean) =>
          query.filter(({ required }) => required === isRequired).map(({ name }) => name);
        return [
          {
            name: `${method} ${described}`,
            answer: answer as Handler,
            parameters: operation && { required: named(true), optional: named(false) },
          },
        ];
      });
    }),
  );
  return found.flat();
}
