import AxeBuilder from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";
import { MapPage } from "./mapPage.ts";

/** Serious and critical findings, as "rule: element". */
async function findings(page: Page): Promise<string[]> {
  // Base UI's focus guards must be focusable and hidden: they send the focus on to where it belongs.
  const { violations } = await new AxeBuilder({ page }).exclude("[data-base-ui-focus-guard]").analyze();
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html}`));
}

// Axe looks at every cell of the tables several times: on a busy machine half a minute is not enough.
test.describe.configure({ timeout: 120_000 });

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(`in the ${colorScheme} theme axe finds nothing serious`, () => {
    test.use({ colorScheme });

    test("on the map with a node selected", async ({ page }) => {
      const map = new MapPage(page);
      await map.open("?namespaces=bookinfo&select=service/primary/bookinfo/reviews");
      await expect(map.inspector.getByRole("img", { name: /^Requests: now/ })).toBeVisible();
      expect(await findings(page)).toEqual([]);
    });

    test("on the tables", async ({ page }) => {
      await new MapPage(page).open("?show=table");
      expect(await findings(page)).toEqual([]);
    });

    test("with the namespace picker open", async ({ page }) => {
      await new MapPage(page).open();
      await page.getByRole("button", { name: /^namespaces/ }).click();
      await expect(page.getByRole("searchbox", { name: "Filter namespaces" })).toBeVisible();
      expect(await findings(page)).toEqual([]);
    });

    test("with completions and a comparison", async ({ page }) => {
      const map = new MapPage(page);
      await map.open("?compare=-1h&namespaces=travel-agency");
      await expect(map.inspector.getByRole("list", { name: "Significant changes" })).toBeVisible();
      await page.getByRole("combobox", { name: "Find on the map" }).pressSequentially("rt >");
      await expect(page.getByText("Expected a value after `>`, at 5.")).toBeVisible();
      expect(await findings(page)).toEqual([]);
    });

    test("with the display menu open", async ({ page }) => {
      await new MapPage(page).open();
      await page.getByRole("button", { name: "Display" }).click();
      await expect(page.getByRole("menuitemcheckbox", { name: "Service nodes" })).toBeVisible();
      expect(await findings(page)).toEqual([]);
    });
  });
}
