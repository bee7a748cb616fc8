/** A real OpenID provider on this machine, over plain HTTP: people log in by name, with any password. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import Provider, { type Configuration } from "oidc-provider";
import { TEST_CERTIFICATE, TEST_KEY } from "#test/kubernetes/testCertificate.ts";

export type OidcPersonClaims = Readonly<Record<string, unknown>>;

export type TestOidcProvider = {
  readonly issuer: string;
  /** Claims of each person, by the name they log in with; who is not listed has none but a subject. */
  readonly people: Map<string, OidcPersonClaims>;
  /** Refresh tokens that were used, in order. */
  readonly refreshes: string[];
  /** Nothing is answered any more, as when it is away, until called with false. */
  away(isAway: boolean): void;
  /** Refuses every refresh token from now on. */
  revokeAll(): void;
  close(): Promise<void>;
};

/** `redirectUris` of the client "meshscope" with the secret "client secret". */
export async function startOidcProvider(options: {
  readonly redirectUris: readonly string[];
  readonly idTokenSeconds?: number;
  /** HTTPS with the certificate for tests. */
  readonly tls?: boolean;
}): Promise<TestOidcProvider> {
  const people = new Map<string, OidcPersonClaims>();
  const refreshes: string[] = [];
  let isAway = false;
  let isRevoked = false;
  let provider: Provider | undefined;
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    if (isAway) request.socket.destroy();
    else void provider?.callback()(request, response);
  };
  const certificate = { key: TEST_KEY, cert: TEST_CERTIFICATE };
  const server = options.tls === true ? createTlsServer(certificate, answer) : createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const issuer = `${options.tls === true ? "https" : "http"}://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const configuration: Configuration = {
    clients: [
      {
        client_id: "meshscope",
        client_secret: "client secret",
        redirect_uris: [...options.redirectUris],
        post_logout_redirect_uris: options.redirectUris.map((uri) => `${new URL(uri).origin}/`),
        grant_types: ["authorization_code", "refresh_token"],
        response_types: ["code"],
      },
    ],
    scopes: ["openid", "profile", "email", "groups", "offline_access"],
    claims: { openid: ["sub"], profile: ["name"], email: ["email", "email_verified"], groups: ["groups"] },
    // As most providers do, and as Kubernetes needs it: claims in the id token itself.
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    issueRefreshToken: () => true,
    rotateRefreshToken: true,
    ttl: {
      IdToken: options.idTokenSeconds ?? 3600,
      AccessToken: 3600,
      RefreshToken: 7200,
      Session: 7200,
      Grant: 7200,
      Interaction: 600,
    },
    cookies: { keys: ["a key for tests"] },
    features: {
      devInteractions: { enabled: true },
      revocation: { enabled: true },
      rpInitiatedLogout: { enabled: true },
    },
    findAccount: (_context, id) => ({
      accountId: id,
      claims: () => ({ sub: id, ...people.get(id) }),
    }),
    // Whoever logs in consents.
    async loadExistingGrant(context) {
      const { client, session } = context.oidc;
      if (client === undefined || session?.accountId === undefined || provider === undefined) return undefined;
      const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
      grant.addOIDCScope("openid profile email groups offline_access");
      await grant.save();
      return grant;
    },
  };
  provider = new Provider(issuer, configuration);
  provider.use(async (context, next) => {
    await next();
    const { params } = context.oidc ?? {};
    if (params?.["grant_type"] === "refresh_token") refreshes.push(String(params["refresh_token"]));
  });
  provider.use(async (context, next) => {
    await next();
    if (isRevoked && context.path === "/token") {
      context.status = 400;
      context.body = { error: "invalid_grant" };
    }
  });
  return {
    issuer,
    people,
    refreshes,
    away: (next) => {
      isAway = next;
    },
    revokeAll: () => {
      isRevoked = true;
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
