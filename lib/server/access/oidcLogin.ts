/**
 * Login at an OpenID provider:
 *
 *   browser ─ /session/oidc ─▶ us ─ 302 ─▶ provider ─ 302 ─▶ /session/oidc/callback ─▶ us ─ 302 ─▶ the page
 *             sealed cookie:                                  state, nonce and verifier
 *             state, nonce, verifier, way back                must be this browser's
 */
import { z } from "zod";
import { returnPath } from "#lib/api/returnPath.ts";
import { type Clock, type Credentials, isSourceError } from "#lib/ports.ts";
import type { Log } from "../log.ts";
import { isProblemError, ProblemError } from "../problemError.ts";
import { RecentMap } from "../recentMap.ts";
import { bySession } from "./bySession.ts";
import type { CookieJar } from "./cookieJar.ts";
import type { Keyring } from "./keyring.ts";
import type { Login } from "./login.ts";
import { type OidcRules, personOf } from "./oidcPerson.ts";
import { OidcError, type OidcProvider, type OidcTokens } from "./oidcProvider.ts";
import { loginRequired, type Person, type Session, type Sessions } from "./sessions.ts";
import type { Identify } from "./tokenLogin.ts";

/** How long somebody may take at the provider. */
const FLOW_SECONDS = 600;
/** Tokens are renewed this long before they end. */
const EARLY_SECONDS = 60;
/** A provider that does not answer is left alone for so long, while the tokens still hold. */
const RETRY_MS = 10_000;
/** With their tokens: of those who were there last. */
const KEPT_RENEWALS = 2_000;

const flowSchema = z.object({ state: z.string(), nonce: z.string(), verifier: z.string(), back: z.string() });

export type OidcParts = {
  readonly provider: OidcProvider;
  readonly rules: OidcRules;
  /** As whom Kubernetes is asked. */
  readonly kubernetes: "token" | "impersonate" | "process";
  /** Absent where there is no Kubernetes to ask. */
  readonly identify?: Identify | undefined;
  readonly keyring: Keyring;
  /** Of the login under way. */
  readonly flowCookie: CookieJar;
  readonly basePath: string;
  /** Address of the home page, for the provider to lead back to after a logout. */
  readonly homeUrl: string;
  readonly clock: Clock;
  readonly log: Log;
};

/** What the login page says in words. */
type Failure = "expired" | "denied" | "unreachable" | "failed" | "not-allowed" | "refused" | "cluster" | "too-large";

class LoginFailure extends Error {
  readonly failure: Failure;
  constructor(failure: Failure, why: string) {
    super(why);
    this.failure = failure;
  }
}

/** `sessions` is made with the `renew` of `createOidcRenewal`. */
export function createOidcLogin(parts: OidcParts, sessions: Sessions): Login {
  const { provider, keyring, flowCookie, basePath, clock, log } = parts;

  async function flowOf(request: Request) {
    const sealed = flowCookie.read(request);
    const content = sealed === undefined ? undefined : await keyring.open("login", sealed, clock.nowSeconds());
    return flowSchema.safeParse(content).data;
  }

  function failed(failure: Failure, back: string, error?: unknown): string {
    log.warn({ audit: "login", failure, why: error instanceof Error ? error.message : undefined }, "Login failed");
    return `${basePath}/login?${new URLSearchParams({ error: failure, return: back })}`;
  }

  return {
    mode: "oidc",
    ...bySession(sessions),
    async logOut(request, answer) {
      const ended = await sessions.end(request, answer);
      if (ended === undefined) return undefined;
      log.info({ user: ended.name }, "Logged out");
      const { renewal } = ended;
      // A provider that does not answer must keep nobody from logging out here.
      if (renewal !== undefined) void provider.revoke(renewal.refreshToken).catch(() => {});
      return provider.endSessionUrl(parts.homeUrl).catch(() => undefined);
    },
    oidc: {
      async begin(request, answer, wanted) {
        const back = returnPath(wanted, basePath);
        const flow = provider.newFlow();
        try {
          const url = await provider.authorizationUrl(flow);
          const sealed = await keyring.seal("login", { ...flow, back }, clock.nowSeconds() + FLOW_SECONDS);
          flowCookie.write(request, answer, sealed, FLOW_SECONDS);
          return url;
        } catch (error) {
          return failed(failureOf(error), back, error);
        }
      },
      async finish(request, answer) {
        const flow = await flowOf(request);
        flowCookie.clear(request, answer);
        const query = new URL(request.url).searchParams;
        // Another tab may have finished first, or this one went back in its history: being logged in is what counts.
        if (flow === undefined || query.get("state") !== flow.state) {
          const isIn = (await sessions.peek(request)) !== undefined;
          return isIn ? `${basePath}/` : failed("expired", flow?.back ?? `${basePath}/`);
        }
        try {
          const person = await personFrom(await provider.exchange(query, flow), parts, request.signal);
          await sessions.begin(request, answer, person);
          log.info({ user: person.name }, "Logged in at the OpenID provider");
          return flow.back;
        } catch (error) {
          return failed(failureOf(error), flow.back, error);
        }
      },
    },
  };
}

