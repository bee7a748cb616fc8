import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const css = readFileSync(new URL("./tokens.css", import.meta.url), "utf8");

/** The hex tokens of one rule: ":root {" or ':root[data-theme="dark"] {'. */
function tokens(selector: string): Map<string, string> {
  const start = css.indexOf(`${selector} {`);
  if (start < 0) throw new Error(`tokens.css has no rule ${selector}`);
  const body = css.slice(start, css.indexOf("}", start));
  return new Map([...body.matchAll(/--([a-z0-9-]+): (#[0-9a-f]{6});/g)].map(([, name = "", hex = ""]) => [name, hex]));
}

/** Relative luminance, https://www.w3.org/TR/WCAG22/#dfn-relative-luminance */
function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(left: string, right: string): number {
  const [darker = 0, lighter = 0] = [luminance(left), luminance(right)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

const surfaces = ["canvas", "panel", "raised"];
const texts = ["ink", "ink-2", "ink-3", "accent", "healthy-text", "degraded-text", "failing-text", "not-ready-text"];
const graphics = ["healthy", "degraded", "failing", "not-ready", "idle", "edge", "control", "less", "more"];

describe.each([
  ["light", ":root"],
  ["dark", ':root[data-theme="dark"]'],
])("the %s theme", (_, selector) => {
  const theme = tokens(selector);
  const colour = (name: string) => {
    const hex = theme.get(name);
    if (hex === undefined) throw new Error(`${selector} has no --${name}`);
    return hex;
  };

  it.each(texts.flatMap((text) => surfaces.map((surface) => [text, surface] as const)))(
    "makes %s readable on %s",
    (text, surface) => expect(contrast(colour(text), colour(surface))).toBeGreaterThanOrEqual(4.5),
  );

  it.each(graphics.flatMap((graphic) => surfaces.map((surface) => [graphic, surface] as const)))(
    "makes %s visible on %s",
    (graphic, surface) => expect(contrast(colour(graphic), colour(surface))).toBeGreaterThanOrEqual(3),
  );

  it("makes text readable on what is selected and on the accent", () => {
    expect(contrast(colour("ink"), colour("selected"))).toBeGreaterThanOrEqual(4.5);
    expect(contrast(colour("ink-2"), colour("selected"))).toBeGreaterThanOrEqual(4.5);
    expect(contrast(colour("on-accent"), colour("accent"))).toBeGreaterThanOrEqual(4.5);
  });
});

it("gives both themes the same tokens", () => {
  expect([...tokens(':root[data-theme="dark"]').keys()]).toEqual([...tokens(":root").keys()]);
});
