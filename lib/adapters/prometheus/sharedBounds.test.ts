import { expect, test } from "vitest";
import { edgeLabels } from "#test/builders/reports.ts";
import { onSharedBounds } from "./sharedBounds.ts";

const edge = { ...edgeLabels({ from: "web", to: "cart-v1", service: "cart" }), reporter: "destination" as const };

function histogram(counts: Readonly<Record<number, number>>, protocol = "http") {
  return Object.entries(counts).map(([le, perSecond]) => ({ ...edge, protocol, le: Number(le), perSecond }));
}

const boundsOf = (rows: readonly { le: number; perSecond: number }[] = []) =>
  rows.map(({ le, perSecond }) => [le, perSecond]);

test("each part has all bounds of an edge, linear between its own", () => {
  const [first, second] = onSharedBounds([histogram({ 100: 4, 200: 6 }), histogram({ 100: 0, 150: 8 })]);
  expect(boundsOf(first)).toEqual([
    [100, 4],
    [150, 5],
    [200, 6],
  ]);
  expect(boundsOf(second)).toEqual([
    [100, 0],
    [150, 8],
    [200, 8],
  ]);
});

test("edges do not take each other's bounds, and one part stays as it is", () => {
  const [first, second] = onSharedBounds([histogram({ 100: 4 }), histogram({ 50: 1 }, "grpc")]);
  expect(boundsOf(first)).toEqual([[100, 4]]);
  expect(boundsOf(second)).toEqual([[50, 1]]);
  const only = [histogram({ 100: 4 })];
  expect(onSharedBounds(only)).toBe(only);
});
