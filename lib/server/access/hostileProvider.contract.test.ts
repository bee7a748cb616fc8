/** What a provider, or whoever stands in its place, may not make us believe. */
import { SignJWT, UnsecuredJWT } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type HostileProvider, signedBy, startHostileProvider } from "#test/oidc/startHostileProvider.ts";
import { personOf } from "./oidcPerson.ts";
import { createOidcProvider } from "./oidcProvider.ts";

const SECRET = "a client secret of more than thirty-two characters";
const now = Math.floor(Date.now() / 1000);
const FLOW = { state: "state", nonce: "nonce", verifier: "v".repeat(43) };
let provider: HostileProvider;

beforeAll(async () => {
  provider = await startHostileProvider();
});
afterAll(() => provider.close());

/** Comes back from a provider that says this. */
function comeBack(says: HostileProvider["says"], query: Readonly<Record<string, string>> = {}) {
  provider.says = says;
  const { issuer } = provider;
  const redirectUri = "http://127.0.0.1/api/v1/session/oidc/callback";
  const client = createOidcProvider({
    issuer,
    clientId: "meshscope",
    clientSecret: SECRET,
    scopes: "openid",
    redirectUri,
  });
  return client.exchange(new URLSearchParams({ code: "code", state: "state", ...query }), FLOW);
}

describe("a token", () => {
  it("that is sound is believed", async () => {
    expect((await comeBack({})).claims).toMatchObject({ sub: "ann" });
  });

  it.each<[string, Readonly<Record<string, unknown>>]>([
    ["of another issuer", { iss: "https://evil.example" }],
    ["for another client", { aud: "other" }],
    ["for several clients, issued to another", { aud: ["meshscope", "other"], azp: "other" }],
    ["that is over", { exp: now - 3600 }],
    ["that does not hold yet", { nbf: now + 3600 }],
    ["of another login", { nonce: "other" }],
    ["of no login", { nonce: undefined }],
    ["of nobody", { sub: undefined }],
  ])("%s is refused", async (_, claims) => {
    await expect(comeBack({ claims })).rejects.toMatchObject({ code: "failed" });
  });

  it.each<[string, () => NonNullable<HostileProvider["says"]["sign"]>]>([
    ["that nobody signed", () => (claims) => new UnsecuredJWT(claims).encode()],
    ["signed by another key under the right name", () => signedBy(provider.keys.other)],
    [
      "signed with the client's secret",
      () => (claims) => new SignJWT(claims).setProtectedHeader({ alg: "HS256" }).sign(new TextEncoder().encode(SECRET)),
    ],
    ["that is none", () => () => "a.b.c"],
    ["that is not sent", () => () => ""],
  ])("%s is refused", async (_, sign) => {
    await expect(comeBack({ sign: sign() })).rejects.toMatchObject({ code: "failed" });
  });

  it.each<[string, HostileProvider["says"], Readonly<Record<string, string>>]>([
    ["with another state", {}, { state: "other" }],
    ["from another provider", {}, { iss: "https://evil.example" }],
    ["from who knows which provider", { metadata: { authorization_response_iss_parameter_supported: true } }, {}],
    ["to a provider that calls itself otherwise", { metadata: { issuer: "https://evil.example" } }, {}],
    ["with facts about somebody else", { userInfo: { sub: "bob", groups: ["ops"] } }, {}],
  ])("that comes %s is refused", async (_, says, query) => {
    await expect(comeBack(says, query)).rejects.toMatchObject({ code: "failed" });
  });
});

describe("an e-mail address", () => {
  const rules = { userClaim: "email", groupsClaim: "groups", kubernetesDecides: false };
  const own = { sub: "ann", email: "ann@example.org", email_verified: true };

  it("is verified by who says it, not by who says another", async () => {
    const { claims } = await comeBack({ claims: { email: "boss@example.org" }, userInfo: own });
    expect(personOf(claims, rules)).toBe("email_verified is not true");
    const other = await comeBack({
      claims: { email_verified: true },
      userInfo: { sub: "ann", email: "boss@example.org" },
    });
    expect(personOf(other.claims, rules)).toBe("email_verified is not true");
  });

  it("may be said in one place and verified in the other", async () => {
    const { claims } = await comeBack({ claims: { email: "ann@example.org" }, userInfo: own });
    expect(personOf(claims, rules)).toMatchObject({ name: "ann@example.org" });
    expect(personOf((await comeBack({ userInfo: own })).claims, rules)).toMatchObject({ name: "ann@example.org" });
  });
});
