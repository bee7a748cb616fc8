/** An OpenID provider that says what a test makes it say, signed by whom the test likes. */
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type CryptoKey, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from "jose";

export type HostileProvider = {
  readonly issuer: string;
  /** The key it publishes, and one that it does not. */
  readonly keys: { readonly own: CryptoKey; readonly other: CryptoKey };
  /** What it says next; nothing set is sound. */
  says: {
    readonly claims?: Readonly<Record<string, unknown>>;
    readonly sign?: (claims: JWTPayload) => string | Promise<string>;
    readonly userInfo?: Readonly<Record<string, unknown>>;
    readonly metadata?: Readonly<Record<string, unknown>>;
  };
  close(): Promise<void>;
};

/** The subject "ann" of the client "meshscope", with the nonce "nonce". */
export async function startHostileProvider(): Promise<HostileProvider> {
  const [own, other] = await Promise.all([generateKeyPair("RS256"), generateKeyPair("RS256")]);
  const key = { ...(await exportJWK(own.publicKey)), kid: "own", alg: "RS256", use: "sig" };
  const server = createServer((request, response) => void send(request.url ?? "/", response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  async function send(path: string, response: ServerResponse): Promise<void> {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(await answer(path)));
  }

  async function answer(path: string): Promise<unknown> {
    const { claims, userInfo, metadata, sign = signedBy(own.privateKey) } = provider.says;
    if (path === "/keys") return { keys: [key] };
    if (path === "/userinfo") return userInfo;
    if (path === "/token") {
      const now = Math.floor(Date.now() / 1000);
      const sound = { iss: issuer, sub: "ann", aud: "meshscope", iat: now, exp: now + 300, nonce: "nonce" };
      const token = await sign({ ...sound, ...claims });
      return {
        access_token: "access",
        token_type: "bearer",
        expires_in: 300,
        ...(token !== "" && { id_token: token }),
      };
    }
    return {
      issuer,
      authorization_endpoint: `${issuer}/auth`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/keys`,
      response_types_supported: ["code"],
      subject_types_supported: ["public"],
      id_token_signing_alg_values_supported: ["RS256"],
      ...(userInfo && { userinfo_endpoint: `${issuer}/userinfo` }),
      ...metadata,
    };
  }

  const provider: HostileProvider = {
    issuer,
    keys: { own: own.privateKey, other: other.privateKey },
    says: {},
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
  return provider;
}

/** Signs with a key under the name of the published one. */
export function signedBy(key: CryptoKey): (claims: JWTPayload) => Promise<string> {
  return (claims) => new SignJWT(claims).setProtectedHeader({ alg: "RS256", kid: "own" }).sign(key);
}
