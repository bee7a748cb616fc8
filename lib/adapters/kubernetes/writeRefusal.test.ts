import { describe, expect, test } from "vitest";
import { writeRefusal } from "./writeRefusal.ts";

function refusal(code: number, status: Record<string, unknown> | string) {
  const body =
    typeof status === "string" ? status : JSON.stringify({ kind: "Status", apiVersion: "v1", code, ...status });
  return writeRefusal(code, body, "PUT /apis/x");
}

const named = { details: { name: "reviews", kind: "virtualservices" } };

describe("a refusal is", () => {
  test.each([
    ["a conflict", 409, { reason: "Conflict", message: "modified", ...named }, "conflict"],
    ["an object that exists", 409, { reason: "AlreadyExists", message: "exists", ...named }, "exists"],
    ["a right that is not there", 403, { reason: "Forbidden", message: 'User "x" cannot update' }, "denied"],
    ["a webhook's, whatever its code", 403, { message: 'admission webhook "a.b" denied the request: no' }, "invalid"],
    ["a schema's", 422, { reason: "Invalid", message: "spec.hosts: Required value" }, "invalid"],
    ["an object that is not there", 404, { reason: "NotFound", message: "not found", ...named }, "missing"],
    ["a version that is not served", 404, { reason: "NotFound", message: "the server could not find" }, "unsupported"],
    ["a path nobody knows, in plain text", 404, "404 page not found", "unsupported"],
    ["a method nobody knows", 405, { reason: "MethodNotAllowed", message: "no" }, "unsupported"],
  ])("%s", (_, code, status, reason) => {
    expect(refusal(code, status)).toMatchObject({ name: "WriteError", reason });
  });

  test.each([
    ["credentials that are not accepted", 401, "denied"],
    ["a server that is busy", 429, "unreachable"],
    ["a webhook that does not answer", 500, "unreachable"],
    ["a server that gave up", 504, "unreachable"],
  ])("not known for %s", (_, code, kind) => {
    expect(refusal(code, { message: "trouble" })).toMatchObject({ name: "SourceError", kind });
  });

  test("told with the fields it is about", () => {
    const causes = [{ field: "spec.hosts", message: "Required value", reason: "FieldValueRequired" }, { message: "x" }];
    expect(refusal(422, { message: "bad", details: { causes } })).toMatchObject({
      causes: [{ field: "spec.hosts", message: "Required value" }],
    });
    const strict = 'strict decoding error: unknown field "spec.htp", duplicate field "spec.hosts"';
    expect(refusal(400, { reason: "BadRequest", message: strict })).toMatchObject({
      causes: [
        { field: "spec.htp", message: "unknown field" },
        { field: "spec.hosts", message: "duplicate field" },
      ],
    });
  });
});
