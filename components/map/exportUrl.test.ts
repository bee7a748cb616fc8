import { expect, it } from "vitest";
import { graphQuerySchema, parseQuery } from "#lib/api/query.ts";
import { exportUrl } from "./exportUrl.ts";
import { DEFAULT_VIEW } from "./viewState.ts";

const query = (view: Partial<typeof DEFAULT_VIEW>, collapsed: readonly string[] = []) =>
  parseQuery(
    graphQuerySchema,
    new URL(exportUrl({ ...DEFAULT_VIEW, ...view }, { collapsed: new Set(collapsed) }, "csv"), "http://host"),
  );

it("asks for what the view shows", () => {
  const focus = { kind: "around", id: "service/primary/bookinfo/reviews", hops: 2, direction: "up" } as const;
  expect(
    query(
      {
        graphType: "app",
        namespaces: ["bookinfo", "data"],
        clusters: ["west"],
        atSeconds: 1_795_223_940,
        windowSeconds: 600,
        serviceNodes: false,
        idleNodes: true,
        protocols: ["grpc"],
        hide: 'name = "a&b" or idle',
        focus,
      },
      ["box/primary/data"],
    ),
  ).toMatchObject({
    graphType: "app",
    namespaces: ["bookinfo", "data"],
    clusters: ["west"],
    at: 1_795_223_940,
    duration: 600,
    serviceNodes: false,
    idleNodes: true,
    operations: false,
    protocols: ["grpc"],
    collapsed: ["box/primary/data"],
    hide: { kind: "or" },
    focus,
    format: "csv",
  });
  const path = { kind: "path", from: "service/primary/a/b", to: "service/primary/a/c", ways: "all" } as const;
  expect(query({ focus: path }).focus).toEqual(path);
});

it("leaves out an expression that makes no sense, and folds that no link can hold", () => {
  const many = Array.from({ length: 101 }, (_, at) => `box/primary/n${at}`);
  expect(query({ hide: "rt >" }, many)).toMatchObject({ collapsed: [] });
  expect(query({ hide: "rt >" }).hide).toBeUndefined();
});
