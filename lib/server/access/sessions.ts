/**
 * Sessions live in the browser, sealed: nothing is kept here but what was ended. Each has an end (eight hours after the
 * login, or the token's own) and ends earlier when nothing is asked for a while; being asked moves that on.
 */
import { createHash, randomUUID } from "node:crypto";
import { z } from "zod";
import type { Clock } from "#lib/ports.ts";
import { isProblemError, ProblemError } from "../problemError.ts";
import type { CookieJar } from "./cookieJar.ts";
import type { Keyring } from "./keyring.ts";
import { SessionLedger } from "./sessionLedger.ts";
import type { Viewer } from "./viewer.ts";

const credentialsSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("process") }),
  z.object({ kind: z.literal("bearer"), token: z.string() }),
  z.object({ kind: z.literal("impersonation"), user: z.string(), groups: z.array(z.string()) }),
]);

/** What a provider gave to stay logged in with. `subject` is who it spoke of; `expiresAtSeconds` when to ask it again. */
const renewalSchema = z.object({ subject: z.string(), refreshToken: z.string(), expiresAtSeconds: z.number() });

const sessionSchema = z.object({
  id: z.string(),
  mode: z.string(),
  name: z.string(),
  groups: z.array(z.string()),
  credentials: credentialsSchema,
  issuedAtSeconds: z.number(),
  seenAtSeconds: z.number(),
  endsAtSeconds: z.number(),
  generation: z.number(),
  renewal: renewalSchema.optional(),
});

export type Session = z.infer<typeof sessionSchema>;

/** Who logged in, and until when that can hold at most (the token's own end). */
export type Person = Pick<Session, "name" | "groups" | "credentials" | "renewal"> & {
  readonly untilSeconds?: number | undefined;
};

export type Sessions = {
  /** Begins a session under an id of its own; one that the browser had before is ended. */
  begin(request: Request, answer: Headers, person: Person): Promise<Session>;
  /** The request's session, sealed anew when it is due. Rejects with ProblemError 401, and clears what is no session. */
  open(request: Request, answer: Headers): Promise<Session>;
  /** The request's session without moving its end on; undefined when there is none. */
  peek(request: Request): Promise<Session | undefined>;
  /** Ends it here and in the browser; what it was, if it was one. */
  end(request: Request, answer: Headers): Promise<Session | undefined>;
  /** When it ends unless something is asked before. */
  expiresAtSeconds(session: Session): number;
  /** Whether a viewer's session is still on, for answers that stay open. */
  holds(viewer: Viewer): boolean;
  /** Ends a viewer's session wherever its cookie is: Kubernetes does not know them any more. */
  forget(viewer: Viewer): void;
};

export type SessionsOptions = {
  readonly mode: string;
  readonly keyring: Keyring;
  readonly cookie: CookieJar;
  readonly clock: Clock;
  readonly idleSeconds: number;
  readonly longestSeconds: number;
  /**
   * Asks the provider again. Gives the person as they are now, undefined when it is not yet time; rejects with
   * ProblemError 401 when the login is over.
   */
  readonly renew?: (session: Session) => Promise<Person | undefined>;
};

