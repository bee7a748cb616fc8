import { expect, test } from "@playwright/test";
import { MapPage } from "./mapPage.ts";

/** "12.4 rps" → 12.4 */
const figure = (text: string | undefined) => Number.parseFloat(text ?? "");

test("opening the demo shows the mesh, its age and what needs attention", async ({ page }) => {
  const map = new MapPage(page);
  await map.open();
  await expect(map.node("service reviews")).toBeVisible();
  await expect(page.getByText(/ago$/).first()).toBeVisible();
  await expect(map.inspector.getByRole("heading", { name: "Whole mesh" })).toBeVisible();
  await expect(map.inspector.getByRole("heading", { name: "Needs attention" })).toBeVisible();
  await expect(map.inspector.getByRole("button", { name: /, Failing/ }).first()).toBeVisible();
});

test("selecting a node reads out its rates, and callers lead on", async ({ page }) => {
  const map = new MapPage(page);
  await map.open("?namespaces=bookinfo");
  await map.node("service reviews").click();
  await expect(map.inspector.getByRole("heading", { name: "reviews", level: 2 })).toBeVisible();

  // The service passes on what it gets, and its three versions share it.
  const [inbound, outbound] = (await map.traffic("Requests")).map(figure);
  expect(inbound).toBeGreaterThan(1);
  expect(outbound).toBeCloseTo(inbound ?? 0, 0);
  await expect(map.inspector.getByRole("heading", { name: "Calls (3)" })).toBeVisible();
  await expect(map.inspector.getByRole("img", { name: /^Requests: now [\d.]+ rps/ })).toBeVisible();

  await map.inspector.getByRole("button", { name: /^productpage/ }).click();
  await expect(map.inspector.getByRole("heading", { name: /^productpage/, level: 2 })).toBeVisible();
});

test("an edge shows its responses, latency and mTLS", async ({ page }) => {
  const map = new MapPage(page);
  await map.open("?namespaces=bookinfo&select=service/primary/bookinfo/reviews");
  await map.inspector.getByRole("button", { name: /rps/ }).last().click();
  await expect(map.inspector.getByRole("heading", { name: /^reviews → reviews v\d$/ })).toBeVisible();
  await expect(map.inspector.getByRole("row", { name: /^200/ })).toBeVisible();
  await expect(map.inspector.getByText("p99", { exact: true })).toBeVisible();
  await expect(map.inspector.getByRole("img", { name: /^Requests: now [\d.]+ rps/ })).toBeVisible();
  await expect(map.inspector.getByText("100 %", { exact: true }).first()).toBeVisible();
});

test("the graph type changes what is drawn without asking the server for it", async ({ page }) => {
  const map = new MapPage(page);
  await map.open("?namespaces=bookinfo");
  await expect(map.node("app reviews v3")).toBeVisible();
  const documents: string[] = [];
  page.on("request", (request) => {
    if (new URL(request.url()).pathname === "/") documents.push(request.url());
  });
  await map.choose("Graph type", "Workloads");
  await expect(map.node("workload reviews-v3")).toBeVisible();
  await map.choose("Graph type", "Services");
  await expect(map.node("workload reviews-v3")).toBeHidden();
  await expect(map.node("service reviews")).toBeVisible();
  expect(documents).toEqual([]);
  await expect(page).toHaveURL(/graph=service/);
  await page.goBack();
  await expect(map.node("workload reviews-v3")).toBeVisible();
});

test("choosing a namespace narrows the map to it and its neighbours", async ({ page }) => {
  const map = new MapPage(page);
  await map.open();
  await expect(map.node("service cello-store")).toBeVisible();
  await page.getByRole("button", { name: /^namespaces/ }).click();
  await page.getByRole("searchbox", { name: "Filter namespaces" }).fill("book");
  await page.getByRole("checkbox", { name: "bookinfo" }).check();
  await page.keyboard.press("Escape");
  await expect(map.node("service cello-store")).toBeHidden();
  await expect(map.node("service reviews")).toBeVisible();
  await expect(page).toHaveURL(/namespaces=bookinfo/);
});

test("a link opens the same view", async ({ page, context }) => {
  const map = new MapPage(page);
  await map.open("?namespaces=bookinfo&graph=workload&window=10m");
  await map.node("workload reviews-v3").click();
  await expect(map.inspector.getByRole("heading", { name: "reviews-v3" })).toBeVisible();
  const rates = await map.traffic("Requests");

  const other = new MapPage(await context.newPage());
  await other.page.goto(page.url());
  await expect(other.inspector.getByRole("heading", { name: "reviews-v3" })).toBeVisible();
  expect(await other.traffic("Requests")).toEqual(rates);
  await expect(other.page.getByRole("button", { name: "Window: 10m" })).toBeVisible();
});

test("a link that asks for unknown things opens and says so", async ({ page }) => {
  const map = new MapPage(page);
  await map.open("?graph=galaxy&window=soon");
  await expect(page.getByRole("status").filter({ hasText: /graph type this version does not know/ })).toBeVisible();
});

test("going back in time shows that moment until going back to now", async ({ page }) => {
  const map = new MapPage(page);
  await map.open();
  const strip = page.getByRole("slider", { name: "Moment shown" });
  await expect(strip).toHaveAttribute("aria-valuetext", "now");
  await strip.focus();
  await page.keyboard.press("PageDown");
  await expect(page).toHaveURL(/at=\d+/);
  await expect(strip).toHaveAttribute("aria-valuetext", /20 Nov 2026, 14:5\d:\d\d \(13:5\d:\d\d UTC\)/);
  await page.getByRole("button", { name: "Back to now" }).click();
  await expect(strip).toHaveAttribute("aria-valuetext", "now");
});

test("times are the viewer's, or UTC when asked, also after a reload", async ({ page }) => {
  await new MapPage(page).open();
  const asOf = page.getByRole("banner").getByRole("time");
  // The journeys' browser stands in Berlin.
  await expect(asOf).toHaveText("15:00:00");
  await page.getByRole("button", { name: /^Moment/ }).click();
  await page.getByRole("checkbox", { name: "Write all times in UTC" }).check();
  await expect(asOf).toHaveText("14:00:00");
  await page.reload();
  await expect(asOf).toHaveText("14:00:00");
});

test("finding steps through what matches", async ({ page }) => {
  const map = new MapPage(page);
  await map.open("?namespaces=bookinfo");
  await page.keyboard.press("/");
  const find = page.getByRole("combobox", { name: "Find on the map" });
  await expect(find).toBeFocused();
  await find.fill("ratings");
  await find.press("Enter");
  const first = await map.inspector.getByRole("heading", { level: 2 }).innerText();
  expect(first).toMatch(/^ratings/);
  await find.press("Enter");
  await expect(map.inspector.getByRole("heading", { level: 2 })).not.toHaveText(first);
  await find.press("Escape");
  await expect(find).toHaveValue("");
});

test("folding a namespace draws it as one card", async ({ page }) => {
  const map = new MapPage(page);
  await map.open();
  // A mesh of two clusters may say which one the namespace is in.
  await page.getByRole("button", { name: /^Fold (primary \/ )?bookinfo$/ }).click();
  await expect(map.node("service reviews")).toBeHidden();
  await expect(map.picture.getByRole("button", { name: /^namespace (primary \/ )?bookinfo/i })).toBeVisible();
});
