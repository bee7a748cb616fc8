import { describe, expect, test } from "vitest";
import { z } from "zod";
import { changeRequestSchema } from "./objects.ts";

const object = {
  apiVersion: "networking.istio.io/v1",
  kind: "VirtualService",
  metadata: { name: "reviews", namespace: "shop", resourceVersion: "7", labels: { constructor: "kept" } },
  spec: { hosts: ["reviews"], http: [{ route: [{ destination: { host: "reviews" } }] }] },
};
const update = { cluster: "Kubernetes", change: { action: "update", object } };

function pathOfProblem(body: unknown): string | undefined {
  const issue = changeRequestSchema.safeParse(body).error?.issues[0];
  return issue && `${issue.path.join(".")}: ${issue.message}`;
}

function withMetadata(metadata: object): unknown {
  return {
    ...update,
    change: { ...update.change, object: { ...object, metadata: { ...object.metadata, ...metadata } } },
  };
}

function nested(levels: number): unknown {
  return JSON.parse(`${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`);
}

describe("a change that is sent", () => {
  test("keeps every field of the object", () => {
    expect(changeRequestSchema.parse(update)).toEqual({ ...update, dryRun: false });
  });

  test.each([
    ["a name with a slash", { name: "a/b" }, "change.object.metadata.name"],
    ["a name that climbs", { name: ".." }, "change.object.metadata.name"],
    ["a name with .. in it", { name: "a..b" }, "change.object.metadata.name"],
    ["a name in upper case", { name: "Reviews" }, "change.object.metadata.name"],
    ["a name with a line break", { name: "reviews\n" }, "change.object.metadata.name"],
    ["no name but generateName", { name: undefined, generateName: "x-" }, "generateName is not used here"],
    ["a namespace with a dot", { namespace: "a.b" }, "change.object.metadata.namespace"],
    ["no namespace", { namespace: undefined }, "change.object.metadata.namespace"],
    ["no version", { resourceVersion: undefined }, "change.object.metadata.resourceVersion"],
    ["a version that is none", { resourceVersion: "7 OR 1=1" }, "change.object.metadata.resourceVersion"],
  ])("is refused with %s", (_, metadata, expected) => {
    expect(pathOfProblem(withMetadata(metadata))).toContain(expected);
  });

  test.each(["v1", "networking.istio.io/v1/../../x", "networking.istio.io/v1?x", "/v1", "networking.istio.io/"])(
    "is refused with the apiVersion %s",
    (apiVersion) => {
      const change = { action: "create", object: { ...object, apiVersion } };
      expect(pathOfProblem({ cluster: "x", change })).toContain("change.object.apiVersion");
    },
  );

  test("is refused with a key that names the prototype, however deep it is, and leaves prototypes alone", () => {
    const spec: unknown = JSON.parse('{"http":[{"__proto__":{"polluted":true}}]}');
    expect(pathOfProblem({ ...update, change: { action: "update", object: { ...object, spec } } })).toContain(
      "__proto__",
    );
    const top = JSON.parse(`{"cluster":"x","__proto__":{"dryRun":true},"change":${JSON.stringify(update.change)}}`);
    expect(changeRequestSchema.safeParse(top).data?.dryRun).not.toBe(true);
    expect({}).not.toHaveProperty("polluted");
  });

  test("is refused when it is nested without end, instead of running out of stack", () => {
    const change = { action: "update", object: { ...object, spec: nested(100_000) } };
    expect(pathOfProblem({ cluster: "x", change })).toContain("nested deeper than 64 levels");
    expect(
      changeRequestSchema.safeParse({ cluster: "x", change: { ...change, object: { ...object, spec: nested(50) } } })
        .success,
    ).toBe(true);
  });

  test("is refused with another action or a field that nobody knows", () => {
    expect(pathOfProblem({ cluster: "x", change: { action: "patch" } })).toContain("change.action");
    expect(pathOfProblem({ ...update, force: true })).toContain("force");
  });

  test("is described for whoever reads the API's document", () => {
    expect(JSON.stringify(z.toJSONSchema(changeRequestSchema, { io: "input", unrepresentable: "any" }))).toContain(
      '"apiVersion":{"type":"string"',
    );
  });
});
