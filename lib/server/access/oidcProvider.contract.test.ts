/** An OpenID provider behind TLS, with an authority of its own. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TEST_CERTIFICATE } from "#test/kubernetes/testCertificate.ts";
import { startOidcProvider, type TestOidcProvider } from "#test/oidc/startOidcProvider.ts";
import { createOidcProvider } from "./oidcProvider.ts";

const REDIRECT = "http://127.0.0.1/api/v1/session/oidc/callback";
let server: TestOidcProvider;

beforeAll(async () => {
  server = await startOidcProvider({ redirectUris: [REDIRECT], tls: true });
});
afterAll(() => server.close());

function connect(certificateAuthority?: string, clientSecret = "client secret") {
  const { issuer } = server;
  const client = { clientId: "meshscope", clientSecret, scopes: "openid", redirectUri: REDIRECT };
  return createOidcProvider({ issuer, ...client, certificateAuthority });
}

describe("an OpenID provider with a certificate of an own authority", () => {
  it("is believed with that authority, and not without", async () => {
    const trusting = connect(TEST_CERTIFICATE);
    expect(await trusting.authorizationUrl(trusting.newFlow())).toContain(`${server.issuer}/auth?`);
    const doubting = connect();
    await expect(doubting.authorizationUrl(doubting.newFlow())).rejects.toMatchObject({ code: "unreachable" });
  });

  it("refuses a made-up refresh token, and a wrong client secret, which is not told as a refusal of the person", async () => {
    await expect(connect(TEST_CERTIFICATE).refresh("made up", 0)).rejects.toMatchObject({ code: "denied" });
    const wrong = connect(TEST_CERTIFICATE, "wrong");
    await expect(wrong.refresh("made up", 0)).rejects.toMatchObject({ code: "failed" });
  });

  it("is told apart from what it says: errors for the log hold no secret", async () => {
    const error: unknown = await connect(TEST_CERTIFICATE, "hunter2")
      .refresh("made up", 0)
      .catch((cause: unknown) => cause);
    expect(String(error)).not.toMatch(/hunter2|made up/);
  });
});
