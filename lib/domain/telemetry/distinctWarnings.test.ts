import { expect, it } from "vitest";
import { distinctWarnings } from "./distinctWarnings.ts";

it("keeps the first of warnings that say the same, in order", () => {
  const west = { code: "partial", message: "What west knows is missing: no answer", hint: "Start it." };
  const east = { ...west, message: "What east knows is missing: no answer" };
  const widened = { code: "window-widened", message: west.message };
  expect(distinctWarnings([west, east, { ...west, hint: "Another." }, widened])).toEqual([west, east, widened]);
});
