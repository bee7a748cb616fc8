"use client";
/** Who is logged in, and until when. One query for the whole page; what ends the session changes it everywhere. */
import { type QueryClient, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { type Logout, SESSION_URL, type SessionView } from "#lib/api/session.ts";
import { type ApiError, fetchSession, onLoginRequired, sendJson } from "../apiClient.ts";
import { noteLogout } from "./autoLogin.ts";

const KEY = ["session"];
/** People are warned so long before their session ends. */
const WARNING_SECONDS = 60;

/** The session; undefined until the server said so. Nothing is asked where nobody logs in. */
export function useSession(mode: SessionView["mode"]): {
  readonly session: SessionView | undefined;
  readonly error: ApiError | undefined;
  readonly retry: () => void;
} {
  const client = useQueryClient();
  const { data, error, refetch } = useQuery<SessionView, ApiError>({
    queryKey: KEY,
    queryFn: ({ signal }) => fetchSession(signal),
    enabled: mode !== "anonymous",
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: "always",
  });
  // Whatever was refused for want of a login: the server knows whether there still is one.
  useEffect(() => onLoginRequired(() => void client.invalidateQueries({ queryKey: KEY })), [client]);
  return { session: data, error: error ?? undefined, retry: () => void refetch() };
}

/** The session as it was last told, for parts of the page that only show it. */
export function useKnownSession(): SessionView | undefined {
  const { data } = useQuery<SessionView, ApiError>({
    queryKey: KEY,
    queryFn: ({ signal }) => fetchSession(signal),
    enabled: false,
  });
  return data;
}

/** Shows what the server said after a login; nothing that somebody else was shown is kept. */
export function enterSession(client: QueryClient, session: SessionView): void {
  client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== KEY[0] });
  client.setQueryData(KEY, session);
  // With the proof of the new session.
  void client.invalidateQueries({ queryKey: KEY });
}

/** Ends the session, here and where people logged in. */
export async function logOut(client: QueryClient): Promise<void> {
  const { redirect } = await sendJson<Logout>("DELETE", SESSION_URL);
  noteLogout();
  if (redirect !== undefined) return location.assign(redirect);
  await client.invalidateQueries({ queryKey: KEY });
}

/**
 * Seconds until the session ends, once that is near; undefined before. The server is asked first whether something has
 * moved the end on meanwhile, and again when it has come.
 */
export function useTimeLeft(session: SessionView): number | undefined {
  const client = useQueryClient();
  const [nowMs, setNowMs] = useState(() => Date.now());
  const left = secondsLeft(session, Math.max(0, nowMs - (client.getQueryState(KEY)?.dataUpdatedAt ?? 0)));
  useEffect(() => {
    if (left === undefined) return;
    const isNear = left <= WARNING_SECONDS;
    const timer = setTimeout(
      () => {
        setNowMs(Date.now());
        if (!isNear || left <= 1) void client.invalidateQueries({ queryKey: KEY });
      },
      (isNear ? 1 : left - WARNING_SECONDS) * 1000,
    );
    return () => clearTimeout(timer);
  }, [client, left]);
  return left !== undefined && left <= WARNING_SECONDS ? Math.max(0, Math.ceil(left)) : undefined;
}

/** `ageMs` is how long ago the browser was told. Undefined for sessions without an end. */
export function secondsLeft({ expiresAt, now }: Partial<SessionView> = {}, ageMs: number): number | undefined {
  return expiresAt === undefined || now === undefined ? undefined : expiresAt - now - ageMs / 1000;
}
