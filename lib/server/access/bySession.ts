/** What the ways to log in that have sessions share. */
import type { Admission, Login } from "./login.ts";
import { type Session, type Sessions, viewerOf } from "./sessions.ts";

export type BySession = Required<Pick<Login, "sessions" | "admit" | "peek">>;

/** Admits whoever has a session that holds. */
export function bySession(sessions: Sessions): BySession {
  return {
    sessions,
    admit: async (request, answer) => admissionOf(sessions, await sessions.open(request, answer)),
    async peek(request) {
      const session = await sessions.peek(request);
      return session && admissionOf(sessions, session);
    },
  };
}

/** The owner of a session, and when it ends. */
export function admissionOf(sessions: Sessions, session: Session): Admission {
  return { viewer: viewerOf(session), expiresAtSeconds: sessions.expiresAtSeconds(session) };
}
