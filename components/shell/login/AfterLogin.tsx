"use client";
import { useEffect } from "react";
import { BASE_PATH } from "#lib/api/basePath.ts";
import { returnPath } from "#lib/api/returnPath.ts";

/** Leads on from /login: the gate before it shows the login to all others. */
export function AfterLogin() {
  useEffect(() => {
    location.replace(returnPath(new URLSearchParams(location.search).get("return"), BASE_PATH));
  }, []);
  return (
    <p role="status" className="p-6">
      You are logged in.
    </p>
  );
}
