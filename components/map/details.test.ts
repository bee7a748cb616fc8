import { expect, it } from "vitest";
import { detailsOf } from "./details.ts";
import { DEFAULT_VIEW } from "./viewState.ts";

it("asks for nothing beyond the rates by default", () => {
  expect(detailsOf(DEFAULT_VIEW)).toEqual([]);
  expect(detailsOf({ ...DEFAULT_VIEW, selected: "workload/primary/shop/web" })).toEqual([]);
});

it("asks for what labels and nodes of the map need", () => {
  expect(detailsOf({ ...DEFAULT_VIEW, labels: ["rate", "throughput"] })).toEqual(["throughput"]);
  expect(detailsOf({ ...DEFAULT_VIEW, labels: ["messages"], operations: true })).toEqual(["messages", "operations"]);
});

it("asks for bytes and messages while an edge is inspected", () => {
  expect(detailsOf({ ...DEFAULT_VIEW, selected: "a|b|http" })).toEqual(["messages", "throughput"]);
});
