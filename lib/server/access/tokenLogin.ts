/** Login with a bearer token of Kubernetes: of a service account, or of whatever the API server trusts. */
import { decodeJwt } from "jose";
import { type Credentials, isSourceError } from "#lib/ports.ts";
import type { Log } from "../log.ts";
import { ProblemError } from "../problemError.ts";
import { admissionOf, bySession } from "./bySession.ts";
import type { Login } from "./login.ts";
import type { LoginLimit } from "./loginLimit.ts";
import type { Sessions } from "./sessions.ts";

const MOST_CHARACTERS = 16_384;

/** Asks Kubernetes whose credentials these are. Rejects with SourceError "denied" when it refuses them. */
export type Identify = (
  credentials: Credentials,
  signal: AbortSignal,
) => Promise<{ readonly user: string; readonly groups: readonly string[] }>;

export function createTokenLogin(parts: {
  readonly sessions: Sessions;
  readonly identify: Identify;
  readonly limit: LoginLimit;
  readonly log: Log;
}): Login {
  const { sessions, identify, limit, log } = parts;
  return {
    mode: "token",
    ...bySession(sessions),
    async logOut(request, answer) {
      const ended = await sessions.end(request, answer);
      if (ended !== undefined) log.info({ user: ended.name }, "Logged out");
      return undefined;
    },
    async byToken(text, request, answer) {
      const token = checkedToken(text);
      const person = await limit.attempt(() => whose(token, identify, request.signal));
      const credentials = { kind: "bearer", token } as const;
      const untilSeconds = expiryOf(token);
      const { user: name, groups } = person;
      const session = await sessions.begin(request, answer, { name, groups: [...groups], credentials, untilSeconds });
      log.info({ user: name }, "Logged in by token");
      return admissionOf(sessions, session);
    },
  };
}

/** What people paste may have space around it, never inside. */
function checkedToken(text: string): string {
  const token = text.trim();
  if (/^[\x21-\x7e]+$/.test(token) && token.length <= MOST_CHARACTERS) return token;
  throw new ProblemError(400, "This is no token", {
    detail: "A token is one line without spaces, at most 16 KB long.",
    hint: "Copy it whole: kubectl create token <service account> prints nothing else.",
    extra: { reason: "malformed" },
  });
}

async function whose(token: string, identify: Identify, signal: AbortSignal) {
  try {
    const person = await identify({ kind: "bearer", token }, signal);
    // Kubernetes calls those it does not know anonymous, where it lets them in.
    if (person.user === "" || person.groups.includes("system:unauthenticated")) throw refused();
    return person;
  } catch (error) {
    throw isSourceError(error) && error.kind === "denied" ? refused(error) : error;
  }
}

function refused(cause?: Error): ProblemError {
  return new ProblemError(401, "Kubernetes does not accept this token", {
    detail: "Kubernetes does not accept this token. It may have expired, or belong to another cluster.",
    hint: "Make a new one: kubectl create token <service account> --namespace <namespace>",
    extra: { reason: "refused", mode: "token" },
    cause,
  });
}

/** `exp` of a JWT; Kubernetes has checked it, and tokens of other kinds tell nothing. */
function expiryOf(token: string): number | undefined {
  try {
    return decodeJwt(token).exp;
  } catch {
    return undefined;
  }
}
