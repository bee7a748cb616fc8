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
