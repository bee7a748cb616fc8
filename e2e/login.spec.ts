/** Logging in and out, by token and at a real OpenID provider. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";
import { UnsecuredJWT } from "jose";
import { kubeconfigFor } from "#test/kubernetes/demoCluster.ts";
import { type FakeApiServer, startFakeApiServer } from "#test/kubernetes/fakeApiServer.ts";
import { startOidcProvider, type TestOidcProvider } from "#test/oidc/startOidcProvider.ts";
import { MapPage } from "./mapPage.ts";
import { freePort, type RunningServer, runServer } from "./runServer.ts";

const DEEP_LINK = "/?namespaces=bookinfo&graph=service&window=10m";

async function seriousFindings(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).exclude("[data-base-ui-focus-guard]").analyze();
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html}`));
}

test.describe("by token", () => {
  let folder: string;
  let api: FakeApiServer;
  let server: RunningServer;
  let people = 0;

  test.beforeAll(async () => {
    test.setTimeout(120_000);
    folder = await mkdtemp(join(tmpdir(), "meshscope-login-"));
    api = await startFakeApiServer();
    api.users.set("the process", { user: "meshscope", groups: [] });
    await writeFile(join(folder, "kubeconfig"), kubeconfigFor(api.url, "the process"));
    server = await runServer(["serve"], {
      KUBECONFIG: join(folder, "kubeconfig"),
      MESHSCOPE_PROMETHEUS_URL: "http://127.0.0.1:9",
      MESHSCOPE_AUTH: "token",
      MESHSCOPE_SESSION_SECRET: "for journeys only: 0123456789abcdef",
    });
  });

  test.afterAll(async () => {
    await server.stop();
    await api.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** A token that Kubernetes takes for ada, for so long. */
  function newToken(seconds = 600): string {
    const token = new UnsecuredJWT({ jti: String((people += 1)) }).setExpirationTime(`${seconds}s`).encode();
    api.users.set(token, { user: "ada", groups: ["ops"] });
    return token;
  }

  async function logIn(page: Page, token = newToken()): Promise<void> {
    await page.getByLabel("Token", { exact: true }).fill(`  ${token}\n`);
    await page.keyboard.press("Enter");
    await expect(page.getByRole("button", { name: "Logged in as ada" })).toBeVisible();
  }

  test("a link leads through the login to where it points, and nothing of the page is asked for before", async ({
    page,
  }) => {
    const asked: string[] = [];
    page.on("request", (request) => asked.push(new URL(request.url()).pathname));
    await page.goto(`${server.address}${DEEP_LINK}`);
    await expect(page.getByRole("heading", { name: "Log in" })).toBeVisible();
    await expect(page.getByLabel("Token", { exact: true })).toBeFocused();
    expect(asked.filter((path) => path.startsWith("/api/"))).toEqual(["/api/v1/session"]);
    await logIn(page);
    expect(page.url()).toBe(`${server.address}${DEEP_LINK}`);
    await expect(page.getByRole("navigation", { name: "Pages" })).toBeVisible();
  });

  test("a wrong token is refused in place, the next one is taken", async ({ page }) => {
    await page.goto(server.address);
    await page.getByLabel("Token", { exact: true }).fill("wrong");
    await page.getByRole("button", { name: "Log in" }).click();
    await expect(page.getByRole("main").getByRole("alert")).toContainText("Kubernetes does not accept this token");
    await expect(page.getByLabel("Token", { exact: true })).toHaveAttribute("aria-invalid", "true");
    await page.getByRole("button", { name: "Show the token" }).click();
    await expect(page.getByLabel("Token", { exact: true })).toHaveValue("wrong");
    await logIn(page);
  });

  test("logging out ends it in every tab, and the session's cookie cannot be read by scripts", async ({
    page,
    context,
  }) => {
    await page.goto(server.address);
    await logIn(page);
    expect(await page.evaluate(() => document.cookie)).toBe("");
    const other = await context.newPage();
    await other.goto(`${server.address}${DEEP_LINK}`);
    await expect(other.getByRole("button", { name: "Logged in as ada" })).toBeVisible();
    await page.getByRole("button", { name: "Logged in as ada" }).click();
    await expect(page.getByRole("list", { name: "Groups" })).toContainText("ops");
    await page.getByRole("button", { name: "Log out" }).click();
    await expect(page.getByText("You are logged out.")).toBeVisible();
    // It asks for the next reading within fifteen seconds, unless it notices before.
    await expect(other.getByText("Your session has ended.")).toBeVisible({ timeout: 25_000 });
    expect(other.url()).toBe(`${server.address}${DEEP_LINK}`);
    await logIn(other);
    expect(other.url()).toBe(`${server.address}${DEEP_LINK}`);
  });

  test("a session that ends says so before, and then asks for a login at the same place", async ({ page }) => {
    await page.goto(`${server.address}${DEEP_LINK}`);
    await logIn(page, newToken(6));
    await expect(page.getByText(/Your session ends in \d s\./)).toBeVisible();
    await expect(page.getByText("Your session has ended.")).toBeVisible({ timeout: 15_000 });
    expect(page.url()).toBe(`${server.address}${DEEP_LINK}`);
  });

  test("an address with an error of a login shows words of ours, and leads on after the login", async ({ page }) => {
    await page.goto(`${server.address}/login?error=%3Cb%3E&return=${encodeURIComponent(DEEP_LINK)}`);
    await expect(page.getByRole("main").getByRole("alert")).toContainText("The login failed.");
    await logIn(page);
    expect(page.url()).toBe(`${server.address}${DEEP_LINK}`);
  });

  for (const colorScheme of ["light", "dark"] as const) {
    test(`axe finds nothing serious on the login in the ${colorScheme} theme`, async ({ page }) => {
      await page.emulateMedia({ colorScheme });
      await page.goto(server.address);
      await page.getByRole("button", { name: "Log in" }).click();
      await expect(page.getByRole("main").getByRole("alert")).toBeVisible();
      expect(await seriousFindings(page)).toEqual([]);
    });
  }

  test("on a phone the login has room", async ({ page }) => {
    await page.setViewportSize({ width: 390, height: 844 });
    await page.goto(server.address);
    await expect(page.getByRole("button", { name: "Log in" })).toBeInViewport();
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
  });
});

