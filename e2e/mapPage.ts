/** The map page as its users name it. */
import { expect, type Locator, type Page } from "@playwright/test";

export class MapPage {
  readonly page: Page;
  readonly picture: Locator;
  readonly inspector: Locator;

  constructor(page: Page) {
    this.page = page;
    this.picture = page.getByRole("application", { name: /service map/i });
    this.inspector = page.getByRole("complementary", { name: "Inspector" });
  }

  /** Opens a link to the map and waits until something is drawn or tabulated. */
  async open(query = ""): Promise<void> {
    await this.page.goto(`/${query}`);
    await expect(this.picture.or(this.page.getByRole("table", { name: "Nodes of the map" }))).toBeVisible();
  }

  /** A node of the picture: "service reviews", "app reviews v3". */
  node(name: string): Locator {
    return this.picture.getByRole("button", { name: new RegExp(`^${name},`) });
  }

  /** Chooses in one of the menus of the bars. */
  async choose(menu: string, choice: string): Promise<void> {
    await this.page.getByRole("button", { name: new RegExp(`^${menu}`) }).click();
    await this.page.getByRole("menuitemradio", { name: choice, exact: true }).click();
  }

  /** The figures of a row of the inspector's traffic table: [in, out]. */
  async traffic(row: string): Promise<readonly string[]> {
    const cells = this.inspector.getByRole("row", { name: new RegExp(`^${row}`) }).getByRole("cell");
    return (await cells.allInnerTexts()).map((text) => text.replaceAll("\u00a0", " "));
  }
}
