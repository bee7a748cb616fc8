"use client";
import { Waypoints } from "lucide-react";
import { useEffect, useState } from "react";
import { BASE_PATH } from "#lib/api/basePath.ts";
import { returnPath } from "#lib/api/returnPath.ts";
import type { SessionView } from "#lib/api/session.ts";
import { hasLoggedOut } from "./autoLogin.ts";
import { type LoginProblem, loginProblem } from "./loginWords.ts";
import { ProblemText } from "./ProblemText.tsx";
import { ProviderLogin } from "./ProviderLogin.tsx";
import { ProxyLogin } from "./ProxyLogin.tsx";
import { TokenLogin } from "./TokenLogin.tsx";

type Place = { readonly back: string; readonly problem: LoginProblem | undefined; readonly loggedOut: boolean };

/** In place of the page until somebody is logged in; then the page at the same address, or where /login was asked from. */
export function LoginView({ session, hasEnded }: { readonly session: SessionView; readonly hasEnded: boolean }) {
  // Known in the browser alone; the server never draws this.
  const [place] = useState(readPlace);
  useEffect(() => {
    document.title = "Log in · Meshscope";
    return () => {
      document.title = "Meshscope";
    };
  }, []);
  const note = place.loggedOut ? "You are logged out." : hasEnded ? "Your session has ended." : undefined;
  return (
    <main className="flex h-dvh flex-col items-center justify-center-safe overflow-y-auto bg-canvas p-4">
      <div className="w-100 max-w-full">
        <p className="mb-4 flex items-center gap-2 text-14 font-semibold">
          <Waypoints aria-hidden size={20} className="text-accent" />
          Meshscope
        </p>
        <section aria-labelledby="login-title" className="rounded-md border border-hairline bg-panel p-5">
          <h1 id="login-title" className="text-16 font-semibold">
            Log in
          </h1>
          {note !== undefined && (
            <p role="status" className="mt-1 text-ink-2">
              {note} {place.loggedOut ? "" : "Log in again to go on where you were."}
            </p>
          )}
          {place.problem !== undefined && <ProblemText problem={place.problem} />}
          {session.mode === "token" && <TokenLogin back={place.back} />}
          {session.mode === "oidc" && <ProviderLogin back={place.back} isAutomatic={place.problem === undefined} />}
          {session.mode === "header" && <ProxyLogin />}
        </section>
      </div>
    </main>
  );
}

function readPlace(): Place {
  const { pathname, search, hash } = location;
  const parameters = new URLSearchParams(search);
  const isLoginPage = pathname === `${BASE_PATH}/login`;
  return {
    back: returnPath(isLoginPage ? parameters.get("return") : `${pathname}${search}${hash}`, BASE_PATH),
    problem: isLoginPage ? loginProblem(parameters.get("error")) : undefined,
    loggedOut: hasLoggedOut(),
  };
}
