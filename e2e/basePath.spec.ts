/** The whole of Meshscope below a base path, from the same build. */
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { kubeconfigFor } from "#test/kubernetes/demoCluster.ts";
import { startFakeApiServer } from "#test/kubernetes/fakeApiServer.ts";
import { MapPage } from "./mapPage.ts";
import { addressOf, exitCode, meshscope } from "./meshscopeProcess.ts";

for (const basePath of ["", "/meshscope", "/a/b-c"]) {
  test(`everything works below "${basePath}", and nothing is asked for outside it`, async ({ page, context }) => {
    const running = meshscope(["demo", "--no-open", "--port", "0"], {
      MESHSCOPE_BASE_PATH: basePath,
      MESHSCOPE_REFRESH_SECONDS: "1",
    });
    const address = await addressOf(running.printed);
    const { origin, pathname } = new URL(address);
    expect(pathname).toBe(basePath === "" ? "/" : basePath);

    const problems: string[] = [];
    const paths: string[] = [];
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") problems.push(message.text());
    });
    page.on("pageerror", (error) => problems.push(error.message));
    context.on("request", (request) => {
      const url = new URL(request.url());
      if (url.protocol.startsWith("http")) paths.push(url.origin === origin ? url.pathname : url.href);
    });
    context.on("response", (response) => {
      if (response.status() >= 400) problems.push(`${response.status()} ${response.url()}`);
    });

    // The root leads there, and the policy of pages holds at the base path as anywhere else.
    const entered = await page.goto(`${origin}/?namespaces=bookinfo&graph=workload`);
    expect(page.url()).toBe(`${address}${basePath === "" ? "/" : ""}?namespaces=bookinfo&graph=workload`);
    expect(entered?.headers()["content-security-policy"]).toContain("script-src 'self' 'nonce-");

    // Read, laid out in the worker, drawn.
    const map = new MapPage(page);
    await expect(map.node("workload reviews-v3")).toBeVisible();
    expect(paths).toContain(`${basePath}/api/v1/reading`);
    expect(new URL(page.workers()[0]?.url() ?? "").pathname).toMatch(`${basePath}/_next/static/`);

    // The page listens, and what it listens to says that there is a new reading.
    expect(paths).toContain(`${basePath}/api/v1/events`);
    const stream = await fetch(`${origin}${basePath}/api/v1/events`);
    let heard = "";
    for await (const chunk of stream.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      heard += chunk;
      if (heard.includes("event: telemetry")) break;
    }
    expect(heard).toContain("event: telemetry");

    // Navigation in the page, back, and a link into the view.
    await page.evaluate(() => Object.assign(window, { stillHere: true }));
    await page.getByRole("link", { name: "Map" }).click();
    await expect(page).toHaveURL(`${origin}${basePath === "" ? "/" : basePath}`);
    await page.goBack();
    await expect(map.node("workload reviews-v3")).toBeVisible();
    expect(await page.evaluate(() => "stillHere" in window)).toBe(true);
    await page.reload();
    await expect(map.node("workload reviews-v3")).toBeVisible();

    expect(paths.filter((path) => path !== "/" && path !== basePath && !path.startsWith(`${basePath}/`))).toEqual([]);
    expect(problems).toEqual([]);
    running.process.kill("SIGTERM");
    expect(await exitCode(running.process)).toBe(0);
  });
}

test("a login below a base path leads back to the link, and its cookie goes nowhere else", async ({
  page,
  context,
}) => {
  const api = await startFakeApiServer();
  api.users.set("the process", { user: "meshscope", groups: [] }).set("of-ada", { user: "ada", groups: [] });
  const kubeconfig = join(await mkdtemp(join(tmpdir(), "meshscope-login-")), "kubeconfig");
  await writeFile(kubeconfig, kubeconfigFor(api.url, "the process"));
  const running = meshscope(["serve", "--port", "0"], {
    KUBECONFIG: kubeconfig,
    MESHSCOPE_AUTH: "token",
    MESHSCOPE_BASE_PATH: "/meshscope",
    MESHSCOPE_PROMETHEUS_URL: "http://127.0.0.1:9",
  });
  const address = await addressOf(running.printed);
  const link = `${address}?namespaces=bookinfo`;
  await page.goto(link);
  await page.getByLabel("Token", { exact: true }).fill("of-ada");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "Logged in as ada" })).toBeVisible();
  expect(page.url()).toBe(link);
  const cookies = await context.cookies();
  expect(cookies.length).toBeGreaterThan(0);
  expect(cookies.filter(({ path }) => !path.startsWith("/meshscope"))).toEqual([]);
  await page.getByRole("button", { name: "Logged in as ada" }).click();
  await page.getByRole("button", { name: "Log out" }).click();
  await expect(page.getByText("You are logged out.")).toBeVisible();
  expect(new URL(page.url()).pathname).toMatch(/^\/meshscope(\/|$)/);
  running.process.kill("SIGTERM");
  expect(await exitCode(running.process)).toBe(0);
  await api.close();
});