/** Rejects with LoginFailure, or SourceError when Kubernetes cannot be asked. */
async function personFrom(tokens: OidcTokens, parts: OidcParts, signal: AbortSignal): Promise<Person> {
  const person = personOf(tokens.claims, parts.rules);
  if (typeof person === "string") throw new LoginFailure("not-allowed", person);
  const credentials = credentialsFor(person, tokens, parts.kubernetes);
  const known = credentials.kind === "bearer" ? await parts.identify?.(credentials, signal) : undefined;
  const subject = tokens.claims["sub"];
  const { refreshToken, expiresAtSeconds } = tokens;
  const canRenew = typeof subject === "string" && refreshToken !== undefined;
  return {
    // Kubernetes may call them otherwise (with a prefix): that is the name its rules and its audit log know.
    name: known?.user ?? person.name,
    groups: [...(known?.groups ?? person.groups)],
    credentials,
    ...(canRenew ? { renewal: { subject, refreshToken, expiresAtSeconds } } : {}),
    ...(credentials.kind === "bearer" && !canRenew ? { untilSeconds: expiresAtSeconds } : {}),
  };
}

function credentialsFor(
  { name, groups }: { readonly name: string; readonly groups: string[] },
  { idToken }: OidcTokens,
  kubernetes: OidcParts["kubernetes"],
): Person["credentials"] {
  if (kubernetes === "process") return { kind: "process" };
  if (kubernetes === "impersonate") return { kind: "impersonation", user: name, groups };
  if (idToken === undefined) throw new LoginFailure("failed", "no id token");
  return { kind: "bearer", token: idToken } satisfies Credentials;
}

/**
 * Renews what a session was logged in with. Providers take a refresh token once: requests that come together, and those
 * still under way with the older cookie, share one renewal.
 */
export function createOidcRenewal(parts: OidcParts): (session: Session) => Promise<Person | undefined> {
  const { provider, clock, log } = parts;
  const renewals = new RecentMap<string, Promise<Person | undefined>>(KEPT_RENEWALS);

  async function renew(session: Session, { refreshToken, subject, expiresAtSeconds }: NonNullable<Session["renewal"]>) {
    const { name, groups, credentials } = session;
    const now = clock.nowSeconds();
    try {
      const tokens = await provider.refresh(refreshToken, now);
      const rotated = { refreshToken: tokens.refreshToken ?? refreshToken, expiresAtSeconds: tokens.expiresAtSeconds };
      const { sub } = tokens.claims;
      if (sub === undefined && credentials.kind !== "bearer")
        return { name, groups, credentials, renewal: { subject, ...rotated } };
      if (sub !== subject) throw new LoginFailure("failed", "the renewed token is somebody else's, or there is none");
      return await personFrom({ ...tokens, ...rotated }, parts, AbortSignal.timeout(10_000));
    } catch (error) {
      const isOver = failureOf(error) !== "unreachable" && failureOf(error) !== "cluster";
      log.warn({ user: name, why: error instanceof Error ? error.message : undefined }, "Login not renewed");
      if (isOver) throw loginRequired("oidc", "expired");
      if (now < expiresAtSeconds) return undefined;
      throw new ProblemError(503, "The OpenID provider does not answer", {
        detail: "Your login must be renewed there, and it does not answer.",
        hint: "It is tried again with the next request.",
        extra: { reason: "provider-unreachable" },
      });
    }
  }

  return async (session) => {
    const { renewal, id, generation } = session;
    if (renewal === undefined || clock.nowSeconds() < renewal.expiresAtSeconds - EARLY_SECONDS) return undefined;
    const key = `${id} ${generation}`;
    const known = renewals.get(key);
    if (known !== undefined) return known;
    const renewing = renew(session, renewal);
    renewals.set(key, renewing);
    const forget = () => renewals.delete(key, renewing);
    // What failed for want of an answer is tried again; what the provider refused stays refused.
    renewing.then(
      (person) => person ?? setTimeout(forget, RETRY_MS).unref(),
      (error: unknown) => isProblemError(error) && error.status === 503 && forget(),
    );
    return renewing;
  };
}

function failureOf(error: unknown): Failure {
  if (error instanceof LoginFailure) return error.failure;
  if (error instanceof OidcError) return error.code;
  if (isSourceError(error)) return error.kind === "denied" ? "refused" : "cluster";
  return isProblemError(error) && error.extra["reason"] === "too-large" ? "too-large" : "failed";
}