/** Makes the sessions of one way to log in. */
export function createSessions(options: SessionsOptions): Sessions {
  const { mode, keyring, cookie, clock, idleSeconds, longestSeconds } = options;
  const ledger = new SessionLedger();
  /** Sealing at each request would be work for nothing. */
  const resealSeconds = Math.min(180, idleSeconds / 5);

  async function read(request: Request): Promise<Session | undefined> {
    const now = clock.nowSeconds();
    const sealed = cookie.read(request);
    const content = sealed === undefined ? undefined : await keyring.open("session", sealed, now);
    const { data: session } = sessionSchema.safeParse(content);
    if (session === undefined || session.mode !== mode) return undefined;
    if (ledger.hasEnded(session.id, session.issuedAtSeconds)) return undefined;
    return now < expiresAtSeconds(session) ? session : undefined;
  }

  async function seal(request: Request, answer: Headers, session: Session): Promise<Session> {
    const sealed = await keyring.seal("session", session, session.endsAtSeconds);
    cookie.write(request, answer, sealed, session.endsAtSeconds - clock.nowSeconds());
    return session;
  }

  function expiresAtSeconds({ seenAtSeconds, endsAtSeconds }: Session): number {
    return Math.min(seenAtSeconds + idleSeconds, endsAtSeconds);
  }

  async function end(request: Request, answer: Headers): Promise<Session | undefined> {
    const session = await read(request);
    if (session !== undefined)
      ledger.end(session.id, session.issuedAtSeconds, session.endsAtSeconds, clock.nowSeconds());
    cookie.clear(request, answer);
    return session;
  }

  return {
    expiresAtSeconds,
    end,
    holds: ({ session }) =>
      session === undefined ||
      (clock.nowSeconds() < session.endsAtSeconds && !ledger.hasEnded(session.id, session.issuedAtSeconds)),
    forget({ session }) {
      if (session !== undefined)
        ledger.end(session.id, session.issuedAtSeconds, session.endsAtSeconds, clock.nowSeconds());
    },
    async peek(request) {
      const session = await read(request);
      return session !== undefined && ledger.admits(session.id, session.generation, clock.nowSeconds())
        ? session
        : undefined;
    },
    async begin(request, answer, { untilSeconds, ...person }) {
      await end(request, new Headers());
      const now = clock.nowSeconds();
      const endsAtSeconds = Math.min(now + longestSeconds, untilSeconds ?? Number.POSITIVE_INFINITY);
      if (endsAtSeconds <= now) throw loginRequired(mode, "expired");
      const times = { issuedAtSeconds: now, seenAtSeconds: now, endsAtSeconds, generation: 0 };
      return seal(request, answer, { ...person, ...times, mode, id: randomUUID() });
    },
    async open(request, answer) {
      const session = await read(request);
      const now = clock.nowSeconds();
      const isCopy = session !== undefined && !ledger.admits(session.id, session.generation, now);
      // Either of the two who have it may be the thief, and the newer cookie would go on for hours.
      if (isCopy) ledger.end(session.id, session.issuedAtSeconds, session.endsAtSeconds, now);
      if (session === undefined || isCopy) {
        const hadOne = cookie.read(request) !== undefined;
        cookie.clear(request, answer);
        throw loginRequired(mode, hadOne ? "expired" : "login-required");
      }
      const person = await renewed(session, request, answer);
      const isDue = now - session.seenAtSeconds >= resealSeconds || ledger.isOlder(session.id, session.generation);
      if (person === undefined && !isDue) return session;
      const { untilSeconds, ...rest } = person ?? {};
      return seal(request, answer, {
        ...session,
        ...rest,
        endsAtSeconds: Math.min(session.issuedAtSeconds + longestSeconds, untilSeconds ?? session.endsAtSeconds),
        seenAtSeconds: now,
        generation: session.generation + 1,
      });
    },
  };

  async function renewed(session: Session, request: Request, answer: Headers): Promise<Person | undefined> {
    try {
      return await options.renew?.(session);
    } catch (error) {
      if (isProblemError(error) && error.status === 401) await end(request, answer);
      throw error;
    }
  }
}

/** Why there is no viewer: `login-required` when nobody logged in, `expired` when somebody did. */
export function loginRequired(mode: string, reason: "login-required" | "expired"): ProblemError {
  return new ProblemError(401, reason === "expired" ? "The session has ended" : "Log in first", {
    detail: reason === "expired" ? "The session has ended. Log in again." : "This needs a login.",
    hint: "Open the page in a browser to log in.",
    extra: { reason, mode },
  });
}

/** The session's owner, for loaders. */
export function viewerOf(session: Session): Viewer {
  const { mode, name, groups, credentials, id, issuedAtSeconds, endsAtSeconds } = session;
  const held = { id, issuedAtSeconds, endsAtSeconds };
  return { id: viewerId(mode, name, groups), name, groups, credentials, session: held };
}

/** Equal for the same person with the same groups; tells neither. */
export function viewerId(mode: string, name: string, groups: readonly string[]): string {
  const text = JSON.stringify([mode, name, [...groups].sort()]);
  return createHash("sha256").update(text).digest("base64url").slice(0, 22);
}
