import { expect, test } from "@playwright/test";
import { MapPage } from "./mapPage.ts";

test.use({ viewport: { width: 390, height: 844 } });

test("on a phone the map has the page to itself until something is selected", async ({ page }) => {
  const map = new MapPage(page);
  await map.open("?namespaces=bookinfo");
  await expect(map.inspector).toBeHidden();
  await page.getByRole("combobox", { name: "Find on the map" }).fill("ratings");
  await page.keyboard.press("Enter");
  await expect(map.inspector.getByRole("heading", { name: /^ratings/, level: 2 })).toBeInViewport();
  await page.getByRole("complementary").getByRole("button", { name: "Close the inspector" }).click();
  await expect(map.inspector).toBeHidden();
});

test("what is listed below the fields lies within a phone's screen", async ({ page }) => {
  await new MapPage(page).open("?namespaces=bookinfo");
  for (const name of ["Find on the map", "Hide on the map"]) {
    await page.getByRole("combobox", { name }).fill("ns = b");
    const list = await page.getByRole("listbox", { name: "Completions" }).boundingBox();
    expect(list?.x).toBeGreaterThanOrEqual(0);
    expect((list?.x ?? 0) + (list?.width ?? 0)).toBeLessThanOrEqual(390);
    await page.keyboard.press("Escape");
  }
});

test("nothing sticks out of a phone's screen", async ({ page }) => {
  await new MapPage(page).open();
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(overflow).toBe(0);
  await expect(page.getByText(/ago$/).first()).toBeInViewport();
  await expect(page.getByRole("navigation", { name: "Pages" })).toBeInViewport();
});
