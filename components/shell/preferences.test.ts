import { expect, it } from "vitest";
import { clampInspectorWidth, DEFAULT_PREFERENCES, decodePreferences } from "./preferences.ts";

it("reads back what was stored", () => {
  const stored = { ...DEFAULT_PREFERENCES, theme: "dark", refreshSeconds: 30, traffic: false, inspectorWidth: 420 };
  expect(decodePreferences(JSON.stringify(stored))).toEqual(stored);
});

it.each([null, "", "{", "null", "7", '"dark"', "[]", '{"theme":"pink","refreshSeconds":1,"traffic":"yes"}'])(
  "takes the defaults from %s",
  (text) => expect(decodePreferences(text)).toEqual(DEFAULT_PREFERENCES),
);

it("keeps the inspector between its narrowest and widest", () => {
  expect([10, 400.4, 5000, Number.NaN].map(clampInspectorWidth)).toEqual([280, 400, 640, 360]);
});
