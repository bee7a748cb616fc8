/** What the session routes do: tell who is logged in, log in, stay, log out. */
import type { Logout, SessionView } from "#lib/api/session.ts";
import type { Admission, OidcLogin } from "./access/login.ts";
import { ProblemError } from "./problemError.ts";
import type { Runtime } from "./running.ts";

type Parts = Pick<Runtime, "login" | "forgery" | "writing">;

/** The session as the browser sees it; without a viewer when nobody is logged in. Does not keep it alive. */
export async function readSession(running: Parts, request: Request): Promise<SessionView> {
  return sessionView(running, await running.login.peek(request));
}

/** Logs in with a bearer token. Rejects with ProblemError. */
export async function logInByToken(
  running: Parts,
  request: Request,
  token: string,
  cookies: Headers,
): Promise<SessionView> {
  const { byToken, mode } = running.login;
  if (byToken === undefined) {
    throw new ProblemError(404, "Nobody logs in by token here", {
      detail: `MESHSCOPE_AUTH is ${mode}.`,
      extra: { mode },
    });
  }
  return sessionView(running, await byToken(token, request, cookies));
}

/** Keeps the session alive. Rejects with ProblemError 401 when there is none. */
export async function staySession(running: Parts, request: Request, cookies: Headers): Promise<SessionView> {
  const admission = await running.login.admit(request, cookies);
  running.forgery.check(request, admission.viewer);
  return sessionView(running, admission);
}

/** Ends the session; also one that is over, so that what is left of it goes. */
export async function endSession(running: Parts, request: Request, cookies: Headers): Promise<Logout> {
  running.forgery.checkOrigin(request);
  const admission = await running.login.peek(request);
  if (admission !== undefined) running.forgery.check(request, admission.viewer);
  const redirect = await running.login.logOut(request, cookies);
  return redirect === undefined ? {} : { redirect };
}

/** The way to log in at a provider. Throws ProblemError 404 where there is none. */
export function oidcLogin({ login }: Parts): OidcLogin {
  if (login.oidc !== undefined) return login.oidc;
  throw new ProblemError(404, "Nobody logs in at a provider here", { detail: `MESHSCOPE_AUTH is ${login.mode}.` });
}

function sessionView({ login, forgery, writing }: Parts, admission: Admission | undefined): SessionView {
  const { mode } = login;
  if (admission === undefined) return { mode };
  const { viewer, expiresAtSeconds } = admission;
  return {
    mode,
    viewer: { name: viewer.name, groups: [...viewer.groups] },
    csrf: forgery.proofFor(viewer),
    writes: writing,
    ...(expiresAtSeconds === undefined ? {} : { expiresAt: expiresAtSeconds, now: Date.now() / 1000 }),
    ...(viewer.session === undefined ? {} : { endsAt: viewer.session.endsAtSeconds }),
  };
}
