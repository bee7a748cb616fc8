/** Finding, hiding, focusing, comparing and exporting, with the keyboard alone. */
import { readFile } from "node:fs/promises";
import { expect, test } from "@playwright/test";
import { graphSchema } from "#lib/api/graph.ts";
import { MapPage } from "./mapPage.ts";

test("an expression is completed word by word, and finds edges", async ({ page }) => {
  const map = new MapPage(page);
  await map.open("?namespaces=bookinfo");
  await page.keyboard.press("/");
  await page.keyboard.type("targ");
  await expect(page.getByRole("option", { name: /^target/ })).toBeVisible();
  await page.keyboard.press("Tab");
  const find = page.getByRole("combobox", { name: "Find on the map" });
  await expect(find).toHaveValue("target ");
  await page.keyboard.type("= revie");
  await expect(page.getByRole("option", { name: "reviews", exact: true })).toBeVisible();
  await page.keyboard.press("Tab");
  await expect(find).toHaveValue("target = reviews ");
  await page.keyboard.press("Enter");
  await expect(map.inspector.getByRole("heading", { name: /→ reviews/ })).toBeVisible();
  // Nothing is being typed: Tab goes on through the page.
  await page.keyboard.press("Tab");
  await expect(find).not.toBeFocused();
});

test("an expression that goes wrong says where, and what was expected", async ({ page }) => {
  await new MapPage(page).open("?namespaces=bookinfo");
  const find = page.getByRole("combobox", { name: "Find on the map" });
  await find.fill("http > fast");
  await expect(page.getByText("Expected a figure, if you like with rps, krps, rpm, at 8.")).toBeVisible();
  await expect(find).toHaveAttribute("aria-invalid", "true");
  await find.fill("nmaespace = bookinfo");
  await expect(page.getByText(/did you mean `namespace`/)).toBeVisible();
  await find.press("Escape");
  await expect(find).toHaveValue("");
});

test("what is found stands out in the tables too", async ({ page }) => {
  await new MapPage(page).open("?namespaces=bookinfo&show=table&find=app+%3D+ratings");
  const nodes = page.getByRole("table", { name: "Nodes of the map" });
  await expect(nodes.getByRole("rowheader", { name: /, found$/ })).toHaveCount(2);
});

test("hidden nodes are gone, with a link, until all is shown again", async ({ page }) => {
  const map = new MapPage(page);
  await map.open("?namespaces=bookinfo");
  const hide = page.getByRole("combobox", { name: "Hide on the map" });
  await hide.fill("name ^= ratings");
  await expect(map.node("service ratings")).toBeVisible();
  await hide.press("Enter");
  await expect(map.node("service ratings")).toBeHidden();
  await expect(map.node("service reviews")).toBeVisible();
  await expect(page).toHaveURL(/hide=name/);
  await expect(map.inspector.getByRole("heading", { name: "What is shown" })).toBeVisible();
  await page.reload();
  await expect(map.node("service reviews")).toBeVisible();
  await expect(map.node("service ratings")).toBeHidden();
  await hide.focus();
  await page.keyboard.press("Escape");
  await expect(map.node("service ratings")).toBeVisible();
});

test("f focuses on a node hop by hop, and a chip leads back", async ({ page }) => {
  const map = new MapPage(page);
  await map.open("?namespaces=bookinfo&select=service/primary/bookinfo/reviews");
  await expect(map.node("service mongodb")).toBeVisible();
  await page.keyboard.press("f");
  await expect(page).toHaveURL(/focus=/);
  await expect(map.node("service mongodb")).toBeHidden();
  await expect(map.node("service ratings")).toBeHidden();
  await page.keyboard.press("f");
  await expect(page.getByRole("button", { name: "Hops: 2 hops" })).toBeVisible();
  await expect(map.node("service ratings")).toBeVisible();
  await page.getByRole("button", { name: "Clear the focus" }).press("Enter");
  await expect(map.node("service mongodb")).toBeVisible();
});

