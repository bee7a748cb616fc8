import { describe, expect, it } from "vitest";
import { Browser } from "#test/server/asking.ts";
import { ANONYMOUS } from "./accessControl.ts";
import { createForgeryGuard } from "./forgery.ts";
import { createKeyring } from "./keyring.ts";
import { createProxies } from "./proxies.ts";
import { createPublicAddress } from "./publicAddress.ts";
import type { Viewer } from "./viewer.ts";

const proxies = createProxies(["10.0.0.5"]);
const guardFor = (publicUrl?: string) =>
  createForgeryGuard(createKeyring(), createPublicAddress({ publicUrl }, proxies));
const guard = guardFor();
const ada: Viewer = { ...ANONYMOUS, id: "ada", session: { id: "one", issuedAtSeconds: 0, endsAtSeconds: 0 } };

const JSON_TYPE = { "content-type": "application/json" };

/** The status with which a request is refused; undefined when it is not. */
async function refusal(
  headers: Record<string, string>,
  { method = "POST", browser = new Browser(), viewer = ANONYMOUS, by = guard, body = "{}" } = {},
): Promise<number | undefined> {
  const request = browser.request("/api", {
    method,
    headers: { ...JSON_TYPE, ...headers },
    ...(method === "GET" ? {} : { body }),
  });
  try {
    await browser.ask(() => by.check(request, viewer), request);
    return undefined;
  } catch (error) {
    return (error as { status: number }).status;
  }
}

const ours = { origin: "http://mesh.example" };
const proof = (viewer: Viewer) => ({ "x-meshscope-csrf": guard.proofFor(viewer) });

describe("a request that changes something", () => {
  it("passes from a page of ours with the viewer's proof", async () => {
    expect(await refusal({ ...ours, ...proof(ANONYMOUS) })).toBeUndefined();
    expect(await refusal({ ...ours, ...proof(ada) }, { viewer: ada })).toBeUndefined();
    expect(await refusal({ "sec-fetch-site": "same-origin", ...proof(ANONYMOUS) })).toBeUndefined();
  });

  it.each([
    ["no proof", ours],
    ["an empty proof", { ...ours, "x-meshscope-csrf": "" }],
    ["a wrong proof", { ...ours, "x-meshscope-csrf": "AAAA" }],
    ["somebody else's proof", { ...ours, ...proof(ada) }],
    ["another origin", { origin: "http://evil.example", ...proof(ANONYMOUS) }],
    ["another port of the host", { origin: "http://mesh.example:8080", ...proof(ANONYMOUS) }],
    ["an origin that only begins like ours", { origin: "http://mesh.example.evil", ...proof(ANONYMOUS) }],
    ["an opaque origin", { origin: "null", ...proof(ANONYMOUS) }],
    ["neither origin nor site", proof(ANONYMOUS)],
    ["another site", { "sec-fetch-site": "cross-site", ...proof(ANONYMOUS) }],
    ["a sibling host", { "sec-fetch-site": "same-site", ...proof(ANONYMOUS) }],
    ["our origin from another site", { ...ours, "sec-fetch-site": "cross-site", ...proof(ANONYMOUS) }],
  ])("is refused with %s", async (_, headers: Record<string, string>) => {
    expect(await refusal(headers)).toBe(403);
  });

  it("is refused with the proof of another session of the same person", async () => {
    const later = { ...ada, session: { id: "two", issuedAtSeconds: 0, endsAtSeconds: 0 } };
    expect(await refusal({ ...ours, ...proof(ada) }, { viewer: later })).toBe(403);
  });

  it.each(["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])(
    "is refused as %s",
    async (type) => {
      expect(await refusal({ ...ours, ...proof(ANONYMOUS), "content-type": type })).toBe(415);
    },
  );

  it("comes from the public address, or from a port-forward beside it", async () => {
    const by = guardFor("https://public.example");
    const headers = (origin: string) => ({ origin, "x-meshscope-csrf": by.proofFor(ANONYMOUS) });
    const local = new Browser("http://localhost:3000");
    expect(await refusal(headers("https://public.example"), { by })).toBeUndefined();
    expect(await refusal(headers("http://public.example"), { by })).toBe(403);
    expect(await refusal(headers("http://localhost:3000"), { by, browser: local })).toBeUndefined();
  });

  it("comes from the host that a trusted proxy names, not from one that anybody names", async () => {
    const headers = { origin: "https://public.example", "x-forwarded-host": "public.example", ...proof(ANONYMOUS) };
    const inside = new Browser("http://meshscope:3000", { peer: "10.0.0.5" });
    expect(await refusal(headers, { browser: inside })).toBeUndefined();
    expect(await refusal(headers, { browser: new Browser("http://meshscope:3000") })).toBe(403);
  });
});

describe("a request that changes nothing", () => {
  it("needs no proof, wherever it comes from", async () => {
    expect(await refusal({ origin: "http://evil.example" }, { method: "GET" })).toBeUndefined();
  });
});
