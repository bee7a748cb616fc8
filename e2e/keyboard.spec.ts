import { expect, test } from "@playwright/test";
import { MapPage } from "./mapPage.ts";

test("a node is reached and selected with the keyboard alone", async ({ page }) => {
  const map = new MapPage(page);
  await map.open("?namespaces=bookinfo");
  const focused = map.picture.locator(":focus");
  // From the top of the page into the picture, however many controls come before.
  await expect(async () => {
    await page.keyboard.press("Tab");
    await expect(focused).toHaveCount(1, { timeout: 100 });
  }).toPass({ intervals: [0] });
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/select=/);
  await expect(map.inspector.getByRole("heading", { name: "Configuration" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page).not.toHaveURL(/select=/);
});

test("the tables carry the same numbers as the inspector", async ({ page }) => {
  const map = new MapPage(page);
  await map.open("?namespaces=bookinfo&show=table");
  const nodes = page.getByRole("table", { name: "Nodes of the map" });
  const row = nodes.getByRole("row", { name: /^ratings .*Service/ });
  const inbound = (await row.getByRole("cell").nth(3).innerText()).replaceAll("\u00a0", " ");
  await row.getByRole("button").press("Enter");
  await expect(map.inspector.getByRole("heading", { name: "ratings" })).toBeVisible();
  expect((await map.traffic("Requests"))[0]).toBe(inbound);
});

test("tables sort by any column", async ({ page }) => {
  const map = new MapPage(page);
  await map.open("?namespaces=bookinfo&show=table");
  const nodes = page.getByRole("table", { name: "Nodes of the map" });
  await nodes.getByRole("button", { name: "Name", exact: true }).press("Enter");
  await expect(nodes.getByRole("columnheader", { name: "Name", exact: true })).toHaveAttribute(
    "aria-sort",
    "ascending",
  );
  const names = await nodes.getByRole("rowheader").allInnerTexts();
  expect(names).toEqual([...names].sort((left, right) => left.localeCompare(right, "en", { numeric: true })));
});

test("? shows the shortcuts and Escape closes them", async ({ page }) => {
  await new MapPage(page).open();
  await page.keyboard.press("?");
  const dialog = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  await expect(dialog).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
});
