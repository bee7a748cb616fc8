/** What the built server refuses, bounds and says about it, over real HTTP. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { TEST_CERTIFICATE, TEST_KEY } from "#test/kubernetes/testCertificate.ts";

/** The demo as a process of its own, with settings of its own. */
async function started(settings: Readonly<Record<string, string>>): Promise<{ child: ChildProcess; address: string }> {
  const child = spawn(process.execPath, ["cli/meshscope.ts", "demo", "--no-open", "--port", "0"], {
    env: { ...process.env, MESHSCOPE_LOG_LEVEL: "error", ...settings },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let printed = "";
  child.stdout.on("data", (chunk: Buffer) => {
    printed += chunk.toString();
  });
  await expect.poll(() => printed, { timeout: 20_000 }).toMatch(/ready at \S+/);
  return { child, address: /ready at (\S+)/.exec(printed)?.[1] ?? "" };
}

async function stopped(child: ChildProcess): Promise<number | null> {
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  await ended;
  return child.exitCode;
}

test("what Next would answer by itself is a problem document below /api, and a page elsewhere", async ({ request }) => {
  for (const [method, path, status] of [
    ["GET", "/api/v1/nothing", 404],
    ["GET", "/api", 404],
    ["POST", "/api/v1/reading", 405],
    ["DELETE", "/api/v1/openapi.json", 405],
  ] as const) {
    const answer = await request.fetch(path, { method });
    expect([path, answer.status()]).toEqual([path, status]);
    expect(answer.headers()).toMatchObject({
      "content-type": "application/problem+json",
      "content-security-policy": expect.stringContaining("default-src 'none'"),
      "cache-control": "no-store",
    });
    expect(await answer.json()).toMatchObject({
      status,
      instance: `urn:uuid:${answer.headers()["x-request-id"]}`,
    });
  }
});

test("a page that is not there says so, with the policy of pages", async ({ page }) => {
  const answer = await page.goto("/nowhere");
  expect(answer?.status()).toBe(404);
  expect(answer?.headers()["content-security-policy"]).toContain("script-src 'self' 'nonce-");
  expect(answer?.headers()["cache-control"]).toContain("no-store");
  await expect(page.getByRole("heading", { name: "There is no such page" })).toBeVisible();
  await page.getByRole("link", { name: "Open the map" }).click();
  await expect(page.getByRole("application", { name: /service map/i })).toBeVisible();
});

test("headers of Next's own parts change nothing", async ({ request }) => {
  const forged = {
    "x-middleware-subrequest": "proxy:proxy:proxy:proxy:proxy",
    "x-nonce": "forged",
    "x-matched-path": "/healthz",
    "x-invoke-path": "/healthz",
    "next-action": "x",
    "x-forwarded-host": "evil.example",
  };
  const answer = await request.get("/", { headers: forged });
  expect(answer.status()).toBe(200);
  const policy = answer.headers()["content-security-policy"] ?? "";
  expect(policy).toMatch(/script-src 'self' 'nonce-[^']+'/);
  expect(policy).not.toContain("forged");
  expect(await answer.text()).not.toContain("evil.example");
  // What would make a picture of another size is not there.
  expect((await request.get("/_next/image?url=%2Ficon.svg&w=64&q=75")).status()).toBe(404);
});

test("who asks too often in a minute is told when to come again, while probes and metrics are answered", async () => {
  const { child, address } = await started({ MESHSCOPE_REQUESTS_PER_MINUTE: "10" });
  const statuses: number[] = [];
  for (let times = 0; times < 11; times += 1) statuses.push((await fetch(`${address}/api/v1/namespaces`)).status);
  expect(statuses).toEqual([...Array.from({ length: 10 }, () => 200), 429]);
  const refused = await fetch(`${address}/api/v1/reading`);
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(await refused.json()).toMatchObject({ status: 429, hint: expect.stringContaining("Try again in") });
  for (const probe of ["/healthz", "/readyz"]) expect((await fetch(address + probe)).status).toBe(200);
  expect(await (await fetch(`${address}/metrics`)).text()).toContain('meshscope_http_refused_total{reason="rate"} 2');
  expect(await stopped(child)).toBe(0);
});

test("of a thousand requests at once each is answered or told to come again, and probes do not wait for them", async () => {
  const { child, address } = await started({});
  const statusOf = async (path: string) => {
    const outgoing = httpRequest(`${address}${path}`, { agent: false }).end();
    const [response] = (await once(outgoing, "response")) as [IncomingMessage];
    response.resume();
    await once(response, "end");
    return response.statusCode ?? 0;
  };
  const flood = Promise.all(Array.from({ length: 1000 }, () => statusOf("/api/v1/graph?duration=300s")));
  const probed: number[] = [];
  for (;;) {
    const first = await Promise.race([flood, statusOf("/healthz")]);
    if (typeof first !== "number") break;
    probed.push(first);
  }
  const statuses = new Set(await flood);
  expect(statuses.has(200)).toBe(true);
  expect([...statuses].filter((status) => ![200, 429, 503].includes(status))).toEqual([]);
  expect(probed.length).toBeGreaterThan(3);
  expect(new Set(probed)).toEqual(new Set([200]));
  // Nothing is held afterwards.
  expect(await statusOf("/api/v1/graph?duration=300s")).toBe(200);
  expect(await stopped(child)).toBe(0);
});

test("HTTPS with a given certificate, and what only HTTPS may say", async () => {
  const folder = mkdtempSync(join(tmpdir(), "meshscope-tls-"));
  writeFileSync(join(folder, "tls.crt"), TEST_CERTIFICATE);
  writeFileSync(join(folder, "tls.key"), TEST_KEY);
  const { child, address } = await started({
    MESHSCOPE_TLS_CERT_FILE: join(folder, "tls.crt"),
    MESHSCOPE_TLS_KEY_FILE: join(folder, "tls.key"),
    MESHSCOPE_PUBLIC_URL: "https://mesh.example.org",
  });
  expect(address).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
  const get = async (path: string, host: string) => {
    const outgoing = httpsRequest(`${address}${path}`, {
      ca: TEST_CERTIFICATE,
      servername: "localhost",
      agent: false,
      headers: { host },
    }).end();
    const [response] = (await once(outgoing, "response")) as [IncomingMessage];
    let text = "";
    for await (const chunk of response) text += String(chunk);
    return { status: response.statusCode, headers: response.headers, text };
  };
  const named = await get("/", "mesh.example.org");
  expect([named.status, named.headers["strict-transport-security"]]).toEqual([200, "max-age=31536000"]);
  // It would hold for every other server on this machine.
  expect((await get("/", "localhost")).headers["strict-transport-security"]).toBeUndefined();
  expect((await get("/metrics", "localhost")).text).toMatch(
    /meshscope_tls_certificate_expiry_timestamp_seconds 4\.?\d/,
  );
  expect(await stopped(child)).toBe(0);
  rmSync(folder, { recursive: true });
});
