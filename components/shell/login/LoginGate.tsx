"use client";
import { CircleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { useState } from "react";
import { Button } from "#components/ui/Button.tsx";
import { EmptyState } from "#components/ui/EmptyState.tsx";
import type { SessionView } from "#lib/api/session.ts";
import { LoginView } from "./LoginView.tsx";
import { SessionNotice } from "./SessionNotice.tsx";
import { useSession } from "./useSession.ts";

/** The page for those who are logged in, the login in its place for all others. The address stays what it is. */
export function LoginGate({ mode, children }: { readonly mode: SessionView["mode"]; readonly children: ReactNode }) {
  const { session, error, retry } = useSession(mode);
  const [wasIn, setWasIn] = useState(false);
  const isIn = session?.viewer !== undefined;
  if (isIn && !wasIn) setWasIn(true);
  if (mode === "anonymous") return children;
  if (isIn) {
    return (
      <div className="flex h-dvh flex-col *:last:min-h-0 *:last:flex-1">
        <SessionNotice session={session} />
        {children}
      </div>
    );
  }
  if (session !== undefined) return <LoginView session={session} hasEnded={wasIn} />;
  if (error === undefined)
    return (
      <p className="sr-only" role="status">
        Looking who is logged in
      </p>
    );
  return (
    <main className="h-dvh">
      <EmptyState
        alert
        icon={<CircleAlert aria-hidden size={28} className="text-failing" />}
        title={error.message}
        action={
          <Button look="primary" onClick={retry}>
            Try again
          </Button>
        }
      >
        {error.hint}
      </EmptyState>
    </main>
  );
}
