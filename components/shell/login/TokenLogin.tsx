"use client";
import { useQueryClient } from "@tanstack/react-query";
import { Check, Copy, Eye, EyeOff } from "lucide-react";
import { type SyntheticEvent, useEffect, useRef, useState } from "react";
import { Button, IconButton } from "#components/ui/Button.tsx";
import { BASE_PATH } from "#lib/api/basePath.ts";
import { SESSION_URL, type SessionView } from "#lib/api/session.ts";
import { ApiError, sendJson } from "../apiClient.ts";
import { noteLogin } from "./autoLogin.ts";
import type { LoginProblem } from "./loginWords.ts";
import { ProblemText } from "./ProblemText.tsx";
import { enterSession } from "./useSession.ts";

const COMMAND = "kubectl create token meshscope-viewer --namespace meshscope";

/** One field for a bearer token of Kubernetes. */
export function TokenLogin({ back }: { readonly back: string }) {
  const client = useQueryClient();
  const field = useRef<HTMLInputElement>(null);
  const [token, setToken] = useState("");
  const [isShown, setIsShown] = useState(false);
  const [isBusy, setIsBusy] = useState(false);
  const [problem, setProblem] = useState<LoginProblem>();

  // The page is for nothing else.
  useEffect(() => field.current?.focus(), []);

  async function submit(event: SyntheticEvent): Promise<void> {
    event.preventDefault();
    setProblem(undefined);
    if (token.trim() === "") {
      setProblem({ what: "There is no token yet.", hint: "Paste one." });
      return field.current?.focus();
    }
    setIsBusy(true);
    try {
      const session = await sendJson<SessionView>("POST", SESSION_URL, { token: token.trim() });
      noteLogin();
      if (location.pathname === `${BASE_PATH}/login`) location.replace(back);
      else enterSession(client, session);
    } catch (error) {
      const { message, hint } =
        error instanceof ApiError ? error : { message: "The login failed.", hint: "Try again." };
      setProblem({ what: message, hint });
      setIsBusy(false);
      field.current?.select();
    }
  }

  return (
    <form onSubmit={(event) => void submit(event)} className="mt-4" noValidate>
      <label htmlFor="token" className="text-12 font-medium text-ink-2">
        Token
      </label>
      <div className="mt-1 flex gap-1">
        <input
          ref={field}
          id="token"
          name="token"
          type={isShown ? "text" : "password"}
          value={token}
          onChange={(event) => setToken(event.target.value)}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          aria-invalid={problem !== undefined}
          aria-describedby="token-help"
          className="h-8 min-w-0 flex-1 rounded-md border border-control bg-canvas px-2 font-mono text-13"
        />
        <IconButton
          name={isShown ? "Hide the token" : "Show the token"}
          aria-pressed={isShown}
          className="h-8! w-8!"
          onClick={() => setIsShown(!isShown)}
        >
          {isShown ? <EyeOff aria-hidden size={16} /> : <Eye aria-hidden size={16} />}
        </IconButton>
      </div>
      {problem !== undefined && <ProblemText problem={problem} />}
      <Button type="submit" look="primary" disabled={isBusy} className="mt-4 h-8! w-full">
        {isBusy ? "Asking Kubernetes…" : "Log in"}
      </Button>
      <div id="token-help" className="mt-4 border-t border-hairline pt-3 text-12 text-ink-2">
        <p>A bearer token of your cluster. You see what it may read. To make one for a service account:</p>
        <CopyableCommand command={COMMAND} />
      </div>
    </form>
  );
}

function CopyableCommand({ command }: { readonly command: string }) {
  const [isCopied, setIsCopied] = useState(false);
  const copy = () =>
    navigator.clipboard.writeText(command).then(
      () => setIsCopied(true),
      // Pages without TLS have no clipboard; the text can be selected.
      () => setIsCopied(false),
    );
  return (
    <div className="mt-2 flex items-start gap-1 rounded-md border border-hairline bg-canvas p-1 pl-2">
      <code className="min-w-0 flex-1 self-center font-mono text-12 text-ink">
        {/* Lines break before an option or a name, never within one. */}
        {command.split(/ (?=--|\S+ --)/).map((part) => (
          <span key={part} className="inline-block">
            {part}&nbsp;
          </span>
        ))}
      </code>
      <IconButton name={isCopied ? "Copied" : "Copy the command"} onClick={() => void copy()}>
        {isCopied ? <Check aria-hidden size={14} /> : <Copy aria-hidden size={14} />}
      </IconButton>
    </div>
  );
}
