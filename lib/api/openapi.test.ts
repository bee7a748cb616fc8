import { globSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { openApiDocument } from "./openapi.ts";

test("the document describes how an object is written: the body, the proof, and both versions of a conflict", () => {
  const { post } =
    (openApiDocument() as { paths: Record<string, Record<string, unknown>> }).paths["/api/v1/objects"] ?? {};
  expect(post).toMatchObject({
    parameters: [{ name: "x-meshscope-csrf", in: "header", required: true }],
    requestBody: {
      content: {
        "application/json": {
          schema: {
            required: ["cluster", "change"],
            properties: {
              change: {
                oneOf: [
                  {
                    properties: {
                      action: { const: "create" },
                      object: { required: ["apiVersion", "kind", "metadata"] },
                    },
                  },
                  { properties: { action: { const: "update" } } },
                  { properties: { action: { const: "delete" } }, required: ["action", "ref", "resourceVersion"] },
                ],
              },
            },
          },
        },
      },
    },
    responses: {
      409: {
        content: { "application/problem+json": { schema: { properties: { yours: {}, theirs: {}, differing: {} } } } },
      },
    },
  });
});

test("the document describes every method of every route of the API, but for those that only browsers are sent to", () => {
  const { paths } = openApiDocument() as { paths: Record<string, Record<string, unknown>> };
  const routes = globSync("app/api/v1/**/route.ts").flatMap((file) => {
    const path = file
      .replaceAll("\\", "/")
      .replace(/^app/, "")
      .replace(/\/route\.ts$/, "");
    const methods = readFileSync(file, "utf8").matchAll(/^export function ([A-Z]+)/gm);
    return [...methods].map(([, method = ""]) => `${method} ${path}`);
  });
  const described = Object.entries(paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
  );
  const forBrowsers = ["GET /api/v1/session/oidc", "GET /api/v1/session/oidc/callback", "GET /api/v1/openapi.json"];
  expect(routes.filter((route) => !forBrowsers.includes(route)).sort()).toEqual(described.sort());
});
