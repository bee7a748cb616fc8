import { beforeEach, describe, expect, it } from "vitest";
import { Browser } from "#test/server/asking.ts";
import { createCookieJar } from "./cookieJar.ts";
import { createKeyring } from "./keyring.ts";
import { createProxies } from "./proxies.ts";
import { createPublicAddress } from "./publicAddress.ts";
import { createSessions, type Person, type Sessions, type SessionsOptions, viewerOf } from "./sessions.ts";

const SECRET = "a secret of more than thirty-two characters, truly";
const MINUTE = 60;
const HOUR = 3600;
const ADA: Person = { name: "ada", groups: ["ops"], credentials: { kind: "bearer", token: "ada's token" } };

let now: number;
let browser: Browser;
const address = createPublicAddress({}, createProxies());

function sessionsWith(options: Partial<SessionsOptions> = {}): Sessions {
  return createSessions({
    mode: "token",
    keyring: createKeyring([SECRET]),
    cookie: createCookieJar(address, { name: "meshscope-session", sameSite: "strict" }),
    clock: { nowSeconds: () => now },
    idleSeconds: 30 * MINUTE,
    longestSeconds: 8 * HOUR,
    ...options,
  });
}

function logIn(sessions: Sessions, person = ADA) {
  return browser.ask((request, answer) => sessions.begin(request, answer, person));
}

function open(sessions: Sessions, who = browser) {
  return who.ask((request, answer) => sessions.open(request, answer));
}

const expired = { status: 401, extra: { reason: "expired", mode: "token" } };

beforeEach(() => {
  now = 1_800_000_000;
  browser = new Browser();
});