function oidcSettings(address: string, { issuer }: TestOidcProvider): Record<string, string> {
  return {
    MESHSCOPE_AUTH: "oidc",
    MESHSCOPE_PUBLIC_URL: address,
    MESHSCOPE_OIDC_ISSUER: issuer,
    MESHSCOPE_OIDC_CLIENT_ID: "meshscope",
    MESHSCOPE_OIDC_CLIENT_SECRET: "client secret",
    MESHSCOPE_OIDC_SCOPES: "openid profile email groups",
    MESHSCOPE_OIDC_KUBERNETES: "process",
  };
}

test.describe("at an OpenID provider", () => {
  let provider: TestOidcProvider;
  let server: RunningServer;

  test.beforeAll(async () => {
    test.setTimeout(120_000);
    const port = await freePort();
    const address = `http://127.0.0.1:${port}`;
    provider = await startOidcProvider({ redirectUris: [`${address}/api/v1/session/oidc/callback`] });
    provider.people.set("ada", { email: "ada@example.org", email_verified: true, groups: ["ops"] });
    provider.people.set("bob", { email: "bob@example.org", email_verified: true, groups: [] });
    const settings = {
      ...oidcSettings(address, provider),
      MESHSCOPE_OIDC_ALLOWED_GROUPS: "ops",
      MESHSCOPE_SESSION_IDLE_MINUTES: "1",
    };
    server = await runServer(["demo", "--no-open"], settings, port);
  });

  test.afterAll(async () => {
    await server.stop();
    await provider.close();
  });

  async function logIn(page: Page, name: string): Promise<void> {
    await page.getByPlaceholder("Enter any login").fill(name);
    await page.getByPlaceholder("and password").fill("any");
    await page.getByRole("button", { name: "Sign-in" }).click();
  }

  test("a link leads to the provider and back to the map it points to", async ({ page }) => {
    await page.goto(`${server.address}${DEEP_LINK}`);
    await logIn(page, "ada");
    await expect(new MapPage(page).picture).toBeVisible();
    expect(page.url()).toBe(`${server.address}${DEEP_LINK}`);
    await expect(page.getByRole("button", { name: "Logged in as ada@example.org" })).toBeVisible();
  });

  test("below a base path the way leads there and back too", async ({ page }) => {
    test.setTimeout(120_000);
    const port = await freePort();
    const address = `http://127.0.0.1:${port}/mesh`;
    const own = await startOidcProvider({ redirectUris: [`${address}/api/v1/session/oidc/callback`] });
    own.people.set("ada", { email: "ada@example.org", email_verified: true });
    const settings = { ...oidcSettings(address, own), MESHSCOPE_BASE_PATH: "/mesh" };
    const below = await runServer(["demo", "--no-open"], settings, port);
    await page.goto(`${address}${DEEP_LINK}`);
    await logIn(page, "ada");
    await expect(new MapPage(page).picture).toBeVisible();
    expect(page.url()).toBe(`${address}${DEEP_LINK.replace("/", "")}`);
    expect((await page.context().cookies(`http://127.0.0.1:${port}/elsewhere`)).map(({ name }) => name)).not.toContain(
      `meshscope-session-${port}.0`,
    );
    await below.stop();
    await own.close();
  });

  test("who may not come in is told so, and is not sent round in circles", async ({ page }) => {
    await page.goto(server.address);
    await logIn(page, "bob");
    await expect(page.getByRole("main").getByRole("alert")).toContainText("may not use Meshscope");
    await expect(page.getByRole("button", { name: "Log in" })).toBeVisible();
  });

  test("after a logout nobody is logged in again unasked", async ({ page }) => {
    await page.goto(server.address);
    await logIn(page, "ada");
    await page.getByRole("button", { name: "Logged in as ada@example.org" }).click();
    await page.getByRole("button", { name: "Log out" }).click();
    // The provider asks whether its own session shall end too.
    await page.getByRole("button", { name: "Yes, sign me out" }).click();
    await expect(page.getByText("You are logged out.")).toBeVisible();
    await page.getByRole("button", { name: "Log in" }).click();
    await expect(page.getByPlaceholder("Enter any login")).toBeVisible();
  });

  test("a session that nobody uses can be kept", async ({ page }) => {
    await page.goto(server.address);
    await logIn(page, "ada");
    await expect(page.getByText(/Your session ends in \d+ s\./)).toBeVisible();
    const kept = page.waitForResponse((response) => response.request().method() === "PUT");
    await page.getByRole("button", { name: "Stay logged in" }).click();
    expect((await kept).status()).toBe(200);
  });
});
