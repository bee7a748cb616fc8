/**
 * An OpenID provider, found by its issuer when it is first needed. It may be away when we start.
 * @see https://openid.net/specs/openid-connect-core-1_0.html (authorization code flow, with PKCE)
 */
import * as client from "openid-client";
import { Agent, fetch as fetchWith } from "undici";

const TIMEOUT_SECONDS = 10;

/** What a login under way must keep: it binds the answer of the provider to the browser that asked. */
export type Flow = { readonly state: string; readonly nonce: string; readonly verifier: string };

export type OidcTokens = {
  readonly claims: Readonly<Record<string, unknown>>;
  /** Absent when a renewal brought none. */
  readonly idToken?: string;
  readonly refreshToken?: string;
  /** Unix seconds until which the id token holds; of the access token where there is none. */
  readonly expiresAtSeconds: number;
};

/** `denied`: the provider says no. `unreachable`: it says nothing. `failed`: what it says is not to be believed. */
export class OidcError extends Error {
  override readonly name = "OidcError";
  readonly code: "denied" | "unreachable" | "failed";

  constructor(code: OidcError["code"], cause: unknown) {
    super(`OpenID provider: ${code}: ${describe(cause)}`, { cause });
    this.code = code;
  }
}

/** Every call rejects with OidcError. */
export type OidcProvider = {
  newFlow(): Flow;
  authorizationUrl(flow: Flow): Promise<string>;
  /** Takes the query with which the browser came back. */
  exchange(query: URLSearchParams, flow: Flow): Promise<OidcTokens>;
  refresh(refreshToken: string, nowSeconds: number): Promise<OidcTokens>;
  /** Makes a refresh token useless, where the provider can. */
  revoke(refreshToken: string): Promise<void>;
  /** Where the browser ends the provider's session; undefined where it cannot. */
  endSessionUrl(back: string): Promise<string | undefined>;
};

export type OidcSettings = {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret?: string | undefined;
  readonly scopes: string;
  readonly redirectUri: string;
  /** PEM of an authority to trust instead of the system's. */
  readonly certificateAuthority?: string | undefined;
};

export function createOidcProvider(settings: OidcSettings): OidcProvider {
  const { issuer, clientId, clientSecret, redirectUri } = settings;
  let found: Promise<client.Configuration> | undefined;

  function configuration(): Promise<client.Configuration> {
    if (found !== undefined) return found;
    const finding = client.discovery(new URL(issuer), clientId, undefined, authentication(clientSecret), {
      timeout: TIMEOUT_SECONDS,
      execute: [
        // Signatures are checked although TLS vouches for the sender: whoever holds a session must have been signed for.
        client.enableNonRepudiationChecks,
        // The settings allow http for a provider on this machine alone.
        ...(issuer.startsWith("http:") ? [client.allowInsecureRequests] : []),
      ],
      ...trusting(settings.certificateAuthority),
    });
    finding.catch(() => {
      if (found === finding) found = undefined;
    });
    return (found = finding);
  }

  async function asking<Result>(ask: (found: client.Configuration) => Promise<Result>): Promise<Result> {
    try {
      return await ask(await configuration());
    } catch (cause) {
      throw new OidcError(codeOf(cause), cause);
    }
  }

  return {
    newFlow: () => ({
      state: client.randomState(),
      nonce: client.randomNonce(),
      verifier: client.randomPKCECodeVerifier(),
    }),
    authorizationUrl: (flow) =>
      asking(async (provider) => {
        const url = client.buildAuthorizationUrl(provider, {
          redirect_uri: redirectUri,
          scope: settings.scopes,
          state: flow.state,
          nonce: flow.nonce,
          code_challenge: await client.calculatePKCECodeChallenge(flow.verifier),
          code_challenge_method: "S256",
        });
        return url.href;
      }),
    exchange: (query, flow) =>
      asking(async (provider) => {
        const tokens = await client.authorizationCodeGrant(provider, new URL(`${redirectUri}?${query}`), {
          expectedState: flow.state,
          expectedNonce: flow.nonce,
          pkceCodeVerifier: flow.verifier,
          idTokenExpected: true,
        });
        const claims = tokens.claims();
        if (claims === undefined) throw new Error("the provider sent no id token");
        return tokensOf(tokens, together(claims, await userInfo(provider, tokens, claims.sub)), claims.exp);
      }),
    refresh: (refreshToken, nowSeconds) =>
      asking(async (provider) => {
        const tokens = await client.refreshTokenGrant(provider, refreshToken);
        const claims = tokens.claims();
        const exp = claims?.exp ?? nowSeconds + Math.max(60, tokens.expiresIn() ?? 300);
        const info = claims === undefined ? undefined : await userInfo(provider, tokens, claims.sub);
        return tokensOf(tokens, together(claims, info), exp);
      }),
    revoke: (refreshToken) =>
      asking(async (provider) => {
        if (provider.serverMetadata().revocation_endpoint === undefined) return;
        await client.tokenRevocation(provider, refreshToken);
      }),
    endSessionUrl: (back) =>
      asking(async (provider) => {
        if (provider.serverMetadata().end_session_endpoint === undefined) return undefined;
        // Without a hint of whom: an id token has no place in an address. The provider may ask whether to go on.
        return client.buildEndSessionUrl(provider, { post_logout_redirect_uri: back }).href;
      }),
  };
}

