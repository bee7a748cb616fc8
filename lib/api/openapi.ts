/** The OpenAPI document, made from the zod schemas that the routes themselves use. */
import { z } from "zod";
import { changesSchema } from "./changes.ts";
import { clustersSchema } from "./clusters.ts";
import { compareSchema } from "./compare.ts";
import { graphSchema } from "./graph.ts";
import { namespacesSchema } from "./namespaces.ts";
import {
  changeAnswerSchema,
  changeProblemSchema,
  changeRequestSchema,
  objectAnswerSchema,
  objectQuerySchema,
  permissionsQuerySchema,
  permissionsSchema,
} from "./objects.ts";
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
import { CSRF_HEADER, logoutSchema, sessionSchema, tokenLoginSchema } from "./session.ts";

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
  { path: "/object", summary: "One object, whole", query: objectQuerySchema, body: objectAnswerSchema },
  {
    path: "/permissions",
    summary: "What the viewer may write in a namespace",
    query: permissionsQuerySchema,
    body: permissionsSchema,
  },
] as const;

const PROBLEM = {
  description: "A problem document (RFC 9457): title, status, detail, hint, instance (the x-request-id)",
  content: { "application/problem+json": { schema: { type: "object" } } },
};

const PROOF = {
  name: CSRF_HEADER,
  in: "header",
  required: true,
  description: 'What /session calls "csrf"',
  schema: { type: "string" },
};

function answerOf(description: string, schema: z.ZodType) {
  return { description, content: { "application/json": { schema: jsonSchema(schema) } } };
}

/** What the answers to a change that was not written have in common. */
function changeProblem(description: string) {
  return { description, content: { "application/problem+json": { schema: jsonSchema(changeProblemSchema) } } };
}

function changes() {
  return {
    post: {
      summary: "Create, update or delete one object, or check whether that would do",
      parameters: [PROOF],
      requestBody: {
        required: true,
        content: { "application/json": { schema: jsonSchema(changeRequestSchema, "input") } },
      },
      responses: {
        200: answerOf("Written, or checked", changeAnswerSchema),
        403: changeProblem("Not allowed here, or by Kubernetes"),
        404: changeProblem("The object or its namespace is not there"),
        409: changeProblem(
          "Somebody else changed the object, or it exists already: yours, theirs, and where they differ",
        ),
        422: changeProblem("Refused by the API server, a policy or a webhook"),
        502: changeProblem("No answer came (504: in time): the change may have been applied"),
        default: PROBLEM,
      },
    },
  };
}

/** @see https://spec.openapis.org/oas/v3.1.0 */
export function openApiDocument(): unknown {
  return {
    openapi: "3.1.0",
    info: { title: "Meshscope", version: "1", description: "A value that is not known is absent." },
    paths: {
      ...Object.fromEntries(
        OPERATIONS.map(({ path, summary, query, body }) => [
          `/api/v1${path}`,
          {
            get: {
              summary,
              parameters: parameters(query),
              responses: {
                200: answerOf(summary, body),
                default: PROBLEM,
              },
            },
          },
        ]),
      ),
      "/api/v1/objects": changes(),
      "/api/v1/session": {
        get: {
          summary: "Who is logged in, and the proof that changes need",
          responses: { 200: answerOf("The session", sessionSchema) },
        },
        post: {
          summary: "Log in with a bearer token of the cluster; sends a cookie",
          requestBody: { content: { "application/json": { schema: jsonSchema(tokenLoginSchema, "input") } } },
          responses: { 200: answerOf("The session", sessionSchema), default: PROBLEM },
        },
        put: {
          summary: "Keep the session alive",
          parameters: [PROOF],
          responses: { 200: answerOf("The session", sessionSchema), default: PROBLEM },
        },
        delete: {
          summary: "Log out",
          parameters: [PROOF],
          responses: { 200: answerOf("Done", logoutSchema), default: PROBLEM },
        },
      },
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
