/** Journeys about what changed: marks on the time strip, and what a past map says of configuration. */
import { expect, test } from "@playwright/test";
import { MapPage } from "./mapPage.ts";

// In the demo argocd deployed another payments twenty minutes before its frozen 15:00 (in Berlin).
const DEPLOYMENT = /^Deployment payments-v1 in travel-agency changed by argocd-controller 14:40:00$/;

test("the time strip marks a deployment, says what it was, and leads to its moment", async ({ page }) => {
  await new MapPage(page).open();
  const mark = page
    .getByRole("group", { name: "Changes of the configuration" })
    .getByRole("button", { name: DEPLOYMENT });
  await mark.hover();
  const panel = page.getByRole("dialog", { name: "Changes at 14:40:00" });
  await expect(panel).toContainText("Deployment payments-v1 in travel-agency");
  await expect(panel).toContainText("changed by argocd-controller");
  await panel.getByRole("button", { name: "Show 14:40:00" }).click();
  await expect(page.getByRole("slider", { name: "Moment shown" })).toHaveAttribute("aria-valuetext", /14:40:00/);
});

test("marks open and close with the keyboard alone", async ({ page }) => {
  await new MapPage(page).open();
  const mark = page.getByRole("button", { name: DEPLOYMENT });
  await mark.focus();
  await page.keyboard.press("Enter");
  const panel = page.getByRole("dialog", { name: "Changes at 14:40:00" });
  await expect(panel).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(panel).toBeHidden();
  await expect(mark).toBeFocused();
});

test("marks are of the chosen namespaces", async ({ page }) => {
  await new MapPage(page).open("?namespaces=bookinfo");
  const strip = page.getByRole("region", { name: "Time" });
  await expect(strip.getByText("Changes")).toBeVisible();
  await expect(page.getByRole("button", { name: DEPLOYMENT })).toHaveCount(0);
});

test("a past map says that its configuration is today's, and what changed since", async ({ page }) => {
  // 2026-11-20T13:30:00Z, ten minutes before the deployment.
  await new MapPage(page).open("?at=1795181400");
  const notice = page.getByRole("status").filter({ hasText: "configuration is as of now" });
  await expect(notice).toContainText("1 change since 14:30:00, in travel-agency.");
  await notice.getByRole("button", { name: "Details" }).click();
  await expect(page.getByRole("dialog", { name: "Changes since then" })).toContainText("argocd-controller");
});
