/** What the server sends before any of our scripts run: policy and theme. */
import { expect, test } from "@playwright/test";
import { MapPage } from "./mapPage.ts";

test("inline scripts need the nonce of their answer, and nothing of the page breaks the policy", async ({ page }) => {
  const refused: string[] = [];
  page.on("console", (message) => {
    if (/content security policy/i.test(message.text())) refused.push(message.text());
  });
  const answer = await page.request.get("/");
  expect(answer.headers()["content-security-policy"]).toMatch(/script-src 'self' 'nonce-[^']+';/);

  const map = new MapPage(page);
  await map.open("?select=service/primary/bookinfo/reviews");
  await expect(map.inspector.getByRole("img", { name: /^Requests: now/ })).toBeVisible();
  await page.getByRole("button", { name: "Display" }).click();
  await expect(page.getByRole("menuitemcheckbox", { name: "Service nodes" })).toBeVisible();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Keyboard shortcuts" }).click();
  await expect(page.getByRole("dialog", { name: "Keyboard shortcuts" })).toBeVisible();
  expect(refused).toEqual([]);
});

test("a script that slips into the page does not run", async ({ page }) => {
  await new MapPage(page).open();
  const ran = await page.evaluate(() => {
    const script = document.createElement("script");
    script.textContent = "window.slipped = true";
    document.body.append(script);
    return "slipped" in window;
  });
  expect(ran).toBe(false);
});

test("a chosen theme is there with the first paint", async ({ page }) => {
  await page.emulateMedia({ colorScheme: "light" });
  await page.addInitScript(() => localStorage.setItem("meshscope.preferences", JSON.stringify({ theme: "dark" })));
  await page.route("**/_next/**/*.js", (route) => route.abort());
  await page.goto("/");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
});
