import { expect, test } from "@playwright/test";
import { MapPage } from "./mapPage.ts";

test("the box around a node is selected with b, and the next one out with b again", async ({ page }) => {
  const map = new MapPage(page);
  await map.open();
  const version = map.node("app reviews v3");
  for (const [name, says] of [
    ["reviews", "Versions (3)"],
    ["bookinfo", "Configuration"],
    ["primary", "Inside"],
  ] as const) {
    await version.focus();
    await page.keyboard.press("b");
    await expect(map.inspector.getByRole("heading", { name, level: 2 })).toBeVisible();
    await expect(map.inspector.getByRole("heading", { name: says })).toBeVisible();
  }
});

test("a cluster folds into one card and unfolds again", async ({ page }) => {
  const map = new MapPage(page);
  await map.open();
  await page.getByRole("button", { name: "Fold west", exact: true }).click();
  const card = map.picture.getByRole("button", { name: /^cluster west/ });
  await expect(card).toBeVisible();
  await card.focus();
  await page.keyboard.press("c");
  await expect(card).toBeHidden();
  await expect(page).not.toHaveURL(/collapsed/);
});

test("boxes of a kind are taken away and come back with the link", async ({ page }) => {
  const map = new MapPage(page);
  await map.open();
  const foldWest = page.getByRole("button", { name: "Fold west", exact: true });
  await expect(foldWest).toBeVisible();
  await page.getByRole("button", { name: "Display" }).click();
  await page.getByRole("menuitemcheckbox", { name: "Clusters" }).click();
  await expect(foldWest).toBeHidden();
  await expect(page).toHaveURL(/boxes=namespace%2Capp/);
  await page.goBack();
  await expect(foldWest).toBeVisible();
});
