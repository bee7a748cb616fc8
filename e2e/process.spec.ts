/** The server as a process: where it listens, what it refuses, how it ends. */
import { once } from "node:events";
import { createServer } from "node:http";
import { connect } from "node:net";
import { expect, test } from "@playwright/test";
import { addressOf, exitCode, meshscope } from "./meshscopeProcess.ts";

test("listens on loopback, and ends with 0 on SIGTERM although a page is listening for changes and has connected in advance", async () => {
  const running = meshscope(["demo", "--no-open", "--port", "0"]);
  const address = await addressOf(running.printed);
  expect(new URL(address).hostname).toBe("127.0.0.1");
  const events = await fetch(`${address}/api/v1/events`);
  const reader = events.body?.getReader();
  await reader?.read();
  // As browsers do, a connection in advance that is never used.
  const spare = connect(Number(new URL(address).port), "127.0.0.1");
  await once(spare, "connect");
  running.process.kill("SIGTERM");
  expect(await exitCode(running.process)).toBe(0);
  expect((await reader?.read())?.done).toBe(true);
});

test("answers requests that came before it was ready", async () => {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  const port = typeof address === "object" ? (address?.port ?? 0) : 0;
  probe.close();
  const running = meshscope(["demo", "--no-open", "--port", String(port)]);
  const url = `http://127.0.0.1:${port}/readyz`;
  // The first request that the port takes comes long before the line that says "ready".
  const first = async (): Promise<unknown> => {
    for (;;) {
      try {
        return await (await fetch(url, { signal: AbortSignal.timeout(20_000) })).json();
      } catch (error) {
        if (running.process.exitCode !== null || (error as Error).name === "TimeoutError") throw error;
      }
    }
  };
  expect(await first()).toMatchObject({ ready: true });
  await addressOf(running.printed);
  running.process.kill("SIGTERM");
  expect(await exitCode(running.process)).toBe(0);
});

test("opens although neither Prometheus nor a cluster can be reached, and says which, why, since when and what to do", async ({
  page,
}) => {
  const running = meshscope(["serve", "--port", "0"], {
    KUBECONFIG: "/no/such/kubeconfig",
    MESHSCOPE_PROMETHEUS_URL: "http://127.0.0.1:9",
  });
  const address = await addressOf(running.printed);
  await page.goto(address);
  await expect(page.getByRole("heading", { name: /ECONNREFUSED/ })).toBeVisible();
  const sources = page.getByRole("region", { name: "Data sources" }).getByRole("listitem");
  await expect(sources.nth(0)).toContainText(/does not answer since .*Tried again at/);
  await expect(sources.nth(1)).toContainText("/no/such/kubeconfig");
  const response = await fetch(`${address}/api/v1/reading`);
  expect(response.status).toBe(503);
  expect(await response.json()).toMatchObject({
    detail: expect.stringContaining("ECONNREFUSED"),
    hint: expect.stringContaining("Nothing listens there"),
    sources: [
      { id: "telemetry", status: { state: "failing", kind: "unreachable" } },
      {
        id: "cluster/Kubernetes",
        status: { state: "failing", message: expect.stringContaining("/no/such/kubeconfig") },
      },
    ],
  });
  running.process.kill("SIGTERM");
  expect(await exitCode(running.process)).toBe(0);
});

test("loads manifests into the demo and says which it refused, where and why", async () => {
  const running = meshscope(["demo", "--no-open", "--port", "0", "--manifests", "test/fixtures/manifests"]);
  const address = await addressOf(running.printed);
  expect(running.printed.text).toMatch(/Loaded 2 objects from manifests, refused 1:\n {2}\S*fragment\.yaml:1: /);
  const { namespaces } = (await (await fetch(`${address}/api/v1/namespaces`)).json()) as {
    namespaces: { name: string }[];
  };
  expect(namespaces.map(({ name }) => name)).toContain("harbour");
  running.process.kill("SIGTERM");
  expect(await exitCode(running.process)).toBe(0);
});

test("a taken port, a wrong setting and a wrong option end the start with the fix", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const address = other.address();
  const port = String(typeof address === "object" ? address?.port : "");
  const cases = [
    { args: ["demo", "--no-open", "--port", port], settings: {}, code: 1, says: `Port ${port} is taken` },
    {
      args: ["serve"],
      settings: { MESHSCOPE_PROMETHEUS_URI: "x" },
      code: 2,
      says: "did you mean MESHSCOPE_PROMETHEUS_URL?",
    },
    { args: ["demo", "--port", "http"], settings: {}, code: 1, says: "PORT must be a number" },
    { args: ["serve", "--scale", "services=5"], settings: {}, code: 2, says: "--scale belongs to the demo" },
    { args: ["fly"], settings: {}, code: 2, says: 'There is no command "fly"' },
  ];
  for (const { args, settings, code, says } of cases) {
    const running = meshscope(args, settings);
    expect(await exitCode(running.process)).toBe(code);
    expect(running.printed.text).toContain(says);
  }
  other.close();
});