describe("a session", () => {
  it("is required, and begins with a login", async () => {
    const sessions = sessionsWith();
    await expect(open(sessions)).rejects.toMatchObject({ status: 401, extra: { reason: "login-required" } });
    await logIn(sessions);
    expect(await open(sessions)).toMatchObject({ name: "ada", groups: ["ops"], credentials: { token: "ada's token" } });
  });

  it("ends after thirty minutes in which nothing was asked", async () => {
    const sessions = sessionsWith();
    await logIn(sessions);
    now += 31 * MINUTE;
    await expect(open(sessions)).rejects.toMatchObject(expired);
    expect([...browser.cookies]).toEqual([]);
  });

  it("goes on while something is asked, but for eight hours at most", async () => {
    const sessions = sessionsWith();
    await logIn(sessions);
    const askAgain = async () => {
      now += 20 * MINUTE;
      return open(sessions);
    };
    // 23 × 20 minutes are seven hours and forty minutes.
    for (let time = 0; time < 23; time += 1) await askAgain();
    await expect(askAgain()).rejects.toMatchObject(expired);
  });

  it("is over when the token is, however much is asked", async () => {
    const sessions = sessionsWith();
    await logIn(sessions, { ...ADA, untilSeconds: now + 10 * MINUTE });
    now += 9 * MINUTE;
    await open(sessions);
    now += 2 * MINUTE;
    await expect(open(sessions)).rejects.toMatchObject(expired);
  });

  it("is not kept alive by looking whether it is there", async () => {
    const sessions = sessionsWith();
    await logIn(sessions);
    now += 20 * MINUTE;
    expect(await browser.ask((request) => sessions.peek(request))).toMatchObject({ name: "ada" });
    now += 11 * MINUTE;
    expect(await browser.ask((request) => sessions.peek(request))).toBeUndefined();
  });

  it("that was logged out stays so for whoever copied its cookie", async () => {
    const sessions = sessionsWith();
    await logIn(sessions);
    const copy = browser.copy();
    await browser.ask((request, answer) => sessions.end(request, answer));
    expect([...browser.cookies]).toEqual([]);
    await expect(open(sessions, copy)).rejects.toMatchObject(expired);
    expect([...copy.cookies]).toEqual([]);
  });

  it("has an id of its own after each login, and the one before is ended", async () => {
    const sessions = sessionsWith();
    const first = await logIn(sessions);
    const copy = browser.copy();
    const second = await logIn(sessions);
    expect(second.id).not.toBe(first.id);
    await expect(open(sessions, copy)).rejects.toMatchObject(expired);
  });

  it("in an older cookie is taken for some seconds after the newer one was used; then it ends, for both", async () => {
    const sessions = sessionsWith();
    await logIn(sessions);
    const copy = browser.copy();
    now += 10 * MINUTE;
    expect(await open(sessions)).toMatchObject({ generation: 1 });
    await open(sessions);
    now += 10;
    await open(sessions, copy.copy());
    now += 60;
    expect(await open(sessions, browser.copy())).toMatchObject({ generation: 1 });
    await expect(open(sessions, copy)).rejects.toMatchObject(expired);
    await expect(open(sessions)).rejects.toMatchObject(expired);
  });

  it("goes on in a browser to which a late answer brought back the older cookie", async () => {
    const sessions = sessionsWith();
    await logIn(sessions);
    now += 10 * MINUTE;
    const late = browser.copy();
    await open(sessions);
    await open(sessions);
    now += 45;
    // The next request has the older cookie, and its answer the newer one again.
    await open(sessions, late);
    now += 60;
    expect(await open(sessions, late)).toMatchObject({ generation: 1 });
  });

  it("that a thief kept alive ends when its owner comes back", async () => {
    const sessions = sessionsWith();
    await logIn(sessions);
    const thief = browser.copy();
    now += 10 * MINUTE;
    await open(sessions, thief);
    await open(sessions, thief);
    now += 10 * MINUTE;
    await expect(open(sessions)).rejects.toMatchObject(expired);
    await expect(open(sessions, thief)).rejects.toMatchObject(expired);
  });

  it("of another way to log in, another secret or a changed cookie is none", async () => {
    const sessions = sessionsWith();
    await logIn(sessions);
    const copies = [browser.copy(), browser.copy(), browser.copy(), browser.copy()] as const;
    const [name = "", value = ""] = [...browser.cookies][0] ?? [];
    copies[2].cookies.set(name, value.slice(0, -4));
    copies[3].cookies.set(name, value.replace(/^1\./, "2."));
    await expect(open(sessionsWith({ mode: "oidc" }), copies[0])).rejects.toMatchObject({ status: 401 });
    await expect(open(sessionsWith({ keyring: createKeyring() }), copies[1])).rejects.toMatchObject(expired);
    await expect(open(sessions, copies[2])).rejects.toMatchObject(expired);
    await expect(open(sessions, copies[3])).rejects.toMatchObject({ status: 401 });
  });

  it("survives the replacement of the secret and the process", async () => {
    await logIn(sessionsWith());
    const keyring = createKeyring(["a newer secret of more than thirty-two characters", SECRET]);
    expect(await open(sessionsWith({ keyring }))).toMatchObject({ name: "ada" });
  });

  it("with long tokens takes several cookies, which go together", async () => {
    const sessions = sessionsWith();
    const token = "x".repeat(7000);
    await logIn(sessions, { ...ADA, credentials: { kind: "bearer", token } });
    expect(browser.cookies.size).toBe(3);
    expect(Math.max(...[...browser.cookies].map((pair) => pair.join("=").length))).toBeLessThan(3800);
    expect(await open(sessions)).toMatchObject({ credentials: { token } });
    await logIn(sessions);
    expect(browser.cookies.size).toBe(1);
    const tooLong = { kind: "bearer", token: "x".repeat(20_000) } as const;
    await expect(logIn(sessions, { ...ADA, credentials: tooLong })).rejects.toMatchObject({
      status: 400,
      extra: { reason: "too-large" },
    });
  });

  it("tells answers that stay open when it is over", async () => {
    const sessions = sessionsWith();
    const first = viewerOf(await logIn(sessions));
    expect(sessions.holds(first)).toBe(true);
    await browser.ask((request, answer) => sessions.end(request, answer));
    expect(sessions.holds(first)).toBe(false);
    const second = viewerOf(await logIn(sessions));
    now += 9 * HOUR;
    expect(sessions.holds(second)).toBe(false);
  });

  it("whose owner Kubernetes does not know any more is over", async () => {
    const sessions = sessionsWith();
    sessions.forget(viewerOf(await logIn(sessions)));
    await expect(open(sessions)).rejects.toMatchObject(expired);
  });

  it("that cannot be renewed is over", async () => {
    const refusal = Object.assign(new Error("no"), { name: "ProblemError", status: 401 });
    const sessions = sessionsWith({ renew: () => Promise.reject(refusal) });
    await logIn(sessions);
    const copy = browser.copy();
    await expect(open(sessions)).rejects.toBe(refusal);
    expect([...browser.cookies]).toEqual([]);
    await expect(open(sessions, copy)).rejects.toMatchObject(expired);
  });
});
