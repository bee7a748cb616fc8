import { expect, it } from "vitest";
import { asksLabels, labelsWith, readQuery } from "./query.ts";

it("asks nothing for blank text", () => {
  expect(readQuery("  ")).toEqual({});
});

it("shows the figures that are asked for, beside those chosen", () => {
  expect(labelsWith(["errors"], [readQuery("rt > 1s or not mtls"), readQuery("throughput > 1MB/s"), {}])).toEqual([
    "errors",
    "average",
    "throughput",
    "mtls",
  ]);
  expect(labelsWith([], [readQuery("p95 >")])).toEqual([]);
});

it("asks for labels of Kubernetes when an expression does", () => {
  expect(asksLabels("idle", "Label:team = books")).toBe(true);
  expect(asksLabels("labels", "")).toBe(false);
});
