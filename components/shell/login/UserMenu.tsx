"use client";
import { useQueryClient } from "@tanstack/react-query";
import { CircleUser, LogOut } from "lucide-react";
import { useState } from "react";
import { Button, IconButton } from "#components/ui/Button.tsx";
import { PopoverPanel } from "#components/ui/PopoverPanel.tsx";
import type { SessionView } from "#lib/api/session.ts";
import { useTimeFormat } from "../useTimeFormat.ts";
import { logOut, useKnownSession } from "./useSession.ts";

const HOW: Readonly<Record<SessionView["mode"], string>> = {
  anonymous: "without a login",
  token: "by token",
  header: "by the proxy before Meshscope",
  oidc: "at your login provider",
};

/** Who is logged in, how, until when, and the way out. Nothing where nobody logs in. */
export function UserMenu() {
  const client = useQueryClient();
  const session = useKnownSession();
  const { formatMoment } = useTimeFormat();
  const [problem, setProblem] = useState<string>();
  if (session?.viewer === undefined || session.mode === "anonymous") return null;
  const { viewer, mode, endsAt } = session;
  return (
    <PopoverPanel
      title="You"
      className="w-72"
      trigger={
        <IconButton name={`Logged in as ${viewer.name}`}>
          <CircleUser aria-hidden size={16} />
        </IconButton>
      }
    >
      <p className="font-medium break-words">{viewer.name}</p>
      <p className="text-12 text-ink-3">
        Logged in {HOW[mode]}
        {endsAt !== undefined && ` · until ${formatMoment(endsAt)} at the latest`}
      </p>
      {viewer.groups.length > 0 && (
        <>
          <h3 id="user-groups" className="mt-3 text-12 font-medium text-ink-2">
            Groups
          </h3>
          <ul aria-labelledby="user-groups" className="max-h-48 overflow-y-auto text-12 text-ink-2">
            {viewer.groups.map((group) => (
              <li key={group} className="break-words">
                {group}
              </li>
            ))}
          </ul>
        </>
      )}
      {mode !== "header" && (
        <Button
          className="mt-3 w-full"
          onClick={() => void logOut(client).catch((error: Error) => setProblem(error.message))}
        >
          <LogOut aria-hidden size={14} />
          Log out
        </Button>
      )}
      {problem !== undefined && (
        <p role="alert" className="mt-2 text-failing-text">
          {problem}
        </p>
      )}
    </PopoverPanel>
  );
}