/** Some providers tell groups or the e-mail address only here. */
async function userInfo(
  provider: client.Configuration,
  tokens: client.TokenEndpointResponse,
  subject: string,
): Promise<Record<string, unknown> | undefined> {
  if (provider.serverMetadata().userinfo_endpoint === undefined) return undefined;
  return client.fetchUserInfo(provider, tokens.access_token, subject);
}

type Claims = Readonly<Record<string, unknown>>;

/** What the id token says wins. An address is verified where it is said, or where the same one is. */
function together(claims: Claims = {}, info: Claims = {}): Claims {
  const [said, other] = claims["email"] === undefined ? [info, claims] : [claims, info];
  const isSame = said["email"] === other["email"];
  const verified = said["email_verified"] ?? (isSame ? other["email_verified"] : undefined);
  return { ...info, ...claims, email_verified: verified };
}

function tokensOf(
  tokens: client.TokenEndpointResponse,
  claims: OidcTokens["claims"],
  expiresAtSeconds: number,
): OidcTokens {
  const { id_token: idToken, refresh_token: refreshToken } = tokens;
  return {
    claims,
    expiresAtSeconds,
    ...(idToken === undefined ? {} : { idToken }),
    ...(refreshToken === undefined ? {} : { refreshToken }),
  };
}

function authentication(secret: string | undefined): client.ClientAuth {
  return secret === undefined ? client.None() : client.ClientSecretBasic(secret);
}

function trusting(ca: string | undefined): client.DiscoveryRequestOptions {
  if (ca === undefined) return {};
  const dispatcher = new Agent({ connect: { ca } });
  const customFetch: client.CustomFetch = async (url, { body, ...options }) => {
    const answer = await fetchWith(url, { ...options, body: body as string | URLSearchParams | null, dispatcher });
    return new Response(await answer.arrayBuffer(), {
      status: answer.status,
      headers: [...answer.headers],
    });
  };
  return { [client.customFetch]: customFetch };
}

function codeOf(cause: unknown): OidcError["code"] {
  if (cause instanceof client.AuthorizationResponseError) return cause.error === "access_denied" ? "denied" : "failed";
  if (cause instanceof client.ResponseBodyError) return cause.error === "invalid_grant" ? "denied" : "failed";
  const text = describe(cause);
  return /fetch failed|TIMEOUT|ECONN|ENOTFOUND|unexpected HTTP response status code|not conform/i.test(text)
    ? "unreachable"
    : "failed";
}

/** For our log: messages and codes, without the bodies that libraries attach. */
function describe(cause: unknown): string {
  if (!(cause instanceof Error)) return "unknown";
  const code = "code" in cause && typeof cause.code === "string" ? ` (${cause.code})` : "";
  const inner = cause.cause instanceof Error ? `: ${describe(cause.cause)}` : "";
  return `${cause.message}${code}${inner}`.replaceAll(/\p{Cc}/gu, " ").slice(0, 300);
}