test("the way from one node to another is drawn alone", async ({ page }) => {
  const map = new MapPage(page);
  await map.open("?namespaces=bookinfo&select=service/primary/bookinfo/productpage");
  await map.inspector.getByRole("button", { name: "Path to…" }).press("Enter");
  await page.getByRole("searchbox", { name: "Filter nodes" }).fill("mongodb");
  await page
    .getByRole("list", { name: "Nodes" })
    .getByRole("button", { name: /Service/ })
    .press("Enter");
  await expect(page.getByText("Path from productpage to mongodb")).toBeVisible();
  await expect(map.node("app reviews v2")).toBeVisible();
  await expect(map.node("service details")).toBeHidden();
});

test("two moments are compared, the changes listed, and each told in figures", async ({ page }) => {
  const map = new MapPage(page);
  await map.open();
  await page.getByRole("button", { name: "Compare" }).press("Enter");
  await page.getByRole("button", { name: "1 h ago" }).press("Enter");
  await expect(page).toHaveURL(/compare=-1h/);
  const changes = map.inspector.getByRole("list", { name: "Significant changes" });
  await changes.getByRole("button").first().press("Enter");
  await expect(map.inspector.getByRole("table", { name: "Figures before and after" })).toBeVisible();
  await expect(map.inspector.getByText("Changed by more than noise")).toBeVisible();
  await page.getByRole("button", { name: "Stop comparing" }).press("Enter");
  await expect(page).not.toHaveURL(/compare=/);
});

test("a moment compared with itself has no changes", async ({ page }) => {
  const map = new MapPage(page);
  const at = Date.parse("2026-11-20T13:30:00Z") / 1000;
  await map.open(`?at=${at}&compare=${at}`);
  await expect(page.getByText(/^Nothing more than noise since 20 Nov 2026/)).toBeVisible();
});

test("what is shown leaves as a file", async ({ page }) => {
  const map = new MapPage(page);
  await map.open("?namespaces=bookinfo&hide=name+%5E%3D+ratings");
  await page.getByRole("button", { name: "Export" }).press("Enter");
  const download = page.waitForEvent("download");
  await page.getByRole("menuitem", { name: "JSON", exact: true }).press("Enter");
  const file = await download;
  const graph = graphSchema.parse(JSON.parse(await readFile(await file.path(), "utf8")));
  const names = graph.nodes.map(({ app }) => app);
  expect(names).toContain("reviews");
  expect(names).not.toContain("ratings");
});

test("what the display menu chose is still there after a reload", async ({ page }) => {
  const map = new MapPage(page);
  await map.open("?namespaces=bookinfo");
  await page.getByRole("button", { name: "Display" }).press("Enter");
  await page.getByRole("menuitemcheckbox", { name: "Service nodes" }).click();
  await page.getByRole("menuitemcheckbox", { name: "p95 latency" }).click();
  await page.keyboard.press("Escape");
  await page.reload();
  await expect(map.node("app reviews v1")).toBeVisible();
  await expect(map.node("service reviews")).toBeHidden();
  await page.getByRole("button", { name: "Display" }).press("Enter");
  await expect(page.getByRole("menuitemcheckbox", { name: "Service nodes" })).not.toBeChecked();
  await expect(page.getByRole("menuitemcheckbox", { name: "p95 latency" })).toBeChecked();
});

test("where no call leads from one node to another, the map says why and knows the way back", async ({ page }) => {
  const map = new MapPage(page);
  const [from, to] = ["app/primary/bookinfo/ratings/v1", "app/primary/bookinfo/productpage/v1"];
  await page.goto(`/?namespaces=bookinfo&path=${encodeURIComponent(`${from},${to}`)}`);
  await expect(page.getByRole("heading", { name: "Why there is no edge" })).toBeVisible();
  await expect(page.getByText("No proxy saw a call from ratings v1 in bookinfo to productpage v1")).toBeVisible();
  await page.getByRole("button", { name: "Show the way back" }).click();
  await expect(map.node("app ratings v1")).toBeVisible();
  await expect(page.getByRole("region", { name: "What is shown" })).toContainText(
    "Path from productpage v1 to ratings v1",
  );
});
