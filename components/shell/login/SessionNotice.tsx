"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "#components/ui/Button.tsx";
import { Notice } from "#components/ui/Notice.tsx";
import { SESSION_URL, type SessionView } from "#lib/api/session.ts";
import { sendJson } from "../apiClient.ts";
import { enterSession, useTimeLeft } from "./useSession.ts";

/** A minute before the session ends: how long it lasts, and the way to stay where that is possible. */
export function SessionNotice({ session }: { readonly session: SessionView }) {
  const client = useQueryClient();
  const left = useTimeLeft(session);
  const [hasFailed, setHasFailed] = useState(false);
  if (left === undefined) return null;
  const { expiresAt = 0, endsAt = 0 } = session;
  const canStay = expiresAt < endsAt;
  const stay = () =>
    sendJson<SessionView>("PUT", SESSION_URL).then(
      (renewed) => enterSession(client, renewed),
      () => setHasFailed(true),
    );
  return (
    <Notice tone="warning" action={canStay && <Button onClick={() => void stay()}>Stay logged in</Button>}>
      {/* Read out once, not each second. */}
      <span aria-hidden>Your session ends in {left} s. </span>
      <span className="sr-only">Your session ends in less than a minute. </span>
      {canStay ? "Nothing was asked of the server for a while." : "Then you log in again, and go on where you are."}
      {hasFailed && " It could not be kept."}
    </Notice>
  );
}
