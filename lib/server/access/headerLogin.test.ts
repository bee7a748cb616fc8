import pino from "pino";
import { describe, expect, it } from "vitest";
import { createLog } from "#lib/server/log.ts";
import { Browser } from "#test/server/asking.ts";
import { createHeaderLogin } from "./headerLogin.ts";
import { createProxies } from "./proxies.ts";

const parts = {
  userHeader: "x-forwarded-user",
  groupsHeader: "x-forwarded-groups",
  proxies: createProxies(["10.0.0.0/8"]),
  log: createLog("silent"),
};
const login = createHeaderLogin(parts);

function admit(headers: Record<string, string>, context: { peer?: string; repeatedHeaders?: string[] } = {}) {
  const browser = new Browser("http://mesh.example", { peer: "::ffff:10.0.0.5", ...context });
  return browser.ask((request, answer) => login.admit(request, answer), browser.request("/", { headers }));
}

const ada = { "x-forwarded-user": "ada@example.org", "x-forwarded-groups": "ops, dev,,ops" };

describe("a user named by a proxy", () => {
  it("is asked for in Kubernetes by impersonation, with the groups", async () => {
    const { viewer } = await admit(ada);
    expect(viewer).toMatchObject({
      name: "ada@example.org",
      groups: ["ops", "dev"],
      credentials: { kind: "impersonation", user: "ada@example.org", groups: ["ops", "dev"] },
    });
    expect((await admit({ ...ada, "x-forwarded-groups": "dev,ops" })).viewer.id).toBe(viewer.id);
    expect((await admit({ ...ada, "x-forwarded-groups": "dev" })).viewer.id).not.toBe(viewer.id);
  });

  it.each([
    ["from an address that is no proxy", ada, { peer: "203.0.113.9" }],
    ["from an address that only claims to be one", { ...ada, "x-forwarded-for": "10.0.0.5" }, { peer: "203.0.113.9" }],
    ["without a user", { "x-forwarded-groups": "ops" }, {}],
    ["with an empty user", { "x-forwarded-user": " " }, {}],
    ["named twice", ada, { repeatedHeaders: ["x-forwarded-user"] }],
    ["with groups sent twice", ada, { repeatedHeaders: ["x-forwarded-groups"] }],
    ["who is of Kubernetes' own", { "x-forwarded-user": "system:admin" }, {}],
    ["who is of Kubernetes' own, in capitals", { "x-forwarded-user": "System:admin" }, {}],
    ["in a group of Kubernetes' own", { ...ada, "x-forwarded-groups": "ops,system:masters" }, {}],
    ["with foreign characters", { "x-forwarded-user": "ad\u00e4" }, {}],
    ["with a tab inside", { "x-forwarded-user": "ada\tlovelace" }, {}],
    ["with an endless name", { "x-forwarded-user": "a".repeat(300) }, {}],
  ])("is refused %s", async (_, headers: Record<string, string>, context) => {
    await expect(admit(headers, context)).rejects.toMatchObject({ status: 401 });
  });

  it("is worth one line a minute where somebody goes past the proxy, however often they try", async () => {
    const lines: string[] = [];
    const log = pino({}, { write: (line: string) => void lines.push(line) });
    const told = createHeaderLogin({ ...parts, log });
    for (const peer of ["203.0.113.9", "203.0.113.9", "203.0.113.9", "203.0.113.10"]) {
      const browser = new Browser("http://mesh.example", { peer });
      const asked = browser.ask(
        (request, answer) => told.admit(request, answer),
        browser.request("/", { headers: ada }),
      );
      await expect(asked).rejects.toMatchObject({ status: 401 });
    }
    expect(lines.map((line) => (JSON.parse(line) as { peer: string }).peer)).toEqual(["203.0.113.9", "203.0.113.10"]);
  });
});
