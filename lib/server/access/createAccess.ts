/** Puts together who may look and what they see, from the settings. The runtime does this once. */
import { readFileSync } from "node:fs";
import { z } from "zod";
import { EVERYTHING } from "#lib/domain/access/sight.ts";
import type { Clock } from "#lib/ports.ts";
import type { Log } from "../log.ts";
import { isProblemError } from "../problemError.ts";
import { type Settings, SettingsError } from "../settings.ts";
import type { AccessControl } from "./accessControl.ts";
import { anonymousLogin } from "./anonymousLogin.ts";
import { readSecrets } from "./authSettings.ts";
import { createCookieJar } from "./cookieJar.ts";
import { createForgeryGuard, type ForgeryGuard } from "./forgery.ts";
import { createHeaderLogin } from "./headerLogin.ts";
import { createKeyring, type Keyring } from "./keyring.ts";
import type { Login } from "./login.ts";
import { createLoginLimit } from "./loginLimit.ts";
import { createOidcLogin, createOidcRenewal, type OidcParts } from "./oidcLogin.ts";
import { createOidcProvider } from "./oidcProvider.ts";
import { createProxies, type Proxies } from "./proxies.ts";
import { createPublicAddress, type PublicAddress } from "./publicAddress.ts";
import { createSessions, loginRequired, type Sessions, type SessionsOptions } from "./sessions.ts";
import { createTokenLogin, type Identify } from "./tokenLogin.ts";

export type Access = {
  readonly access: AccessControl;
  readonly login: Login;
  readonly forgery: ForgeryGuard;
  /** For whoever starts the server. */
  readonly notices: readonly string[];
};

/** What Kubernetes says of viewers. `identify` is absent where there is no Kubernetes: the demo. */
export type KubernetesSide = {
  readonly identify?: Identify | undefined;
  readonly sightOf: AccessControl["sightOf"];
};

type Parts = {
  readonly settings: Settings;
  readonly kubernetes: KubernetesSide;
  /** Of the wall: sessions end in real time, also where the demo's clock stands still. */
  readonly clock: Clock;
  readonly log: Log;
};

/** Throws SettingsError when a file with a secret does not hold one. */
export function createAccess(parts: Parts): Access {
  const { settings, kubernetes } = parts;
  const secrets = settings.SESSION_SECRET ?? secretsOf(settings.SESSION_SECRET_FILE);
  const keyring = createKeyring(secrets);
  const proxies = createProxies(settings.TRUSTED_PROXIES);
  const address = createPublicAddress({ publicUrl: settings.PUBLIC_URL, basePath: settings.BASE_PATH }, proxies);
  const login = createLogin(parts, { keyring, proxies, address });
  const hasSessions = settings.AUTH === "token" || settings.AUTH === "oidc";
  return {
    login,
    forgery: createForgeryGuard(keyring, address),
    access: {
      viewerOf: async (request, answer) => (await login.admit(request, answer)).viewer,
      sightOf: settings.AUTH === "anonymous" ? async () => EVERYTHING : sightWithin(login, kubernetes.sightOf),
    },
    notices:
      hasSessions && secrets === undefined
        ? ["Sessions end with this process. MESHSCOPE_SESSION_SECRET keeps them, and shares them among replicas."]
        : [],
  };
}

/** What a viewer sees as long as their session holds; one that Kubernetes does not know any more is over. */
function sightWithin(login: Login, sightOf: AccessControl["sightOf"]): AccessControl["sightOf"] {
  return async (viewer, signal) => {
    if (login.sessions?.holds(viewer) === false) throw loginRequired(login.mode, "expired");
    try {
      return await sightOf(viewer, signal);
    } catch (error) {
      if (isProblemError(error) && error.status === 401) login.sessions?.forget(viewer);
      throw error;
    }
  };
}

type Tools = { readonly keyring: Keyring; readonly proxies: Proxies; readonly address: PublicAddress };

function createLogin(parts: Parts, tools: Tools): Login {
  const { settings, kubernetes, log } = parts;
  const { proxies } = tools;
  switch (settings.AUTH) {
    case "anonymous":
      return anonymousLogin;
    case "header":
      return createHeaderLogin({
        userHeader: settings.AUTH_USER_HEADER,
        groupsHeader: settings.AUTH_GROUPS_HEADER,
        proxies,
        log,
      });
    case "token": {
      const { identify } = kubernetes;
      if (identify === undefined) throw new SettingsError("MESHSCOPE_AUTH: there is no Kubernetes to check tokens");
      return createTokenLogin({ sessions: sessionsOf(parts, tools), identify, limit: createLoginLimit(), log });
    }
    case "oidc": {
      const oidc = oidcParts(parts, tools);
      return createOidcLogin(oidc, sessionsOf(parts, tools, createOidcRenewal(oidc)));
    }
  }
}

/** OIDC comes back from another site, and the browser must have the session then; a token is pasted into our own page. */
function sessionsOf(
  { settings, clock }: Parts,
  { keyring, address }: Tools,
  renew?: SessionsOptions["renew"],
): Sessions {
  return createSessions({
    mode: settings.AUTH,
    keyring,
    cookie: createCookieJar(address, { name: "meshscope-session", sameSite: renew === undefined ? "strict" : "lax" }),
    clock,
    idleSeconds: settings.SESSION_IDLE_MINUTES * 60,
    longestSeconds: settings.SESSION_HOURS * 3600,
    ...(renew === undefined ? {} : { renew }),
  });
}

function oidcParts({ settings, kubernetes, clock, log }: Parts, { keyring, address }: Tools): OidcParts {
  const { OIDC_ISSUER: issuer = "", OIDC_CLIENT_ID: clientId = "", PUBLIC_URL: publicUrl = "" } = settings;
  return {
    provider: createOidcProvider({
      issuer,
      clientId,
      clientSecret: settings.OIDC_CLIENT_SECRET ?? textOf(settings.OIDC_CLIENT_SECRET_FILE)?.trim(),
      scopes: settings.OIDC_SCOPES,
      redirectUri: `${publicUrl}/api/v1/session/oidc/callback`,
      certificateAuthority: textOf(settings.OIDC_CA_FILE),
    }),
    rules: {
      userClaim: settings.OIDC_USER_CLAIM,
      groupsClaim: settings.OIDC_GROUPS_CLAIM,
      allowedGroups: settings.OIDC_ALLOWED_GROUPS,
      allowedDomains: settings.OIDC_ALLOWED_DOMAINS,
      kubernetesDecides: settings.OIDC_KUBERNETES === "token" && kubernetes.identify !== undefined,
    },
    kubernetes: settings.OIDC_KUBERNETES,
    identify: kubernetes.identify,
    keyring,
    flowCookie: createCookieJar(address, { name: "meshscope-login", sameSite: "lax" }),
    basePath: address.basePath,
    homeUrl: `${publicUrl}/`,
    clock,
    log,
  };
}

function textOf(path: string | undefined): string | undefined {
  return path === undefined ? undefined : readFileSync(path, "utf8");
}

function secretsOf(path: string | undefined): string[] | undefined {
  const text = textOf(path);
  if (text === undefined) return undefined;
  const { data, error } = z.string().transform(readSecrets).safeParse(text);
  if (data !== undefined) return data;
  throw new SettingsError(`MESHSCOPE_SESSION_SECRET_FILE: ${error.issues[0]?.message ?? "holds no secret"}`);
}
