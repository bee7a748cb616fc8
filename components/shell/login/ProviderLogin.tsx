"use client";
import { useEffect } from "react";
import { Button } from "#components/ui/Button.tsx";
import { oidcLoginUrl } from "#lib/api/session.ts";
import { noteLogin, takeAutoLogin } from "./autoLogin.ts";

/** One button to the provider; without being asked too, unless somebody just logged out or it just failed. */
export function ProviderLogin({ back, isAutomatic }: { readonly back: string; readonly isAutomatic: boolean }) {
  useEffect(() => {
    if (isAutomatic && takeAutoLogin(Date.now())) location.assign(oidcLoginUrl(back));
  }, [back, isAutomatic]);
  return (
    <>
      <p className="mt-2 text-ink-2">With your organisation's account. You come back to this page afterwards.</p>
      <Button
        look="primary"
        className="mt-4 h-8! w-full"
        onClick={() => {
          noteLogin();
          location.assign(oidcLoginUrl(back));
        }}
      >
        Log in
      </Button>
    </>
  );
}
