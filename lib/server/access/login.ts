/** A way to log in: one file each beside this one; createAccess.ts picks. */
import type { AuthMode } from "#lib/api/session.ts";
import type { Sessions } from "./sessions.ts";
import type { Viewer } from "./viewer.ts";

export type Admission = {
  readonly viewer: Viewer;
  /** Unix seconds at which the session ends unless something is asked before; absent where there are no sessions. */
  readonly expiresAtSeconds?: number;
};

export type Login = {
  readonly mode: AuthMode;
  /** Who sent the request. Cookies to renew or clear are appended to `answer`. Rejects with ProblemError 401. */
  admit(request: Request, answer: Headers): Promise<Admission>;
  /** Who is logged in, without keeping the session alive; undefined when nobody is. */
  peek(request: Request): Promise<Admission | undefined>;
  /** Ends the session; where the provider wants the browser to end it there too, its address. */
  logOut(request: Request, answer: Headers): Promise<string | undefined>;
  /** The sessions people are logged in with; absent where there are none. */
  readonly sessions?: Pick<Sessions, "holds" | "forget">;
  /** Logs in with a bearer token of Kubernetes. Rejects with ProblemError. */
  readonly byToken?: (token: string, request: Request, answer: Headers) => Promise<Admission>;
  readonly oidc?: OidcLogin;
};

export type OidcLogin = {
  /** Where to send the browser to log in; it comes back to `finish`, and then to the path `back`. */
  begin(request: Request, answer: Headers, back: string): Promise<string>;
  /** Where to send a browser that has come back: to where it was, or to the login page with what went wrong. */
  finish(request: Request, answer: Headers): Promise<string>;
};
