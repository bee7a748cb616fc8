import { describe, expect, it } from "vitest";
import { Browser } from "#test/server/asking.ts";
import { createCookieJar } from "./cookieJar.ts";
import { createProxies } from "./proxies.ts";
import { createPublicAddress } from "./publicAddress.ts";

const proxies = createProxies(["10.0.0.5"]);

async function cookieOf(browser: Browser, settings: { publicUrl?: string; basePath?: string }, headers = {}) {
  const jar = createCookieJar(createPublicAddress(settings, proxies), { name: "s", sameSite: "strict" });
  const sent = new Headers();
  await browser.ask((request) => jar.write(request, sent, "value", 60), browser.request("/", { headers }));
  return sent.get("set-cookie");
}

describe("a cookie", () => {
  it("over TLS of our own belongs to this host alone", async () => {
    const browser = new Browser("https://mesh.example", { encrypted: true });
    expect(await cookieOf(browser, {})).toBe(
      "__Host-s.0=1.value; Max-Age=60; Path=/; HttpOnly; Secure; SameSite=Strict",
    );
  });

  it("below a base path stays below it", async () => {
    const browser = new Browser("https://mesh.example");
    const expected = "__Secure-s.0=1.value; Max-Age=60; Path=/mesh; HttpOnly; Secure; SameSite=Strict";
    expect(await cookieOf(browser, { publicUrl: "https://mesh.example/mesh", basePath: "/mesh" })).toBe(expected);
  });

  it("is secure when a proxy that is trusted says that the browser speaks TLS, and not when anybody else does", async () => {
    const headers = { "x-forwarded-proto": "https" };
    expect(await cookieOf(new Browser("http://mesh.example", { peer: "10.0.0.5" }), {}, headers)).toContain("Secure");
    expect(await cookieOf(new Browser("http://mesh.example"), {}, headers)).not.toContain("Secure");
  });

  it("of a port-forward does not overwrite that of another port", async () => {
    expect(await cookieOf(new Browser("http://localhost:3000"), {})).toMatch(/^s-3000\.0=/);
    expect(await cookieOf(new Browser("http://localhost:3001"), {})).toMatch(/^s-3001\.0=/);
  });
});
