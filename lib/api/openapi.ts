/** The OpenAPI document, made from the zod schemas that the routes themselves use. */
import { z } from "zod";
import { changesSchema } from "./changes.ts";
import { clustersSchema } from "./clusters.ts";
import { compareSchema } from "./compare.ts";
import { graphSchema } from "./graph.ts";
import { namespacesSchema } from "./namespaces.ts";
import {
  changesQuerySchema,
  compareQuerySchema,
  emptyQuerySchema,
  graphQuerySchema,
  namespacesQuerySchema,
  readingQuerySchema,
  seriesQuerySchema,
} from "./query.ts";
import { readingSchema } from "./reading.ts";
import { seriesSchema } from "./series.ts";

const OPERATIONS = [
  { path: "/reading", summary: "Compact tables of the mesh", query: readingQuerySchema, body: readingSchema },
  { path: "/graph", summary: "The service graph", query: graphQuerySchema, body: graphSchema },
  { path: "/compare", summary: "Two moments compared", query: compareQuerySchema, body: compareSchema },
  {
    path: "/namespaces",
    summary: "Namespaces of every cluster and their health",
    query: namespacesQuerySchema,
    body: namespacesSchema,
  },
  {
    path: "/clusters",
    summary: "Each cluster: state, kinds, objects",
    query: emptyQuerySchema,
    body: clustersSchema,
  },
  { path: "/series", summary: "Rates over time of a scope", query: seriesQuerySchema, body: seriesSchema },
  {
    path: "/changes",
    summary: "What changed in the configuration, newest first",
    query: changesQuerySchema,
    body: changesSchema,
  },
] as const;

const PROBLEM = {
  description: "A problem document (RFC 9457): title, status, detail, hint",
  content: { "application/problem+json": { schema: { type: "object" } } },
};

/** @see https://spec.openapis.org/oas/v3.1.0 */
export function openApiDocument(): unknown {
  return {
    openapi: "3.1.0",
    info: { title: "Meshscope", version: "1", description: "Read-only API. A value that is not known is absent." },
    paths: {
      ...Object.fromEntries(
        OPERATIONS.map(({ path, summary, query, body }) => [
          `/api/v1${path}`,
          {
            get: {
              summary,
              parameters: parameters(query),
              responses: {
                200: { description: summary, content: { "application/json": { schema: jsonSchema(body) } } },
                default: PROBLEM,
              },
            },
          },
        ]),
      ),
      "/api/v1/events": {
        get: {
          summary: "Server-sent events: telemetry, configuration",
          responses: { 200: { description: "What changed, without data", content: { "text/event-stream": {} } } },
        },
      },
    },
  };
}

function jsonSchema(schema: z.ZodType, io: "input" | "output" = "output") {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: "any" });
  return rest;
}

function parameters(query: z.ZodType): unknown[] {
  const { properties = {}, required = [] } = jsonSchema(query, "input");
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: "query",
    required: required.includes(name),
    schema,
  }));
}
