import { expect, it } from "vitest";
import type { Focus } from "#lib/domain/graph/select/narrow.ts";
import { nextFocus } from "./nextFocus.ts";

it("widens hop by hop, in the direction chosen, and ends", () => {
  const first = nextFocus(undefined, "a");
  expect(first).toEqual({ kind: "around", id: "a", hops: 1, direction: "both" });
  const up: Focus = { kind: "around", id: "a", hops: 2, direction: "up" };
  expect(nextFocus(up, "a")).toEqual({ ...up, hops: 3 });
  expect(nextFocus({ ...up, hops: 3 }, "a")).toBeUndefined();
  expect(nextFocus(up, "b")).toMatchObject({ id: "b", hops: 1 });
});
